"""The worst that a repository can hold, given to the real `aml`: one line for each, and nothing is sent."""
