"""Desired and live state become a plan. Pure: no IO, clock, environment or randomness."""
