"""What every record goes through, and what is counted of it."""
