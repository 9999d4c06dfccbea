"""Pull requests, checks and issues on GitHub: the face that a workflow sees."""
