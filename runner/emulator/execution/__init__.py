"""How a job really runs: an environment is built, inputs laid out, the command started, outputs collected."""
