"""The one way to the network, and what answers may come over it."""
