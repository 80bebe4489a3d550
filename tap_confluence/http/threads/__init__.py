"""Requests in flight beside each other, while one thread writes."""
