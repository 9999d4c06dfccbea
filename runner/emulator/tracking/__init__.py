"""Tracking is real MLflow: one child process behind the workspace's tracking URI."""
