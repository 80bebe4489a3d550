"""Writes the documents that follow from the code: `python -m tests.docs`, or `make docs`."""

from __future__ import annotations

import sys

from tests.docs.documents import DOCUMENTS, PROJECT


def main() -> None:
    """Write each document that is not yet as the code has it."""
    for name, make in DOCUMENTS.items():
        path, text = PROJECT / name, make()
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            sys.stdout.write(f"Wrote {name}\n")


if __name__ == "__main__":
    main()
