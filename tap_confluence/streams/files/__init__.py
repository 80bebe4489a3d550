"""Files that are fetched, and the text in them."""
