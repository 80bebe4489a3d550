"""What is measured: one function a question, each returning what is kept in `.results`."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from benchmarks.contestants import (
    BY_DEFAULT,
    STREAMS,
    AirbyteCdk,
    Dlt,
    SerialTap,
    Sling,
    TapAndTarget,
    ThisTap,
)
from benchmarks.contestants.contestant import keys_by_stream
from benchmarks.demo import Site
from benchmarks.measure import run
from benchmarks.rounds import Rounds, job_folder, note, once
from benchmarks.rows import Expected, RowsError
from benchmarks.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from benchmarks.contestants import Contestant, Job

Results = dict[str, Any]

SETTLED_AFTER = 60.0
"""Seconds after which a run against a limit counts as settled."""

CHANGED = 10
DAY = 24
WITHOUT_DETAILS = tuple(s for s in STREAMS if s not in {"page_versions", "page_content_properties"})
DETAILS = ("pages", "page_versions", "page_content_properties")


@dataclass(frozen=True)
class Sizes:
    """How large everything is.

    Attributes:
        runs: Measured runs of which the median counts.
        side_by_side: Pages of the race, at 50 ms with 16 in flight.
        requests: Pages of the count of requests.
        limit: Pages of the comparison with what latency allows, at 100 ms with 8 in flight.
        growth: Pages of each step of the list-only runs, smallest first.
        rivals_up_to: Steps up to this many pages are taken by the others too.
        detail_growth: Pages of each step of the runs with details.
        detail_rivals_up_to: The same with details.
        body_bytes: Length of a body in the list-only runs.
        growth_runs: Measured runs of the list-only steps and the steps with details.
        limited_minutes: Length of the runs against a limit of requests.
        limited_rate: Requests a second that the site allows there.
        quiet_pages: Pages of the site whose labels and spaces become more.
        more: Labels or spaces that it has more, step by step.
        into_postgres: Pages that are loaded into a PostgreSQL.
    """

    runs: int = 5
    side_by_side: int = 200
    requests: int = 1000
    limit: int = 1000
    growth: tuple[int, ...] = (1_000, 10_000, 100_000)
    rivals_up_to: int = 10_000
    detail_growth: tuple[int, ...] = (100, 1_000, 10_000)
    detail_rivals_up_to: int = 1_000
    body_bytes: int = 5_000
    growth_runs: int = 5
    limited_minutes: float = 5.0
    limited_rate: float = 10.0
    quiet_pages: int = 500
    more: tuple[int, ...] = (0, 250, 500, 1_000)
    into_postgres: int = 1_000


def side_by_side(sizes: Sizes) -> Results:
    """Race all contestants for the pages with their six details."""
    with Site(sizes.side_by_side, latency=0.05) as site:
        everyone = [ThisTap(), SerialTap(), Sling(), AirbyteCdk(), Dlt()]
        results = Rounds(site, STREAMS, 16, sizes.runs).measure(everyone)
    return {"pages": sizes.side_by_side, "latency": 0.05, "in_flight": 16, "results": results}


def requests_made(sizes: Sizes) -> Results:
    """Count the requests of a first run, one without details, an idle one, and one with changes."""
    found: Results = {"pages": sizes.requests, "changed": CHANGED}
    with Site(sizes.requests, latency=0.005) as site:
        first, state = _first_runs(site)
        found["first"] = first
        tap = ThisTap()
        with job_folder(site, WITHOUT_DETAILS, 16) as job:
            found["without_details"] = once(tap, job)
            Expected(tap, job)
        found["idle"] = _later_runs(site, state, "nothing changed")
        edited = site.edit_pages(CHANGED)
        found["after_changes"] = _later_runs(site, state, f"{CHANGED} pages changed", edited)
    return found


def _later_runs(
    site: Site, state: Any, what: str, edited: AbstractSet[tuple[str, ...]] = frozenset()
) -> list[Results]:
    """Run everyone from where the first run has come to.

    Raises:
        RowsError: Somebody has missed changed pages.
    """
    results = []
    since = _last_moment(state)
    everyone: list[Contestant] = [ThisTap(), Sling(), AirbyteCdk(), Dlt()]
    for contestant in everyone:
        with job_folder(site, STREAMS, 16) as job:
            later = replace(job, since=since, state=state)
            cost = once(contestant, later)
            got = keys_by_stream(contestant.rows(later))
        if not edited <= got.get("pages", set()):
            message = f"{contestant.name} has missed changed pages"
            raise RowsError(message)
        note(f"  {what}: {contestant.name}: {cost['requests']} requests")
        results.append({"contestant": contestant.name, **cost})
    return results


def _first_runs(site: Site) -> tuple[list[Results], Any]:
    """Run everyone once; the tap's state is returned too."""
    tap = ThisTap()
    results = []
    with job_folder(site, STREAMS, 16) as job:
        results.append({"contestant": tap.name, **once(tap, job)})
        expected = Expected(tap, job)
        state = tap.state_after(job)
    others: list[Contestant] = [Sling(), AirbyteCdk(), Dlt()]
    for contestant in others:
        with job_folder(site, STREAMS, 16) as job:
            cost = once(contestant, job)
            expected.check(contestant, job)
        note(f"  first run: {contestant.name}: {cost['requests']} requests")
        results.append({"contestant": contestant.name, **cost})
    return results, state


