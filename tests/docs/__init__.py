"""The documents, and the parts of documents, that follow from the code: `make docs` writes them."""
