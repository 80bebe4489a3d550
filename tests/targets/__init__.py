"""Targets of others, each in an environment of its own, loaded with all streams: `make targets`."""
