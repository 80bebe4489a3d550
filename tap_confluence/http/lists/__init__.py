"""Pages of lists, and the rows in them."""