def _last_moment(state: Mapping[str, Any]) -> str:
    moment: str = state["bookmarks"]["pages"]["replication_key_value"]
    return moment


def of_the_limit(sizes: Sizes) -> Results:
    """Compare the time of this tap with what latency and concurrency allow."""
    latency, in_flight = 0.1, 8
    with Site(sizes.limit, latency=latency) as site:
        [result] = Rounds(site, STREAMS, in_flight, sizes.runs).measure([ThisTap()])
    least = result["requests"] * latency / in_flight
    return {
        "pages": sizes.limit,
        "latency": latency,
        "in_flight": in_flight,
        "least": least,
        "of_the_limit": (result["wall"] - result["start_up"]) / least,
        **result,
    }


def list_growth(sizes: Sizes) -> Results:
    """Read only the list of pages, of ever larger sites, with large bodies."""
    steps = []
    for pages in sizes.growth:
        note(f"  {pages} pages")
        with Site(pages, body_bytes=sizes.body_bytes) as site:
            rounds = Rounds(site, ("pages",), 8, sizes.growth_runs)
            everyone = _with_rivals(pages <= sizes.rivals_up_to)
            results = rounds.measure(everyone)
            [to_null] = rounds.measure([ThisTap()], to_null=True)
        steps.append({"pages": pages, "results": results, "to_null": to_null})
    return {"body_bytes": sizes.body_bytes, "steps": steps}


def detail_growth(sizes: Sizes) -> Results:
    """Read the pages with their six details, of ever larger sites, without latency."""
    steps = []
    for pages in sizes.detail_growth:
        note(f"  {pages} pages")
        with Site(pages) as site:
            everyone = _with_rivals(pages <= sizes.detail_rivals_up_to)
            results = Rounds(site, STREAMS, 8, sizes.growth_runs).measure(everyone)
        steps.append({"pages": pages, "results": results})
    return {"steps": steps}


def _with_rivals(wanted: object) -> list[Contestant]:
    return [ThisTap(), Sling(), AirbyteCdk(), Dlt()] if wanted else [ThisTap()]


def limited(sizes: Sizes) -> Results:
    """Read from a site that answers 429 beyond a rate, with and without saying when to return."""
    rate = sizes.limited_rate
    pages = max(12, round(sizes.limited_minutes * 60 * rate))
    found = {}
    for name, send_retry_after in (("with Retry-After", True), ("without", False)):
        note(f"  {name}")
        with (
            Site(
                pages,
                latency=0.05,
                requests_per_second=rate,
                send_retry_after=send_retry_after,
            ) as site,
            job_folder(site, DETAILS, 8) as job,
        ):
            found[name] = _against_the_limit(job, rate)
    return {"rate": rate, "pages": pages, "runs": found}


