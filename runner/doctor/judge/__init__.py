"""Findings: facts in, findings out. No IO, no clock, no environment."""
