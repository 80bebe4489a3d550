"""The streams of Cloud, one file a family."""
