"""A document, whatever format it comes in, and what is written of it."""
