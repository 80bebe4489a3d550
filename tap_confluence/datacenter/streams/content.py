"""What the lists of content over REST v1 have in common."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Never

from typing_extensions import override

from tap_confluence.datacenter.api.batches import (
    MOST_EXPANDED,
    Query,
    read_by_offset,
    read_items,
)
from tap_confluence.datacenter.api.paths import CONTENT
from tap_confluence.datacenter.filters import ContentFilter
from tap_confluence.datacenter.streams.content_list import ContentList, limit_for
from tap_confluence.datacenter.streams.expanded import ExpandedParentStream
from tap_confluence.datacenter.streams.resumable_full_sync import ResumableFullSync
from tap_confluence.errors import (
    FailedItemError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
)
from tap_confluence.filters.left_out import names_left_out
from tap_confluence.http import get_item
from tap_confluence.rest_v1 import records
from tap_confluence.rest_v1.search import CONTENT_SEARCH
from tap_confluence.statuses import CURRENT, TRASHED
from tap_confluence.streams.cost import Requests, full_pages
from tap_confluence.streams.incremental import Hidden, IncrementalStream
from tap_confluence.streams.parents import (
    FullTableDetailStream,
    Work,
    check_item,
    read_sections,
)
from tap_confluence.streams.progress import Passed, recognised
from tap_confluence.streams.restrictions import (
    EXPAND,
    RestrictionReader,
    expanded_restrictions,
    unread,
)
from tap_confluence.streams.state.state_format import CHILDREN
from tap_confluence.timestamps import with_overlap

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.datacenter.api.batches import Batch
    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.cost import Amount, Size
    from tap_confluence.streams.incremental import Family
    from tap_confluence.streams.parents import Ahead, Details
    from tap_confluence.streams.progress import Dated
    from tap_confluence.streams.reconciliation import ReconciledStream

EXPERIMENTAL = "/rest/experimental/content"
RESTRICTIONS = "restrictions"
"""The section of details of whom something is restricted to."""

EXPANSIONS: Mapping[str, tuple[str, ...]] = {
    "labels": ("metadata.labels",),
    "children": ("ancestors", "space"),
    RESTRICTIONS: EXPAND,
}
"""What to have spelled out of an item for the sections of full-table details."""

ASKED_FOR = ("versions", "properties")
"""The sections of details that no list spells out."""

SEARCH_OVERLAP = timedelta(days=1)
"""How far before its bookmark a stream starts again. Searches take a date to the minute, in the
time zone of the user, which is up to 14 hours from UTC, and their index lags behind
(https://jira.atlassian.com/browse/CONFCLOUD-70966)."""

DATES = ("version", "history")
"""What has to be spelled out of an item to know when it was changed."""

FARTHEST_BEHIND = timedelta(hours=12)
"""How far a time zone may be behind UTC."""


@dataclass(frozen=True)
class ReadWork(Work):
    """An item of a full read.

    Attributes:
        cursor: Where the read goes on after it, if it is the last of its batch.
    """

    cursor: str | None = None


class ContentStream(ExpandedParentStream, IncrementalStream):
    """Pages, blog posts, comments or attachments, for themselves and for their children.

    Without a bookmark all is read, in the order of ids; afterwards what a search finds to have
    changed, oldest first.

    Attributes:
        hidden: The statuses that it may have and that a search does not find.
        expand: What to have spelled out of an item.
        has_body: Whether it has a body.
    """

    hidden: ClassVar[tuple[str, ...]] = ()
    expand: ClassVar[tuple[str, ...]]
    has_body: ClassVar[bool] = True

    _full_sync: ResumableFullSync | None = None
    _hidden_ahead: Ahead | None = None

    _family: Family
    _kept_out: Sequence[str] = ()
    """What the search for changes is not to find, for it is asked for by its id."""

    @abstractmethod
    def record(self, item: dict[str, Any]) -> Record:
        """Turn an item into a record."""

    @override
    def expanded(self, item: dict[str, Any], section: str) -> list[dict[str, Any]] | None:
        match section:
            case "labels":
                labels = records.expanded_labels(item)
                return None if labels is None else [records.label(label) for label in labels]
            case "restrictions":
                return self._restrictions_of(item)
        return None

    def _restrictions_of(self, item: dict[str, Any]) -> list[dict[str, Any]] | None:
        if item.get("status") == TRASHED:
            return []
        error = self.restrictions.unread.get(str(item["id"]))
        if error is not None:
            return [unread(str(error))]
        rows = expanded_restrictions(item)
        if rows is not None:
            self.restrictions.note_read()
        return rows

    @cached_property
    def restrictions(self) -> RestrictionReader:
        """What reads the restrictions that do not come with an item."""
        return RestrictionReader(self.reader.client, self.name)

    def everything(
        self,
        statuses: Sequence[str],
        expand: tuple[str, ...],
        cursor: str | None = None,
        *,
        tag: str,
    ) -> Iterator[Batch]:
        """List all content of some statuses, in an order in which a read can go on later.

        Args:
            statuses: The statuses.
            expand: What to have spelled out.
            cursor: Where to go on, from a batch of an earlier run.
            tag: Under which name the requests are counted: of the stream that needs the items.
        """
        return self.listed(statuses, expand, cursor, tag=tag)

    def listed(
        self,
        statuses: Sequence[str],
        expand: tuple[str, ...],
        cursor: str | None = None,
        *,
        tag: str,
    ) -> Iterator[Batch]:
        """List the same as the site has it, also what no stream is made of."""
        return self.content_list(tag).batches(self.kind, statuses, expand, cursor)

    def all_items(self, *, tag: str) -> Iterator[dict[str, Any]]:
        """List all wanted items, with hardly more than their ids."""
        for batch in self.everything(self.wanted_statuses, (), tag=tag):
            yield from batch.items

    def content_list(self, tag: str) -> ContentList:
        """Return what lists content, for the stream of a name."""
        return ContentList(self.reader, tag, ContentFilter.of(self.run))

    @property
    def wanted_statuses(self) -> list[str]:
        """The statuses to read."""
        wanted = self.config["content_statuses"]
        return [status for status in (CURRENT, *self.hidden) if status in wanted]

    @override
    def shape(self, item: dict[str, Any]) -> Record:
        record = self.record(item)
        if self.has_body:
            # The one that tasks are taken from may be another than the one asked for.
            body_format = self.config["body_format"]
            record["body"] = {k: body for k, body in record["body"].items() if k == body_format}
        return record

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        if self.read_for_changes:
            yield from self.requests_for_changes(size)
        # In a first run, they come along with these.
        if self.full_table and not (size.is_first and self.read_for_changes):
            expand = _expansion_for(self.full_table)
            number = self.requests_for_list(size, expand)
            yield Requests(number, by=self.full_table[0].name)

    def requests_for_changes(self, size: Size) -> Iterator[Requests]:
        """Yield the requests for what has changed, and for its details."""
        if not size.is_first:
            yield Requests(1)
            return
        yield Requests(self.requests_for_list(size, self.expansion(), has_hidden=False))
        yield Requests(self.requests_an_item * self.amount(size).changed)

    @property
    def requests_an_item(self) -> int:
        """How many requests each item takes, for those details that its list does not give."""
        return len({self.section_of(stream) for stream in self.read_for_changes} & {*ASKED_FOR})

    def amount(self, size: Size) -> Amount:
        """Return how much the list holds."""
        return size[self.name]

    def requests_for_list(
        self, size: Size, expand: tuple[str, ...], *, has_hidden: bool = True
    ) -> int:
        """Return how many requests it takes to list all items.

        Args:
            size: What the site has.
            expand: What is spelled out of each.
            has_hidden: Whether those are among them that are archived or in the trash.
        """
        amount = self.amount(size)
        listed = amount.wanted if has_hidden else amount.wanted - amount.hidden
        return max(1, full_pages(listed, limit_for(expand, size.page_size)))

    @property
    @override
    def bookmark_overlap(self) -> timedelta:
        return SEARCH_OVERLAP

    @override
    def timestamp(self, item: dict[str, Any]) -> str | None:
        return records.modified_at(item)

    @override
    def prepare(self) -> None:
        if self.is_walked_early:
            self.begin()

    @property
    @override
    def is_walked_early(self) -> bool:
        # The filters ask for what they need once a run, and not from several readings at a time.
        return super().is_walked_early and not self.run.filters.by_anything

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        yield from super().read(context)
        if restricting := _restricting(self.full_table):
            try:
                self.restrictions.check()
            except RefusedError as error:
                for stream in restricting:
                    stream.deny(error)

    @override
    def all_work(self, streams: Sequence[ReconciledStream]) -> Iterator[Work]:
        for batch in self.everything(self.wanted_statuses, self.expansion(), tag=self.name):
            for item in self.items_of(batch, streams):
                if due := [stream for stream in streams if self.takes(stream, item)]:
                    yield Work(item, due, failures=self.failures_of(item, due))

    @override
    def read_full_table(self, full_table: Sequence[FullTableDetailStream]) -> Iterator[Record]:
        """List all items once for the details that did not come along."""

        def work() -> Iterator[Work]:
            expand, tag = _expansion_for(full_table), full_table[0].name
            # The list serves all of them, and can be booked on one only.
            for batch in self.everything(self.wanted_statuses, expand, tag=tag):
                self.report(batch, full_table)
                yield from self.marked(batch, full_table)
                for item in batch.items:
                    yield Work(item, full_table)

        return self.write(work())

    @override
    def report(self, batch: Batch, streams: Iterable[ConfluenceStream]) -> None:
        # A marker takes the place of what a stream of restrictions lacks.
        has_marker = _restricting(streams)
        super().report(batch, [stream for stream in streams if stream not in has_marker])

    def marked(self, batch: Batch, streams: Iterable[ConfluenceStream]) -> Iterator[Work]:
        """Yield the item that the site fails for in a batch, for its marker to be written.

        What is not known of it is also where it lies, and what is above it may be restricted: so
        its own restrictions are not asked for.
        """
        if batch.failed is not None and batch.error is not None:
            yield from self.mark({batch.failed: batch.error}, streams)

    def mark(
        self, failures: Mapping[str, RefusedError], streams: Iterable[ConfluenceStream]
    ) -> Iterator[Work]:
        """Yield items that cannot be read for those streams that have a marker for them."""
        if restricting := _restricting(streams):
            for item_id, error in failures.items():
                self.restrictions.leave_unread(item_id, error)
                yield Work({"id": item_id}, restricting)

    def take(
        self, batches: Iterable[Batch], streams: Iterable[ConfluenceStream]
    ) -> Iterator[dict[str, Any]]:
        """Yield the items of batches, and report those that the site fails for."""
        for batch in batches:
            yield from self.items_of(batch, streams)

    def items_of(
        self, batch: Batch, streams: Iterable[ConfluenceStream]
    ) -> Sequence[dict[str, Any]]:
        """Return the items of a batch; the one that the site fails for without its body.

        If that fails too, it is reported, and the next runs ask for it again.
        """
        if batch.failed is None or batch.error is None:
            return batch.items
        error = batch.error
        is_itself = not batch.failed.endswith(CHILDREN)
        if isinstance(error, FailedItemError) and is_itself and self.body_formats():
            try:
                call = partial(self._get_by_id, batch.failed, self.expansion(bodies=False))
                client = self.reader.client
                item = self.reader.result(self.reader.start(client.once, call))
            except (RefusedError, RetriesExhaustedError):
                # It is not its body.
                pass
            else:
                self.without_body[batch.failed] = error
                return [
                    *batch.items,
                    *ContentFilter.of(self.run).filtered([item], stream=self.name),
                ]
        self.report(batch, streams)
        failed = FailedItemError(RetriesExhaustedError(str(error)))
        for stream in streams:
            stream.retry_later(batch.failed, None, failed)
        return batch.items

    def _get_by_id(self, item_id: str, expand: tuple[str, ...]) -> dict[str, Any]:
        expand = tuple(dict.fromkeys((*expand, *ContentFilter.of(self.run).expansion(self.kind))))
        params = {"status": "any", "expand": ",".join(expand)}
        return get_item(self.reader.client, f"{CONTENT}/{item_id}", params, tag=self.name)

    @override
    def get_again(
        self, item_id: str, streams: Sequence[ConfluenceStream]
    ) -> tuple[dict[str, Any], Details]:
        has_body = any(map(self.takes_body, streams))
        try:
            item = self._get_by_id(item_id, self.expansion(bodies=has_body))
        except RetriesExhaustedError as error:
            written = [self.failed_before[stream].get(item_id) for stream in streams]
            if item_id not in self._kept_out or not self.body_formats() or None in written:
                raise
            item = self._get_by_id(item_id, self.expansion(bodies=False))
            if self.timestamp(item) in written:
                raise
            self.without_body[item_id] = FailedItemError(error)
        due = [*streams, *self.missed(item)]
        sections = {section for stream in due if (section := self.section_of(stream))}
        missing = sorted(s for s in sections if self.expanded(item, s) is None)
        return item, self.get_details(self.identity(item), missing) if missing else {}

    @override
    def missed(self, item: dict[str, Any]) -> Sequence[ConfluenceStream]:
        is_kept_out = self.identity(item) in self._kept_out
        return self.lacking(self._family, item) if is_kept_out else ()

    @override
    def is_wanted(self, item: dict[str, Any]) -> bool:
        has_status = item.get("status") in self.wanted_statuses
        return has_status and any(ContentFilter.of(self.run).filtered([item], stream=self.name))

    @override
    def written(self, work: Work) -> None:
        if isinstance(work, ReadWork) and work.cursor is not None and self._full_sync is not None:
            self._full_sync.note(work.cursor)
        super().written(work)
        if (dated := self.dated(work.item))[0] in self._kept_out:
            self._passed.add([dated])
            self._passed.note_walk()

    @override
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        details = read_sections(self.reader, sections, partial(self._get_section, item_id))
        if any(isinstance(found, NotFoundError) for found in details.values()):
            # Is it a section that is not found, or the item itself?
            params = {"status": "any"}
            check_item(self.reader.client, f"{CONTENT}/{item_id}", params, tag=self.name)
        return details

    def _get_section(self, item_id: str, section: str) -> list[dict[str, Any]]:
        if section == RESTRICTIONS:
            return self.restrictions.get(item_id)
        match section:
            case "labels":
                query, make = Query(f"{CONTENT}/{item_id}/label", {}, self.name), records.label
            case "versions":
                path = f"{EXPERIMENTAL}/{item_id}/version"
                query, make = Query(path, {}, self.name), records.version
            case _:
                path = f"{CONTENT}/{item_id}/property"
                query = Query(path, {}, self.name, ("version",), MOST_EXPANDED)
                make = records.content_property
        return [make(row) for row in read_items(self.reader.client, query)]

    def expansion(self, *, bodies: bool = True) -> tuple[str, ...]:
        """Return what to have spelled out, so that nothing has to be asked for item by item.

        Args:
            bodies: Whether that is to include bodies, if there are any.
        """
        names = [*self.expand, *_expansion_for(self.full_table)]
        if bodies:
            names += [f"body.{body_format}" for body_format in self.body_formats()]
        return tuple(dict.fromkeys(names))

    def body_formats(self) -> list[str]:
        """Return the formats in which bodies are to be read."""
        body_format = self.config["body_format"]
        return [body_format] if self.has_body and self.selected and body_format != "none" else []

    @override
    def read_changes(
        self, family: Family, full_table: Sequence[FullTableDetailStream]
    ) -> Generator[Record, None, bool]:
        if CURRENT not in self.wanted_statuses:
            return False
        if all(stream.is_incremental and stream.bookmark for stream in family):
            yield from self._read_found(family)
            return False
        return (yield from self._read_everything(family, full_table))

    def _read_found(self, family: Family) -> Iterator[Record]:
        """Read what a search finds to have changed."""
        self._family = family
        self._kept_out = sorted(
            item_id
            for stream, failed in self.failed_before.items()
            for item_id in failed
            if self.takes_body(stream) and item_id.isdecimal()
        )
        start = min(progress.start for progress in family.values() if progress.start)
        expand = self.expansion()
        overlap = max(progress.overlap for progress in family.values())
        is_compared = overlap > limit_for(expand, self.reader.page_size)
        if is_compared:
            overview = self._compare(family, start)
            if not any(p.lacks(*dated) for p in family.values() for dated in overview):
                self._passed = Passed(family.values())
                self._passed.add(overview)
                self._passed.note_walk()
                return
        items = self.take(self.changed_since(start, expand), family)
        if not is_compared:
            items = recognised(items, family.values(), self.dated)
        yield from self.write_changes(itertools.chain(items, self._expecting(family, [])), family)

    def _compare(self, family: Family, start: str) -> list[Dated]:
        """Find out which items have been written, by a search that brings hardly more than dates.

        Returns:
            All items that have changed. It costs a quarter of the requests that bodies cost.
        """
        items = self.take(self.changed_since(start, DATES), family)
        overview = [self.dated(item) for item in items]
        for progress in family.values():
            progress.compare(overview)
        return overview

    def _read_everything(
        self, family: Family, full_table: Sequence[FullTableDetailStream]
    ) -> Generator[Record, None, bool]:
        """Read all there is, from the beginning or from where an earlier run was killed."""
        resumed = ResumableFullSync.resumed({stream: p.start for stream, p in family.items()})
        lasting = [stream for stream in family if stream.is_incremental]
        self._full_sync = read = resumed or ResumableFullSync(lasting, self.run.began)
        full_table = [] if resumed else full_table
        if starts := [p.start for p in family.values() if p.overlap and p.start]:
            self._compare(family, min(starts))

        def next_start() -> str | None:
            return with_overlap(read.newest, self.bookmark_overlap) if read.newest else None

        passed = Passed(family.values(), next_start)
        tell = names_left_out(self.name)

        def work() -> Iterator[Work]:
            for batch in self.everything((CURRENT,), self.expansion(), read.cursor, tag=self.name):
                items = self.items_of(batch, [*family, *full_table])
                if not items:
                    yield from self.marked(batch, full_table)
                read.meet(batch.newest)
                works = []
                passed.add(map(self.dated, items))
                for item in items:
                    read.meet(records.modified_at(item))
                    if due := [*self.lacking(family, item), *full_table]:
                        works.append((item, due))
                    elif tell and (reason := self.why_left_out(family, item)):
                        tell(self.identity(item), reason)
                for place, (item, due) in enumerate(works, start=1):
                    cursor = batch.cursor if place == len(works) else None
                    failures = self.failures_of(item, due)
                    yield ReadWork(item, due, cursor, failures=failures)
            yield from self._expecting(family, full_table)

        yield from self.write(work())
        read.finish()
        passed.note_walk()
        return resumed is None

    def _expecting(
        self, family: Family, full_table: Sequence[FullTableDetailStream]
    ) -> Iterator[Never]:
        """Have what is hidden on the way, when all changes have been listed."""
        if self.is_walked_early:
            self._hidden_ahead = self.reader.begin(
                lambda: self.look_ahead(
                    self.hidden_work(family, full_table, Hidden(self.hidden_now))
                )
            )
        yield from ()

    @override
    def write_hidden(
        self,
        family: Family,
        full_table: Sequence[FullTableDetailStream],
        hidden: Hidden,
    ) -> Iterator[Record]:
        if self._hidden_ahead is None:
            return super().write_hidden(family, full_table, hidden)
        return self.write_ahead(self._hidden_ahead)

    def changed_since(self, start: str, expand: tuple[str, ...]) -> Iterator[Batch]:
        """List what a search finds to have changed at or after a time, or not long before."""
        # Written in UTC, but read in the time zone of the user, which may be behind UTC.
        date = f"{datetime.fromisoformat(start) - FARTHEST_BEHIND:%Y-%m-%d %H:%M}"
        content_filter = ContentFilter.of(self.run)
        if content_filter.leaves_nothing:
            return
        cql = content_filter.narrowed(f'type={self.kind} and lastmodified >= "{date}"')
        if self._kept_out:
            # Each time, they would make the site fail for all that is listed with them.
            cql = f"{cql} and id not in ({','.join(self._kept_out)})"
        cql = f"{cql} order by lastmodified asc"
        expand = tuple(dict.fromkeys((*expand, *content_filter.expansion(self.kind))))
        params = {"cql": cql, "includeArchivedSpaces": "true"}
        limit = limit_for(expand, self.reader.page_size)
        query = Query(CONTENT_SEARCH, params, self.name, expand, limit)
        for batch in read_by_offset(self.reader, query):
            wanted = content_filter.filtered(batch.items, stream=self.name)
            yield replace(batch, items=[*wanted])


def _expansion_for(full_table: Iterable[FullTableDetailStream]) -> tuple[str, ...]:
    """Return what to have spelled out of items, so that they bring some details along."""
    names = (name for stream in full_table for name in EXPANSIONS[stream.section])
    return tuple(dict.fromkeys(names))


def _restricting(streams: Iterable[ConfluenceStream]) -> list[ConfluenceStream]:
    """Return those of some streams that are made of restrictions."""
    return [
        s for s in streams if isinstance(s, FullTableDetailStream) and s.section == RESTRICTIONS
    ]
