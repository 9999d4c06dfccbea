"""A run and its commit: whether the one still gives the other, what moved since, and how to train it again."""
