"""Run history: what the SDK reads of a run beside its ARM resource: details, logs, outputs, artifacts."""
