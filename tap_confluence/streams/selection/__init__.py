"""Which streams are to be read, and whether there are such."""
