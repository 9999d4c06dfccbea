"""Strict models of the specs we know, one module a kind. They judge; nothing is built from them.

The fields are Azure ML's (the CLI v2 YAML schema as `azure-ai-ml` reads it); our own is `project` alone.
"""
