"""Who may ask: bearer tokens, signed blob URLs, the browser's cookie, and the guard that demands one of them."""
