"""Has several contestants do the same job, in turns, and keeps what each run has cost."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.contestants import Job, ThisTap
from benchmarks.measure import run
from benchmarks.rows import Expected, RowsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.contestants import Contestant
    from benchmarks.demo import Site

Result = dict[str, Any]


class Rounds:
    """Runs of one job.

    The first round warms up and is checked: every contestant has to have read the right rows. The
    others are measured, and their output is thrown away unchecked. Contestants take turns within
    a round, so that a busy moment of the machine does not hit one of them alone.

    Args:
        site: Where from.
        streams: What to read.
        in_flight: Requests under way at once.
        runs: Rounds that are measured.
    """

    def __init__(self, site: Site, streams: Sequence[str], in_flight: int, runs: int) -> None:
        self._site = site
        self._streams = tuple(streams)
        self._in_flight = in_flight
        self._runs = runs

    def measure(self, contestants: Sequence[Contestant], *, to_null: bool = False) -> list[Result]:
        """Measure.

        Args:
            contestants: Who takes part. This tap has to be among them, first.
            to_null: Whether measured runs write to /dev/null where they can.

        Returns:
            The medians of each contestant.

        Raises:
            RowsError: A contestant has not read the right rows.
        """
        rows = self._warm_up(contestants)
        costs: dict[str, list[Result]] = {contestant.name: [] for contestant in contestants}
        for number in range(self._runs):
            for contestant in contestants:
                with job_folder(self._site, self._streams, self._in_flight) as job:
                    cost = once(contestant, replace(job, keep_output=not to_null))
                costs[contestant.name].append(cost)
                note(f"  {number + 1}/{self._runs} {contestant.name}: {cost['wall']:.2f} s")
        return [
            {"contestant": name, "rows": sum(rows[name].values()), **_medians(found)}
            for name, found in costs.items()
        ]

    def _warm_up(self, contestants: Sequence[Contestant]) -> dict[str, dict[str, int]]:
        expected: Expected | None = None
        rows = {}
        for contestant in contestants:
            with job_folder(self._site, self._streams, self._in_flight) as job:
                cost = once(contestant, job)
                if expected is None:
                    if not isinstance(contestant, ThisTap):
                        message = "This tap has to be the first, for what it has read is checked"
                        raise RowsError(message)
                    expected = Expected(contestant, job)
                rows[contestant.name] = expected.check(contestant, job)
            note(f"  rows right: {contestant.name} ({cost['requests']} requests)")
        return rows


@contextmanager
def job_folder(site: Site, streams: Sequence[str], in_flight: int) -> Iterator[Job]:
    """Make a job, with a folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="benchmark-"))
    try:
        yield Job(site, tuple(streams), in_flight, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def once(contestant: Contestant, job: Job) -> Result:
    """Have a contestant do a job, and return what it has cost."""
    command = contestant.prepare(job)
    job.site.clear()
    cost = run(command)
    seen = job.site.watched()
    return {
        "requests": seen.total,
        "refused": seen.total - seen.statuses.get("200", 0),
        "wall": cost.wall,
        "start_up": seen.first_at - cost.began,
        "cpu": cost.cpu,
        "peak_mb": cost.peak_mb,
        "most_in_flight": seen.most_in_flight,
        "by_path": seen.requests,
    }


def note(line: str) -> None:
    """Tell the user how far it is."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _medians(results: Sequence[Result]) -> Result:
    numbers = [name for name, value in results[0].items() if isinstance(value, int | float)]
    found: Result = {name: median(result[name] for result in results) for name in numbers}
    walls = [result["wall"] for result in results]
    return {**found, "fastest": min(walls), "slowest": max(walls), "runs": len(results)}
