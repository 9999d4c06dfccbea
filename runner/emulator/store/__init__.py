"""The workspace's records in SQLite: what exists, and nothing about how it is served or run."""
