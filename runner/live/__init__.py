"""The workspace becomes live state: read over REST, put into the words of the specs."""
