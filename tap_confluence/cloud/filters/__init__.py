"""Which content of a Cloud site is wanted."""