def _against_the_limit(job: Job, rate: float) -> Results:
    tap = ThisTap()
    job.site.clear()
    command = tap.prepare(job)
    samples = Samples(job.site)
    samples.start()
    cost = run(command)
    samples.stop()
    Expected(tap, job)
    # The last seconds are for what is read in one go, and for ending.
    settled_after = min(SETTLED_AFTER, cost.wall / 2)
    settled = [s for s in samples.taken if settled_after <= s[0] - cost.began <= cost.wall - 3]
    (began, ok_before, refused_before), (ended, ok_after, refused_after) = settled[0], settled[-1]
    seconds = ended - began
    return {
        "wall": cost.wall,
        "settled_after": settled_after,
        "seconds": seconds,
        "refused": samples.taken[-1][2],
        "refused_settled": refused_after - refused_before,
        "refused_a_minute": (refused_after - refused_before) * 60 / seconds,
        "share_used": (ok_after - ok_before) / (rate * seconds),
        "share_used_overall": samples.taken[-1][1] / (rate * cost.wall),
    }


def labels_and_spaces(sizes: Sizes) -> Results:
    """Count the requests of this tap, with its default streams, as labels and spaces become more.

    A first run, one right behind it, and one while what costs a request a space is not due.
    """
    found: Results = {"pages": sizes.quiet_pages}
    for what in ("labels", "spaces"):
        found[what] = []
        for number in sizes.more:
            with Site(sizes.quiet_pages, **{what: number}) as site:
                step = {"more": number, **_first_and_idle(site)}
            note(f"  {number} {what} more: {step['first']} requests, idle {step['idle']}")
            found[what].append(step)
    return found


def _first_and_idle(site: Site) -> dict[str, int]:
    """Return the requests of three runs of this tap, and how many labels and spaces there are."""
    truth = site.truth()
    tap = ThisTap(full_table_interval_hours=DAY)
    with job_folder(site, BY_DEFAULT, 16) as job:
        first = once(tap, job)["requests"]
        state = tap.state_after(job)
    counts = {}
    for name, again in (("idle", ThisTap()), ("not_due", tap)):
        with job_folder(site, BY_DEFAULT, 16) as job:
            counts[name] = once(again, replace(job, state=state))["requests"]
    there = {name: len(truth[name]) for name in ("labels", "spaces")}
    return {"first": first, **counts, **there}


def into_postgres(sizes: Sizes) -> Results:
    """Load pages with their six details into a PostgreSQL, and again when nothing has changed.

    Beside it, what the tap takes alone.
    """
    with Warehouse() as warehouse, Site(sizes.into_postgres, latency=0.05) as site:
        alone, loading = ThisTap(), TapAndTarget(warehouse)
        first = Rounds(site, STREAMS, 16, sizes.growth_runs).measure([alone, loading])
        with job_folder(site, STREAMS, 16) as job:
            once(alone, job)
            state = alone.state_after(job)
            idle = [
                {"contestant": who.name, **once(who, replace(job, state=state))}
                for who in (alone, loading)
            ]
    return {"pages": sizes.into_postgres, "latency": 0.05, "first": first, "idle": idle}


class Samples(threading.Thread):
    """What a site has answered so far, looked at every second."""

    def __init__(self, site: Site) -> None:
        super().__init__(name="samples", daemon=True)
        self.taken: list[tuple[float, int, int]] = []
        self._site = site
        self._stopped = threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self._stopped.wait(1):
            self._look()

    def stop(self) -> None:
        """Look one last time."""
        self._stopped.set()
        self.join()
        self._look()

    def _look(self) -> None:
        statuses = self._site.statuses()
        self.taken.append((time.monotonic(), statuses.get("200", 0), statuses.get("429", 0)))


SCENARIOS: dict[str, Callable[[Sizes], Results]] = {
    "side_by_side": side_by_side,
    "requests_made": requests_made,
    "of_the_limit": of_the_limit,
    "list_growth": list_growth,
    "detail_growth": detail_growth,
    "limited": limited,
    "labels_and_spaces": labels_and_spaces,
    "into_postgres": into_postgres,
}
