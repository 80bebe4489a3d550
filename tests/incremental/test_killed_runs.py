"""A first run that is killed goes on where it was."""

from __future__ import annotations

import itertools
import signal
import subprocess
from random import Random
from typing import TYPE_CHECKING

from tests.demo_site import Wiki
from tests.incremental.runs import ClockedSite, full_table_streams, keys_of, last_state
from tests.running import Run, clean_environment, command, settings_of, truth_by_default

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Json

SIGNAL_EXIT = 128

Kill = tuple[signal.Signals, int]


def test_a_first_run_of_a_thousand_pages_is_killed_six_times(tmp_path: Path) -> None:
    with ClockedSite(Wiki.seeded(pages=1000)) as site:
        runs = runs_until_complete(site, tmp_path, kills(6, 230, 330))

        assert_complete(site, runs)
        details = [r for r in site.requests if r.path.removeprefix("/api/v2/pages/").isdigit()]
        # SIGTERM leaves time to write the state, SIGKILL loses what came after the last one.
        assert len(details) < 1400


def test_a_first_run_is_killed_fourteen_times(tmp_path: Path) -> None:
    with ClockedSite(Wiki.seeded(pages=60)) as site:
        runs = runs_until_complete(site, tmp_path, kills(14, 3, 100))

        assert_complete(site, runs)


def kills(count: int, first: int, last: int) -> list[Kill]:
    """Signals in turn, at random requests of each run."""
    dice = Random(count)
    signals = itertools.cycle((signal.SIGKILL, signal.SIGTERM))
    return [(next(signals), dice.randint(first, last)) for _ in range(count)]


def runs_until_complete(site: ClockedSite, folder: Path, all_kills: list[Kill]) -> list[Run]:
    """Run the tap, killed at its n-th request with each signal in turn, and once undisturbed."""
    runs: list[Run] = []
    state = None
    for signal_number, requests in all_kills:
        run = killed_run(site, folder, state, signal_number, requests)
        assert run.exit_status in {-signal.SIGKILL, SIGNAL_EXIT + signal.SIGTERM}, run.stderr
        state = last_state(run) or state
        runs.append(run)
    site.faults.before_request = None
    runs.append(killed_run(site, folder, state, signal.SIGKILL, None))
    assert runs[-1].exit_status == 0, runs[-1].stderr
    return runs


def killed_run(
    site: ClockedSite, folder: Path, state: Json | None, number: signal.Signals, at: int | None
) -> Run:
    """Run the tap in a process of its own, and send it a signal at its n-th request."""
    files = {"config": settings_of(site)} | ({} if state is None else {"state": state})
    before = len(site.requests)
    process = subprocess.Popen(  # noqa: S603 - the tap
        command(folder, **files),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(),
        text=True,
    )

    def kill(count: int, _path: str) -> None:
        if count - before == at:
            process.send_signal(number)

    site.faults.before_request = kill
    stdout, stderr = process.communicate(timeout=60)
    whole_lines, _, _ = stdout.rpartition("\n")
    return Run(whole_lines, stderr, process.returncode)


def assert_complete(site: ClockedSite, runs: list[Run]) -> None:
    """Everything has been written by one of the runs, and what is read whole by the last."""
    truth = truth_by_default(site)
    for stream, keys in truth.items():
        assert keys_of(*runs, stream=stream) == keys, stream
    for stream in full_table_streams():
        assert set(runs[-1].keys(stream)) == truth[stream], stream
