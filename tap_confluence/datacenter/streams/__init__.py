"""The streams of Data Center, one file a family."""
