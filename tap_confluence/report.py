"""What a run has brought, what it has cost, and what it left out: told at its end."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import (
    ConfluenceError,
    RateLimitError,
    RefusedError,
    RetriesExhaustedError,
)
from tap_confluence.http import Usage
from tap_confluence.output.table import table
from tap_confluence.output.terminal import is_watched
from tap_confluence.output.turn import FEW_SECONDS
from tap_confluence.redaction import printable
from tap_confluence.rest_v1 import search
from tap_confluence.statuses import CURRENT
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.inventory import InventoryStream
from tap_confluence.streams.reconciliation import ReconciledStream
from tap_confluence.timestamps import to_the_minute

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future

    from tap_confluence.output.turn import Turn
    from tap_confluence.run import Run

logger = logging.getLogger("tap-confluence")

KINDS = {"page": "pages", "blogpost": "blog posts"}
"""What a search counts, and what to call it."""

HEADINGS = ("stream", "rows", "requests", "retries", "429", "bookmark", "whole", "skipped")
IN_ALL = "in all"

PROGRESS = "progress"
"""Under which name requests are counted that only tell how long the run will take."""


@dataclass(frozen=True)
class Line:
    """What the run made of one stream, or of what it needed besides.

    Attributes:
        name: Of the stream, or of what else requests were sent for.
        usage: What it has cost. Details that come with their items cost nothing themselves.
        rows: The rows written; None for what is no stream.
        skipped: How many items were left out, by reason.
        bookmarks: Where the stream stood before and stands now; None unless it is incremental.
        whole: When its table was last known to equal the site, of a stream of content.
    """

    name: str
    usage: Usage
    rows: int | None = None
    skipped: Mapping[str, int] = field(default_factory=dict)
    bookmarks: tuple[str | None, str | None] | None = None
    whole: str | None = None

    def __str__(self) -> str:
        """Say it in words."""
        parts = [] if self.rows is None else [f"{self.rows} rows"]
        if self.usage.requests:
            parts.append(str(self.usage))
        if self.skipped:
            parts.append(f"skipped {counted(self.skipped)}")
        if self.bookmarks:
            parts.append("bookmark {} -> {}".format(*(each or "none" for each in self.bookmarks)))
        if self.whole:
            parts.append(f"last whole {self.whole}")
        return f"{self.name}: {', '.join(parts)}"

    @property
    def fields(self) -> dict[str, Any]:
        """The same for a log that keeps fields."""
        fields = {**fields_of(self.usage), "skipped": dict(self.skipped)}
        if self.rows is None:
            return {"part": self.name, **fields}
        before, after = self.bookmarks or (None, None)
        bookmarks = {"bookmark_from": before, "bookmark_to": after, "last_whole": self.whole}
        return {"stream_name": self.name, "rows": self.rows, **fields, **bookmarks}

    @property
    def cells(self) -> tuple[str, ...]:
        """The same for a table, as `HEADINGS` has it: on a terminal there is not room for all."""
        usage = self.usage
        rows = "" if self.rows is None else f"{self.rows:,}"
        costs = (f"{each:,}" for each in (usage.requests, usage.retries, usage.limited))
        _, bookmark = self.bookmarks or ("", "")
        whole = (self.whole or "")[: len("2024-01-31")]
        return (
            self.name,
            rows,
            *costs,
            to_the_minute(bookmark or ""),
            whole,
            counted(self.skipped),
        )


class Report:
    """Gathers what is to be told of a run.

    Args:
        run: What is to be told of.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._bookmarks_before = self._read_bookmarks()
        self._counts: dict[str, Future[int | None]] = {}

    def look(self) -> tuple[int, str]:
        """Return how many rows have been written so far, and in words what else is to be told."""
        sent = f"{self._run.client.total_usage.requests:,} requests"
        turn = self._run.turn
        if turn is None:
            return self._rows, sent
        self._count(turn)
        rows = self._streams[turn.name].written_rows if turn.name in self._streams else 0
        return self._rows, f"{sent}, {turn.told(rows)}"

    def _count(self, turn: Turn) -> None:
        """Ask the site how much there is to read, of what takes some time to read."""
        cql, seconds = turn.cql, turn.seconds
        if not cql or seconds < FEW_SECONDS:
            return
        turn.cql = ""
        try:
            found = search.count(self._run.client, cql, tag=PROGRESS, max_retries=0)
        except ConfluenceError as error:
            logger.debug("The site does not count what there is to read: %s", error)
            return
        if found is not None:
            turn.of, turn.is_counted = found, False

    def tell_gaps(self) -> None:
        """Log what the run skipped.

        Raises:
            ConfluenceError: A stream could not be read at all.
        """
        for name, reasons in sorted(self._gaps().items()):
            logger.warning("Skipped %d of '%s': %s", reasons.total(), name, counted(reasons))
        if denied := self._run.notes.denied:
            message = (
                f"Not all streams could be read: {'; '.join(sorted(denied.values()))}. "
                f"{' '.join(sorted(self._run.notes.remedies))} Or deselect the stream. All other "
                "streams are complete."
            )
            raise ConfluenceError(message)
        if held_back := self._run.notes.held_back:
            rows = "; ".join(f"{words} rows of '{name}'" for name, words in held_back.items())
            message = (
                f"So much is gone at once that the account may have lost a right: {rows}. Nothing "
                "of these streams is taken for deleted. Give the account its right back or, if "
                "all that was deleted, run once with 'reconcile_max_deleted_percent' at 100. All "
                "other streams are complete."
            )
            raise ConfluenceError(message)

    def ask_search(self) -> None:
        """Have a search count how much content there is, if this run has come upon all of it.

        That is asked of a first run and of a full refresh, which have read `content_inventory`
        without filters; a run that reads changes asks nothing.
        """
        inventory, filters = self._inventory, self._run.filters
        is_narrowed = filters.by_space or filters.by_tree or filters.by_label
        if (
            inventory.selected
            and not inventory.is_denied
            and not self._bookmarks_before
            and not is_narrowed
            and CURRENT in filters.statuses
        ):
            reader = self._run.reader
            self._counts = {
                kind: reader.start(search.count, reader.client, f"type={kind}", tag=inventory.name)
                for kind in KINDS
            }

    def compare_with_search(self) -> None:
        """Log how much content the search counts, if it was asked."""
        for kind, count in self._counts.items():
            found, plural = self._result(count), KINDS[kind]
            if found is not None:
                known = self._inventory.current[kind]
                logger.info(
                    "Completeness: %d current %s in this run, about %d by the site's search",
                    known,
                    plural,
                    found,
                    extra={"kind": kind, "known": known, "found_by_search": found},
                )

    def tell(self) -> None:
        """Log what the run has brought and cost: as a table on a terminal, else line by line."""
        lines = [*self._stream_lines(), *self._other_lines()]
        if is_watched():
            skipped = sum((Counter(line.skipped) for line in lines), Counter[str]())
            total = Line(IN_ALL, self._run.client.total_usage, self._rows, skipped)
            cells = [tuple(map(printable, line.cells)) for line in (*lines, total)]
            sys.stderr.writelines(f"{line}\n" for line in table(HEADINGS, cells))
        else:
            for line in lines:
                logger.info("%s", line, extra=line.fields)
        usage, rate_limit, rows = (
            self._run.client.total_usage,
            self._run.client.rate_limit,
            self._rows,
        )
        pauses = {"pauses": rate_limit.waits, "paused_seconds": round(rate_limit.waited, 1)}
        extra = {"rows": rows, **fields_of(usage), **pauses}
        logger.info("In all: %d rows, %s, %s", rows, usage, rate_limit, extra=extra)

    def _stream_lines(self) -> Iterator[Line]:
        bookmarks, gaps = self._read_bookmarks(), self._gaps()
        for name, stream in sorted(self._streams.items()):
            yield Line(
                name,
                self._run.client.usage.get(name, Usage()),
                stream.written_rows,
                gaps.get(name, {}),
                (self._bookmarks_before.get(name), bookmarks.get(name))
                if stream.is_incremental
                else None,
                stream.reconciliation.last_whole if isinstance(stream, ReconciledStream) else None,
            )

    def _other_lines(self) -> Iterator[Line]:
        """What was needed besides, also from streams that are not selected themselves."""
        usage, gaps = self._run.client.usage, self._gaps()
        for name in sorted({*usage, *gaps} - {*self._streams}):
            yield Line(name, usage.get(name, Usage()), skipped=gaps.get(name, {}))

    def _gaps(self) -> dict[str, Counter[str]]:
        """How many items were left out, by stream and reason."""
        return self._run.notes.gaps(self._run.client.unidentified)

    @cached_property
    def _streams(self) -> dict[str, ConfluenceStream]:
        """The streams that are selected."""
        return {
            name: stream
            for name, stream in self._run.streams.items()
            if isinstance(stream, ConfluenceStream) and stream.selected
        }

    @property
    def _rows(self) -> int:
        return sum(stream.written_rows for stream in self._streams.values())

    def _read_bookmarks(self) -> dict[str, str]:
        entries = self._run.tap.state.get("bookmarks", {})
        return {
            name: entry["replication_key_value"]
            for name, entry in entries.items()
            if entry.get("replication_key_value")
        }

    @property
    def _inventory(self) -> InventoryStream:
        [inventory] = (s for s in self._run.streams.values() if isinstance(s, InventoryStream))
        return inventory

    def _result(self, count: Future[int | None]) -> int | None:
        """Return how many current items a search counts; an estimate, None if nobody tells."""
        try:
            return self._run.reader.result(count)
        except (RefusedError, RetriesExhaustedError, RateLimitError) as error:
            logger.debug("The site does not count its content: %s", error)
            return None


def counted(reasons: Mapping[str, int]) -> str:
    """Say how many there are of each reason."""
    return ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))


def fields_of(usage: Usage) -> dict[str, int]:
    """Return what something has cost for a log that keeps fields."""
    return {
        "requests": usage.requests,
        "points": usage.points,
        "retries": usage.retries,
        "rate_limited": usage.limited,
    }
