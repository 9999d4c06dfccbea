"""A plan becomes reality: staged, sent in dependency order, awaited."""
