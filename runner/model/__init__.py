"""The vocabulary: keys, resources, digests, diagnostics, plans, events and run states. Frozen data, pure functions."""
