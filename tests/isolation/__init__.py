"""What one broken thing on a site costs: itself alone."""
