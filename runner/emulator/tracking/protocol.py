"""What the daemon and its MLflow child agree on. Imports nothing: the daemon must not load MLflow to know it."""

# The daemon names the id of the run it creates in this header. The proxy drops it from everybody else's requests,
# so a run started by a client draws its own id, as in stock MLflow.
RUN_ID_HEADER = "x-aml-run-id"
