"""Facts: from the repository, from the project's files, from the service. Only reads."""
