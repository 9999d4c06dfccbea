"""Commits and trees, hardened: a repository's own configuration may be hostile, and must not make git run anything."""
