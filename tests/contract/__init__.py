"""Facts about the service, each a test: held against the embedded workspace, or a real one by `make verify-azure`."""
