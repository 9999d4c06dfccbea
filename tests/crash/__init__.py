"""`aml apply` is killed at every request, and the service fails at every request: nothing is lost, nothing doubled."""
