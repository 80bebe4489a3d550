"""A first run that is killed goes on where it was."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import threading
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import Wiki
from tests.forked import Forked
from tests.incremental.runs import ClockedSite, full_table_streams, keys_of, last_state
from tests.running import (
    LONGEST_RUN,
    Run,
    clean_environment,
    command,
    settings_of,
    truth_by_default,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Json

SIGNAL_EXIT = 128

Kill = tuple[signal.Signals, int]


@pytest.mark.slow
def test_a_first_run_of_a_thousand_pages_is_killed_six_times(tmp_path: Path) -> None:
    with ClockedSite(Wiki.seeded(pages=1000)) as site:
        runs = runs_until_complete(site, tmp_path, kills(6, 230, 330), Started)

        assert_complete(site, runs)
        details = [r for r in site.requests if r.path.removeprefix("/api/v2/pages/").isdigit()]
        # SIGTERM leaves time to write the state, SIGKILL loses what came after the last one.
        assert len(details) < 1400


def test_a_first_run_is_killed_fourteen_times(tmp_path: Path) -> None:
    with ClockedSite(Wiki.seeded(pages=60)) as site:
        runs = runs_until_complete(site, tmp_path, kills(14, 3, 60), Forked)

        assert_complete(site, runs)


class Started(subprocess.Popen[bytes]):
    """A command in a Python of its own, as users start it."""

    def __init__(self, arguments: list[str], *, stdout: Path, stderr: Path) -> None:
        with stdout.open("wb") as out, stderr.open("wb") as err:
            super().__init__(
                [sys.executable, "-m", "tap_confluence", *arguments],
                stdout=out,
                stderr=err,
                env=clean_environment(),
            )


Start = type[Started | Forked]


def kills(count: int, first: int, last: int) -> list[Kill]:
    """Signals in turn, at random requests of each run."""
    dice = Random(count)
    signals = itertools.cycle((signal.SIGKILL, signal.SIGTERM))
    return [(next(signals), dice.randint(first, last)) for _ in range(count)]


def runs_until_complete(
    site: ClockedSite, folder: Path, all_kills: list[Kill], start: Start
) -> list[Run]:
    """Run the tap, killed at its n-th request with each signal in turn, and once undisturbed."""
    runs: list[Run] = []
    state = None
    settings = settings_of(site)
    for signal_number, requests in all_kills:
        run = killed_run(site, folder, (settings, state), start, (signal_number, requests))
        assert run.exit_status in {-signal.SIGKILL, SIGNAL_EXIT + signal.SIGTERM}, run.stderr
        state = last_state(run) or state
        runs.append(run)
    runs.append(killed_run(site, folder, (settings, state), start, None))
    assert runs[-1].exit_status == 0, runs[-1].stderr
    return runs


def killed_run(
    site: ClockedSite,
    folder: Path,
    given: tuple[Json, Json | None],
    start: Start,
    kill: Kill | None,
) -> Run:
    """Run the tap in a process of its own, and send it a signal at its n-th request.

    Args:
        site: The site.
        folder: Where its files may lie.
        given: The settings, and the state.
        start: How it is started.
        kill: The signal, and n; None leaves it alone.
    """
    settings, state = given
    files = {"config": settings} | ({} if state is None else {"state": state})
    _python, _module, _name, *options = command(folder, **files)
    before = len(site.requests)
    stdout, stderr = folder / "stdout", folder / "stderr"
    is_started = threading.Event()

    def kill_at(count: int, _path: str) -> None:
        if kill and count - before == kill[1]:
            is_started.wait(LONGEST_RUN)
            process.send_signal(kill[0])

    site.faults.before_request = kill_at
    process = start(options, stdout=stdout, stderr=stderr)
    is_started.set()
    status = process.wait(LONGEST_RUN)
    site.faults.before_request = None
    whole_lines, _, _ = stdout.read_text().rpartition("\n")
    return Run(whole_lines, stderr.read_text(), status)


def assert_complete(site: ClockedSite, runs: list[Run]) -> None:
    """Everything has been written by one of the runs, and what is read whole by the last."""
    truth = truth_by_default(site)
    for stream, keys in truth.items():
        assert keys_of(*runs, stream=stream) == keys, stream
    for stream in full_table_streams():
        assert set(runs[-1].keys(stream)) == truth[stream], stream
