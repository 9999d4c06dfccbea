"""Plans and results as text and JSON: one renderer a file, data in, text out."""
