"""What the contents of two commits came to: specs from git, runs from the ledger, and from the workspace the rest."""
