"""The audit log, on any deployment."""

from __future__ import annotations

import hashlib
import logging
from abc import abstractmethod
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import msgspec
from typing_extensions import override

from tap_confluence.schemas.audit import AUDIT_RECORD
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests, full_pages
from tap_confluence.timestamps import CLOCKS_DIFFER, format_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import ListRequest, Paginator
    from tap_confluence.streams.cost import Size

logger = logging.getLogger("tap-confluence")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SPANS_KEPT = 4
"""Answers kept in memory while going back; of the others only the span, to ask again."""

IDENTITY = (
    *("createdAt", "authorId", "remoteAddress", "category", "summary", "description"),
    *("sysAdmin", "superAdmin", "affectedObject", "changedValues", "associatedObjects"),
)
"""What tells a record from others. The name of its author is not part of it: names change."""


@dataclass(frozen=True)
class Span:
    """A span of time that one answer covers.

    Attributes:
        first: Its first timestamp; None where there is none older.
        last: Its last timestamp.
        records: What the log has of it, unless that is to be asked again.
    """

    first: str | None
    last: str
    records: list[Record] | None


class AuditStream(ConfluenceStream):
    """What was done on the site that its administrators should know, oldest first.

    The log is given out newest first, by offset or by cursor, while it grows. So it is never
    paged through: each answer is asked for by the span of time that it is to cover, back to the
    bookmark, and a span ends between two timestamps, never within one. Then the spans are written
    from the oldest on, and the bookmark moves with each.

    Attributes:
        most_a_page: How many records an answer holds at most.
    """

    name = "audit_records"
    right = "the right of a Confluence administrator"
    selected_by_default = False
    is_filtered = False
    primary_keys = ("id",)
    replication_key = "createdAt"
    schema = AUDIT_RECORD
    most_a_page: ClassVar[int]

    _leads_in_a_circle = False

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        records = size["audit_records"].listed if size.is_first else 0
        yield Requests(max(1, full_pages(records, self.most_a_page)))

    @abstractmethod
    def request(self, first: str | None, last: str) -> ListRequest:
        """Return how to ask for the records of a span of time, newest first.

        Args:
            first: The first timestamp of the span; None where there is none.
            last: Its last timestamp.
        """

    @abstractmethod
    def paginator(self) -> Paginator:
        """Return what follows the log once, and ends where it leads in a circle."""

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        last = format_timestamp(datetime.now(UTC) + CLOCKS_DIFFER)
        for span in reversed(self._spans(self.starting_point(), last)):
            records = self._all_of(span) if span.records is None else span.records
            yield from with_ids(records)
            if not self._leads_in_a_circle:
                # What is out of reach may be as old as the oldest of the span.
                self.advance(*(record["createdAt"] for record in records))
            self.run.write_state_when_due()

    def _spans(self, first: str | None, last: str) -> list[Span]:
        """Go back in time, and return the spans that have records, newest first."""
        spans: list[Span] = []
        while first is None or first <= last:
            pages = self.reader.pages(self.request(first, last), self.paginator())
            page = next(self.reader.told(pages))
            records = _within(page.items, first, last)
            if page.next is None:
                spans.append(Span(first, last, records))
                break
            timestamps = [record["createdAt"] for record in records if record["createdAt"]]
            oldest = min(timestamps, default=None)
            if oldest is None or timestamps != sorted(timestamps, reverse=True):
                # The site does not heed the span or the order: it has to be paged through.
                spans.append(Span(first, last, None))
                break
            if oldest < last:
                # There may be more of the oldest timestamp than the answer has.
                newer = [r for r in records if r["createdAt"] is None or r["createdAt"] > oldest]
                kept = newer if len(spans) < SPANS_KEPT else None
                spans.append(Span(_after(oldest), last, kept))
                last = oldest
            else:
                # One timestamp has more records than an answer holds.
                spans.append(Span(last, last, None))
                if (before := _before(last)) == last:
                    break
                last = before
        return spans

    def _all_of(self, span: Span) -> list[Record]:
        pages: list[list[Record]] = []
        paginator = self.paginator()
        walk = self.reader.pages(self.request(span.first, span.last), paginator)
        for page in self.reader.told(walk):
            # Records may be alike; in a circle, a page like another one is that again.
            if not (paginator.guard.is_in_circles and page.items in pages):
                pages.append(page.items)
        records = [record for items in pages for record in items]
        if paginator.guard.is_in_circles and not self._leads_in_a_circle:
            self._leads_in_a_circle = True
            self.leave_incomplete()
            logger.warning(
                "The audit log leads in a circle, so that what it has before %s beyond %d records "
                "is out of reach: '%s' is incomplete, and its bookmark stays where it is",
                span.last,
                len(records),
                self.name,
            )
        return _within(records, span.first, span.last)


def moment_of(epoch_ms: object) -> str | None:
    """Write a time in milliseconds since 1970, which may be a text, the one way all are written."""
    if not isinstance(epoch_ms, int | str):
        return None
    try:
        return format_timestamp(EPOCH + timedelta(milliseconds=int(epoch_ms)))
    except (OverflowError, ValueError):
        return None


def epoch_ms_of(timestamp: str) -> int:
    """Return the milliseconds since 1970 of a timestamp."""
    return (datetime.fromisoformat(timestamp) - EPOCH) // timedelta(milliseconds=1)


def with_ids(records: Iterable[Record]) -> Iterator[Record]:
    """Give records ids, which are the same each time: the log has none.

    An id is made of what the record says. Of several that say the same of the same timestamp, which
    no span divides, each but the first is counted.
    """
    twins: Counter[str] = Counter()
    for record in sorted(records, key=lambda record: record["createdAt"] or ""):
        identity = {name: record.get(name) for name in IDENTITY}
        text = msgspec.json.encode(identity, order="deterministic")
        digest = hashlib.blake2b(text, digest_size=16).hexdigest()
        twins[digest] += 1
        yield {**record, "id": digest if twins[digest] == 1 else f"{digest}-{twins[digest]}"}


def _within(records: Sequence[Record], first: str | None, last: str) -> list[Record]:
    """Return the records of a span, those without a date included."""
    return [
        record
        for record in records
        if record["createdAt"] is None
        or ((first is None or first <= record["createdAt"]) and record["createdAt"] <= last)
    ]


def _after(timestamp: str) -> str:
    return moment_of(epoch_ms_of(timestamp) + 1) or timestamp


def _before(timestamp: str) -> str:
    return moment_of(epoch_ms_of(timestamp) - 1) or timestamp
