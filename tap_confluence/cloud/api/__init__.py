"""How REST v2, and what is left of v1, is read."""
