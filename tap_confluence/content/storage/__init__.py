"""Storage format and HTML: how they are read."""
