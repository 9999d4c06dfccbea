"""Templates of specs: rendered with Jinja2 in a process of its own, and so that no value changes the structure."""
