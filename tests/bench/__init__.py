"""Measurements, each as a ratio to a floor in the same run: these machines are noisy. `make bench` runs them all."""
