"""What the user wants of a site."""
