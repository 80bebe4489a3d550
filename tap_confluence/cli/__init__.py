"""The commands beside the tap."""
