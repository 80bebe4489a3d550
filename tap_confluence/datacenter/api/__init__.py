"""How REST v1 of Data Center is read."""
