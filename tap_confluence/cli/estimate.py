"""What a run will cost: about how many requests each stream takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from tap_confluence.output.table import table
from tap_confluence.settings import CLOUD, deployment
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Amount, Size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from singer_sdk import Stream

    from tap_confluence.cli.counts.site import SiteCounts
    from tap_confluence.tap import TapConfluence

SOME = 1000
"""Of how many the cost is told of which nobody tells how many there are."""

HEADINGS = ("requests, about", "first run", "idle run")
IN_ALL = "in all"

MOST_ROWS = 8
"""Streams to tell the costs of one by one, the dearest: all of it has to fit on one screen."""


@dataclass(frozen=True)
class Estimate:
    """About how many requests a run takes.

    Attributes:
        by_stream: By the name under which they are counted.
        for_some: How many more it takes for each 1,000 of what nobody counts, by its name.
    """

    by_stream: Mapping[str, int]
    for_some: Mapping[str, int]


def estimate(
    tap: TapConfluence, count: Callable[[str], Amount | None], *, is_first: bool
) -> Estimate:
    """Estimate what a run costs that reads the selected streams.

    Args:
        tap: With the settings, and the catalog if there is one.
        count: Tells how much there is of a kind.
        is_first: Whether it has no state; else it is one before which nothing has changed.
    """
    streams = [s for s in tap.streams.values() if isinstance(s, ConfluenceStream)]
    size = Size(is_first, tap.config["page_size"], count)
    found = requests_of(streams, size)
    for_some = {}
    for kind in sorted(size.uncounted):
        more = replace(size, count=partial(_with_some, kind, count))
        for_some[kind] = sum(requests_of(streams, more).values()) - sum(found.values())
    return Estimate(found, for_some)


def requests_of(streams: Iterable[ConfluenceStream], size: Size) -> Mapping[str, int]:
    """Return how many requests a run sends, by the name under which they are counted.

    Args:
        streams: All streams, in the order in which a run has them.
        size: What the site has.
    """
    found: Counter[str] = Counter()
    read: set[str] = set()
    for stream in _in_turn(streams):
        for requests in stream.requests(size):
            if requests.once and requests.once in read:
                continue
            read.add(requests.once)
            found[requests.by or stream.name] += requests.number
    return {name: number for name, number in found.items() if number}


def _in_turn(streams: Iterable[ConfluenceStream]) -> Iterator[ConfluenceStream]:
    """Yield the streams that are read, each list with its details behind it."""
    for stream in streams:
        if stream.parent_stream_type is None and (
            stream.selected or stream.has_selected_descendents
        ):
            yield stream
            yield from stream.selected_children


def _with_some(uncounted: str, count: Callable[[str], Amount | None], kind: str) -> Amount | None:
    """Count what there is of a kind, as if there were some of one that nobody counts."""
    return Amount.of(SOME) if kind == uncounted else count(kind)


def counts_of(tap: TapConfluence) -> SiteCounts:
    """Return what counts what there is on the site."""
    if deployment(tap.config) == CLOUD:
        from tap_confluence.cli.counts.cloud import CloudCounts  # noqa: PLC0415 - one of the two

        return CloudCounts(tap.run)
    from tap_confluence.cli.counts.datacenter import DataCenterCounts  # noqa: PLC0415

    return DataCenterCounts(tap.run)


def told(tap: TapConfluence, counts: SiteCounts) -> Iterator[str]:
    """Yield what is to be said of the costs of a first and of an idle run."""
    before = tap.run.client.total_usage.requests
    runs = [estimate(tap, counts, is_first=is_first) for is_first in (True, False)]
    yield f"Reads what has changed since {_start(tap, counts)}"
    yield from table(HEADINGS, [*_dearest(runs)])
    if estimated := counts.estimated:
        found = ", ".join(f"{number:,} {_noun(kind)}" for kind, number in estimated.items())
        yield f"Not counted, but estimated: {found}"
    for kind in {kind: None for run in runs for kind in run.for_some}:
        first, idle = (run.for_some.get(kind, 0) for run in runs)
        yield (
            f"Nobody tells how many {_noun(kind)} there are: {SOME:,} take {first:,} more in a "
            f"first run, {idle:,} in an idle one"
        )
    replies = counts("listed_replies") if any(map(_reads_comments, tap.streams.values())) else None
    if replies is not None and not replies.listed:
        yield (
            "The newest comments show no reply. Where lists hold none, a request comes on top for "
            "each comment that has replies, in a first run, and for each that no search finds, in "
            "each run"
        )
    if tap.run.filters.by_anything:
        yield "What the filters ask for to judge by comes on top"
    spent = tap.run.client.total_usage.requests - before
    yield f"It took {spent:,} requests to find that out"


def _dearest(runs: Sequence[Estimate]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table of costs: of the dearest streams, of all others, and of all."""
    costs = {
        name: [run.by_stream.get(name, 0) for run in runs]
        for name in {name: None for run in runs for name in run.by_stream}
    }
    dearest = sorted(costs, key=lambda name: (-max(costs[name]), name))
    shown, others = dearest[:MOST_ROWS], dearest[MOST_ROWS:]
    for name in shown:
        yield name, *(f"{cost:,}" for cost in costs[name])
    for name, names in ((f"{len(others)} others", others), (IN_ALL, dearest)):
        if names:
            yield name, *(f"{sum(costs[n][run] for n in names):,}" for run in range(len(runs)))


def _reads_comments(stream: Stream) -> bool:
    return stream.selected and stream.name.endswith("_comments")


def _start(tap: TapConfluence, counts: SiteCounts) -> str:
    date = counts.start[: len("2024-01-31")]
    if tap.config.get("anchor_date"):
        return f"{date} ('anchor_date')"
    if days := tap.config.get("lookback_days"):
        return f"{date} ('lookback_days': {days})"
    return f"{date}, a year ago ('anchor_date' sets it)"


def _noun(kind: str) -> str:
    return kind.replace("_", " ")
