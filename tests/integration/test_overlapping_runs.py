"""Two runs of one site that overlap leave the tables whole, however their rows interleave."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from tests.demo_site import DemoSite, Wiki
from tests.integration.plugins import load
from tests.running import Run, clean_environment, command, only, run_command, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("meltano_command")

STREAMS = ("labels", "groups")
READ_LAST = "/api/v2/labels"


@pytest.fixture(autouse=True)
def _own_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_a_newer_run_that_ends_after_an_older_one_was_loaded_deletes_none_of_its_rows(
    postgres: str, schema: str, tmp_path: Path
) -> None:
    url = postgres.replace("://", "+psycopg://", 1)
    target = {"sqlalchemy_url": url, "default_target_schema": schema}
    with DemoSite(Wiki.seeded(pages=30, seed=5)) as site:
        older, newer = overlapping_runs(site, tmp_path)
        truth = {stream: site.truth()[stream] for stream in STREAMS}

    load(without_activation(newer), "target-postgres", tmp_path, **target)
    load(older, "target-postgres", tmp_path, **target)
    load(newer_end(newer), "target-postgres", tmp_path, **target)

    with psycopg.connect(postgres) as connection:
        for stream in STREAMS:
            table = sql.Identifier(schema, stream)
            found = connection.execute(sql.SQL("select id from {}").format(table)).fetchall()
            assert set(found) == truth[stream], stream


def overlapping_runs(site: DemoSite, folder: Path) -> tuple[Run, Run]:
    """Have a run begin and end while an older one is held in the middle of its reading."""
    is_held = threading.Event()
    arguments = command(folder, config=settings_of(site), catalog=only(*STREAMS))
    with subprocess.Popen(  # noqa: S603 - the command is ours
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment()
    ) as process:

        def hold(_: int, path: str) -> None:
            if READ_LAST in path and not is_held.is_set():
                os.kill(process.pid, signal.SIGSTOP)
                is_held.set()

        site.faults.before_request = hold
        assert is_held.wait(timeout=60)
        newer = run_command(settings_of(site), catalog=only(*STREAMS))
        os.kill(process.pid, signal.SIGCONT)
        stdout, stderr = process.communicate(timeout=60)
    older = Run(stdout.decode(), stderr.decode(), process.returncode)
    assert older.activated == set(STREAMS)
    return older, newer


def without_activation(run: Run) -> Run:
    """What a run wrote before it had anything deleted."""
    return _only(run, lambda line: "ACTIVATE_VERSION" not in line)


def newer_end(run: Run) -> Run:
    """The end of what a run wrote, with the schemas that a loader needs for it."""
    return _only(run, lambda line: '"RECORD"' not in line)


def _only(run: Run, keep: Callable[[str], bool]) -> Run:
    return replace(run, stdout="".join(filter(keep, run.stdout.splitlines(keepends=True))))
