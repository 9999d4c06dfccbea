"""Files become desired state: found, parsed with positions, validated, and resolved to content."""
