"""A site whose streams are all read, and what targets need of the world."""

from __future__ import annotations

import re
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
import requests
from psycopg import sql

from tests.demo_site import DemoSite, Wiki
from tests.running import everything, run_tap, settings_of
from tests.targets.environments import S3_SERVER
from tests.targets.loads import BUCKET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.wiki import Keys
    from tests.running import Json, Run

FLAT = {"flattening_enabled": True, "flattening_max_depth": 1}
"""Settings of the tap with which each column is a number, a text or the like."""


@dataclass(frozen=True)
class Site:
    """A site, and its truth when it was read."""

    site: DemoSite
    truth: dict[str, Keys]
    runs: dict[bool, Run]

    def run(self, *, flat: bool) -> Run:
        """Return what a first run writes of all streams."""
        if flat not in self.runs:
            config = settings_of(self.site, **(FLAT if flat else {}))
            self.runs[flat] = run_tap(config, catalog=everything())
            assert self.runs[flat].exit_status == 0, self.runs[flat].stderr[-2000:]
        return self.runs[flat]

    def next_run(self, *, flat: bool) -> Run:
        """Return what a run writes after the first one, which reads all content whole."""
        more: Json = FLAT if flat else {}
        config = settings_of(self.site, reconcile_interval_hours=0, **more)
        return run_tap(config, self.run(flat=flat).state, everything())


def made() -> Iterator[Site]:
    with DemoSite(Wiki.seeded(pages=40, seed=7)) as site:
        yield Site(site, site.truth(), {})


@pytest.fixture(scope="session")
def whole() -> Iterator[Site]:
    """A site that stays as it is."""
    yield from made()


@pytest.fixture
def changing() -> Iterator[Site]:
    """A site of which something goes."""
    yield from made()


@pytest.fixture
def schema(postgres: str) -> Iterator[str]:
    """A schema in PostgreSQL for one test."""
    name = f"tap_confluence_test_{uuid4().hex}"
    yield name
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """What answers as S3 does, with an empty bucket."""
    process = subprocess.Popen(  # noqa: S603 - the command is ours
        [S3_SERVER.command(), "-H", "127.0.0.1", "-p", "0"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stderr is not None
        said = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stderr)
        endpoint = next(filter(None, said))[0]
        # What it says of each request would fill the pipe.
        threading.Thread(target=process.stderr.read, daemon=True).start()
        requests.put(f"{endpoint}/{BUCKET}", timeout=60).raise_for_status()
        yield endpoint
    finally:
        process.terminate()
        process.wait()
