"""The processes of a session share one PostgreSQL, which ends with the session."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.running import LONGEST_RUN

WORKER = """
import os, signal, sys
from pathlib import Path
from tests.postgres import shared_postgres

print(shared_postgres(Path(sys.argv[1])), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
SESSION = f"""
import os, subprocess, sys

workers = {{**os.environ, "PYTEST_XDIST_WORKER": "gw0"}}
for worker in ("gw0", "gw1"):
    folder = os.path.join(sys.argv[1], worker)
    subprocess.run([sys.executable, "-c", {WORKER!r}, folder], env=workers)
sys.stdin.read()
"""


@pytest.mark.slow
def test_it_outlives_its_workers_and_ends_with_the_session(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - the command is ours
        [sys.executable, "-c", SESSION, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as session:
        assert session.stdout is not None
        addresses = [session.stdout.readline().strip() for _ in range(2)]

        assert addresses[0] == addresses[1]
        assert can_connect(addresses[0])
        session.kill()
        session.wait(LONGEST_RUN)

    until = time.monotonic() + LONGEST_RUN
    while can_connect(addresses[0]) and time.monotonic() < until:
        time.sleep(0.1)
    assert not can_connect(addresses[0])


def can_connect(address: str) -> bool:
    try:
        psycopg.connect(address).close()
    except psycopg.OperationalError:
        return False
    return True
