"""What is live, written as specs: REST payloads become CLI v2 YAML, less defaults and what the service adds.

`spec.py` is the way in. The translation is pure but for what a payload only names (an anonymous environment, an
anonymous component, the folder of a code asset), which it asks its surroundings for.
"""
