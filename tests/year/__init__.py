"""A year of a project, made by real git, with a ledger: every answer from it is held against what really happened."""
