"""What the lists of content over REST v2 have in common."""

from __future__ import annotations

import itertools
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.api.details import BODY_SECTION, get_details, get_with_details
from tap_confluence.cloud.api.incremental_list import (
    PAGES_AHEAD,
    IncrementalList,
    in_stable_order,
)
from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.cloud.streams.expanded_search import ExpandedSearch, SearchedStream
from tap_confluence.errors import RefusedError, ScopeError
from tap_confluence.filters.left_out import names_left_out
from tap_confluence.http import BODY
from tap_confluence.settings import READABLE, RENDERED, STORAGE
from tap_confluence.statuses import TRASHED
from tap_confluence.streams.cost import Requests
from tap_confluence.streams.incremental import ChangeWork, IncrementalStream
from tap_confluence.streams.parents import FullTableDetailStream, PartOfSection, Work
from tap_confluence.streams.progress import recognised
from tap_confluence.timestamps import modified_at

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import ListRequest
    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.cost import Amount, Size
    from tap_confluence.streams.incremental import Family, Hidden
    from tap_confluence.streams.parents import Details
    from tap_confluence.streams.reconciliation import ReconciledStream


class ContentStream(IncrementalStream):
    """A list that can be sorted by `modified-date`, and whose items have details.

    Attributes:
        statuses: The statuses that the list can be asked for; none if it cannot.
        has_body: Whether the list gives bodies.
        takes_spaces: Whether the list can be restricted to some spaces.
    """

    statuses: ClassVar[tuple[str, ...]] = ()
    has_body: ClassVar[bool] = True
    takes_spaces: ClassVar[bool] = True

    _walk: IncrementalList | None = None
    _listed_until: str | None = None

    _written_from_trash: dict[str, Sequence[ConfluenceStream]]
    """What this run wrote in its place among the changes, though it is in the trash."""

    @cached_property
    def _unjudged(self) -> set[str]:
        """The pages and blog posts whose labels cannot be read, so that this is left out."""
        return set()

    def lists(
        self, *statuses: str, tag: str, bodies: bool = True, to_the_end: bool = True
    ) -> list[ListRequest]:
        """Return the first pages of the lists to read, of the given statuses.

        Args:
            statuses: The statuses.
            tag: Under which name the requests are counted: of the stream that needs them.
            bodies: Whether to have bodies, if there are any.
            to_the_end: Whether they will be read to their ends.
        """
        params: dict[str, str | Sequence[str]] = {"status": statuses} if statuses else {}
        if bodies and self.listed_format:
            params[BODY] = self.listed_format
        request = self.reader.first_page(self.path, params, tag=tag)
        if not self.takes_spaces:
            return [] if self.content_filter.leaves_nothing else [request]
        return self.content_filter.space_lists(request, to_the_end=to_the_end)

    @property
    def listed_format(self) -> str | None:
        """The format of the bodies that lists give, if they are to give any."""
        if not self.has_body:
            return None
        body_format: str = self.config["body_format"]
        if body_format in READABLE:
            return body_format
        return STORAGE if self.gives_bodies_to_children else None

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        if not self.read_for_changes:
            return
        amount = size[self.name]
        yield Requests(self.requests_for_list(size) if size.is_first else self.least_requests(size))
        if TRASHED in self.wanted_statuses:
            yield Requests(size.pages(amount.trashed))
        if size.is_first and any(map(self.section_of, self.read_for_changes)):
            yield Requests(amount.changed)

    def requests_for_list(self, size: Size) -> int:
        """Return how many requests it takes to walk the whole list."""
        return size.pages(size[self.name].listed)

    def least_requests(self, size: Size) -> int:  # noqa: ARG002
        """Return how many requests it takes to see that nothing has changed."""
        return 1

    def whole_list(self, size: Size) -> Requests:
        """Return the requests for all items, which streams without a bookmark share."""
        return Requests(self.requests_for_list(size), f"list of {self.path}")

    @override
    def section_of(self, stream: ConfluenceStream) -> str | None:
        if stream is self:
            # Lists give no body that has to be rendered: it comes with the item itself.
            is_rendered = self.has_body and self.config["body_format"] in RENDERED
            return BODY_SECTION if is_rendered else None
        return super().section_of(stream)

    @override
    def shape(self, item: dict[str, Any]) -> Record:
        self.timestamp(item)
        # The list keeps its items until it has a page read; what is made of each is to go before.
        record = {**item}
        if self.has_body and self.config["body_format"] not in READABLE and "body" in item:
            # It was asked for to make rows of it.
            record["body"] = {}
        for body in (self._details or {}).get(BODY_SECTION, ()):
            record["body"] = body
        return record

    @override
    def timestamp(self, item: dict[str, Any]) -> str | None:
        """Return when an item was last modified, and keep it with the item."""
        if self.replication_key not in item:
            item[self.replication_key] = modified_at(item)
        return item[self.replication_key]  # type: ignore[no-any-return]

    @property
    def content_filter(self) -> ContentFilter:
        """What the filters leave of the site."""
        return ContentFilter.of(self.run)

    def belongs(self, item: dict[str, Any]) -> bool:
        """Tell whether an item of the list is one of this stream, and note what is of none."""
        return self.holds(item)

    def holds(self, item: dict[str, Any]) -> bool:  # noqa: ARG002
        """Tell whether an item of the list is one of this stream."""
        return True

    @override
    def read_changes(
        self, family: Family, full_table: Sequence[FullTableDetailStream]
    ) -> Generator[Record, None, bool]:
        self._written_from_trash = {}
        changes = self._changes_of(family)
        items: Iterator[dict[str, Any]] = iter(changes)
        first = list(itertools.islice(items, 1))
        items = itertools.chain(first, items)
        if changes.overview is None:
            items = recognised(items, family.values(), self.dated)
        else:
            for progress in family.values():
                progress.compare(changes.overview)
            lacking = (any(p.lacks(*i) for p in family.values()) for i in changes.overview)
            self.turn.of = sum(lacking)
        oldest = self.timestamp(first[0]) if first else None
        # Then every item is asked for its details anyway.
        come_along = changes.everything and any(
            stream is not self and progress.reaches_back_to(oldest) and not progress.recognises
            for stream, progress in family.items()
        )
        items = itertools.chain(items, self._expecting_trash())
        yield from self.write_changes(items, family, full_table, all_come_along=come_along)
        return come_along

    def _changes_of(self, family: Family) -> IncrementalList:
        """Return the items that changed, oldest first."""
        starts = {progress.start for progress in family.values()}
        start = None if None in starts else min(filter(None, starts))
        # An earlier run came as far as that, so that little is new.
        is_bookmarked = start is not None and all(s.bookmark for s in family if s.is_incremental)
        overlap = max(progress.overlap for progress in family.values())
        self._walk = IncrementalList(
            self.reader,
            self._wanted_lists(tag=self.name, bodies=True, to_the_end=not is_bookmarked),
            self.timestamp,
            lambda items: self.wanted(self._own(map(self._listed, items))),
            start=start,
            bookmarked=is_bookmarked,
            bookmark=min((s.bookmark for s in family if s.bookmark), default=None),
            overlap_pages=overlap // self.reader.page_size,
        )
        return self._walk

    @property
    @override
    def listed_until(self) -> str | None:
        return self._listed_until

    def _listed(self, item: dict[str, Any]) -> dict[str, Any]:
        self._listed_until = self.latest(self._listed_until, self.timestamp(item))
        return item

    def _expecting_trash(self) -> Iterator[dict[str, Any]]:
        """Have the trash on the way, when all changes have been listed."""
        for request in self.lists_of_trash():
            self.reader.ask_ahead(request, further=PAGES_AHEAD)
        yield from ()

    @override
    def written(self, work: Work) -> None:
        if isinstance(work, ChangeWork) and work.item.get("status") == TRASHED:
            self._written_from_trash[self.identity(work.item)] = work.streams
        super().written(work)

    @override
    def prepare(self) -> None:
        self.ask_changes_ahead()
        if self.is_walked_early:
            self.begin()

    def ask_changes_ahead(self) -> None:
        """Have the first pages of the lists of changes on the way."""
        if family := self.progress():
            self._changes_of(family).ask_ahead()

    @property
    @override
    def is_walked_early(self) -> bool:
        return super().is_walked_early and self.is_judged_at_sight

    @property
    def is_judged_at_sight(self) -> bool:
        """Whether nothing is asked for to tell which items are wanted.

        The filters ask for what they need once a run, and not from several readings at a time.
        """
        return not self.run.filters.by_anything

    @property
    @override
    def hidden_now(self) -> Mapping[str, str | None]:
        return dict(map(self.dated, self.trashed()))

    @override
    def hidden_work(
        self,
        family: Family,
        full_table: Sequence[FullTableDetailStream],
        hidden: Hidden,
    ) -> Iterator[Work]:
        due: dict[str, list[ConfluenceStream]] = {}
        for item_id, lacking in self.lacking_hidden(family, hidden).items():
            written = self._written_from_trash.get(item_id, ())
            if streams := [s for s in (*lacking, *full_table) if s not in written]:
                due[item_id] = streams
        for item in self.from_trash(list(due)) if due else ():
            if (item_id := self.identity(item)) in due:
                streams = due[item_id]
                yield Work(item, streams, failures=self.failures_of(item, streams))

    @override
    def all_work(self, streams: Sequence[ReconciledStream]) -> Iterator[Work]:
        table = self.reconciliation
        everything = IncrementalList(
            self.reader,
            self._wanted_lists(tag=self.name, bodies=True),
            self.timestamp,
            lambda items: self.wanted(self._own(items)),
            start=None if table.has_older else table.table_start,
            bookmarked=False,
        )
        for item in everything:
            if due := [stream for stream in streams if self.takes(stream, item)]:
                yield Work(item, due, failures=self.failures_of(item, due))

    @override
    def read_full_table(self, full_table: Sequence[FullTableDetailStream]) -> Iterable[Record]:
        for stream in full_table:
            stream.sync(None)
        return ()

    def from_trash(self, item_ids: Sequence[str]) -> Iterable[dict[str, Any]]:  # noqa: ARG002
        """Read some items that are in the trash, as they are written; in any order."""
        return self.trashed()

    def trashed(self) -> Iterator[dict[str, Any]]:
        """Read all items that are in the trash, without their bodies."""
        for request in self.lists_of_trash():
            yield from self.wanted(self.reader.items(request))

    def lists_of_trash(self) -> list[ListRequest]:
        """Return the first pages of the lists of what is in the trash, without bodies."""
        if TRASHED not in self.wanted_statuses:
            return []
        return self.lists(TRASHED, tag=self.name, bodies=False)

    def all_items(self, *, tag: str) -> Iterator[dict[str, Any]]:
        """Read all wanted items of the list, without their bodies, and report what is not judged.

        Args:
            tag: Under which name the requests are counted: of the stream that needs the items.
        """
        return self.wanted(self.all_rows(tag=tag), stream=tag)

    def all_rows(self, *, tag: str) -> Iterator[dict[str, Any]]:
        """Read the list of all items for one stream after the other: it is asked for once a run.

        Args:
            tag: Under which name the requests are counted.
        """
        self.ask_all_rows_ahead(tag=tag)
        for request in self._wanted_lists(tag=tag, bodies=False):
            yield from self.reader.items_once(in_stable_order(request))

    def ask_all_rows_ahead(self, *, tag: str) -> None:
        """Have the first pages of these lists on the way."""
        for request in self._wanted_lists(tag=tag, bodies=False):
            self.reader.ask_ahead_once(in_stable_order(request), further=PAGES_AHEAD)

    @cached_property
    def search(self) -> ExpandedSearch:
        """What a search tells of all items that are not in the trash."""

        def items(tag: str) -> Iterator[dict[str, Any]]:
            return (i for i in self.all_items(tag=tag) if i.get("status") != TRASHED)

        def streams() -> Iterator[SearchedStream]:
            searched = (s for s in self.run.streams.values() if isinstance(s, SearchedStream))
            return (stream for stream in searched if stream.searched is self)

        return ExpandedSearch(self.run, self.name, items, streams)

    def wanted(
        self, rows: Iterable[dict[str, Any]], *, stream: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows that the filters leave, and report those that cannot be judged.

        Args:
            rows: The rows.
            stream: The name of the stream they are for, if it is another one.
        """
        name = stream or self.name
        return self.content_filter.filtered(
            rows, self.owner_key, stream=name, on_refused=self._note_unjudged
        )

    def _own(self, items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield those items of the list that are of this stream."""
        tell = names_left_out(self.name)
        for item in items:
            if self.belongs(item):
                yield item
            elif tell:
                tell(item["id"], "it is on something else, of which another stream may tell")

    def _note_unjudged(self, item_id: str, error: RefusedError) -> None:
        if item_id not in self._unjudged:
            self._unjudged.add(item_id)
            self.note_skipped(item_id, error)

    @override
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        is_rendered = BODY_SECTION in sections
        return self._get(item_id, sections, self.config["body_format"] if is_rendered else "")[1]

    @override
    def get_again(
        self, item_id: str, streams: Sequence[ConfluenceStream]
    ) -> tuple[dict[str, Any], Details]:
        sections = sorted({section for s in streams if (section := self.section_of(s))})
        has_body = BODY_SECTION in sections or (self in streams and self.listed_format)
        return self._get(item_id, sections, self.config["body_format"] if has_body else "")

    def _get(
        self, item_id: str, sections: Sequence[str], body_format: str
    ) -> tuple[dict[str, Any], Details]:
        """Get an item with its details; without its body if there is no format for that."""
        return get_with_details(
            self.reader,
            f"{self.path}/{item_id}",
            sections,
            tag=self.name,
            body_format=body_format,
        )

    @override
    def is_wanted(self, item: dict[str, Any]) -> bool:
        has_status = not self.statuses or item.get("status") in self.wanted_statuses
        return has_status and any(self.wanted(filter(self.belongs, [item])))

    def _wanted_lists(
        self, *, tag: str, bodies: bool, to_the_end: bool = True
    ) -> list[ListRequest]:
        wanted = self.wanted_statuses
        if self.statuses and not wanted:
            # A list that is asked for no status at all gives those that it thinks fit.
            return []
        return self.lists(*wanted, tag=tag, bodies=bodies, to_the_end=to_the_end)

    @property
    def wanted_statuses(self) -> list[str]:
        """The statuses to read."""
        return [status for status in self.statuses if status in self.config["content_statuses"]]


class SeparatelyReadStream(FullTableDetailStream):
    """Full-table details that have requests of their own, for when the items do not bring them."""

    parent_stream_type: type[ContentStream]
    parent: ContentStream

    def unbrought(self, size: Size) -> Amount:
        """Return the items of the parent that will not bring their details along with others."""
        amount = size[self.parent.name]
        if not size.is_first or self.parent.read_for_changes in ([], [self.parent]):
            return amount
        # What has come along may be in the trash as well as anywhere else.
        return amount.part(amount.wanted - amount.changed)

    @cached_property
    def brought(self) -> set[str]:
        """The ids of the items that have brought their details in this run."""
        return set()

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if context is None:
            yield from self.read_all()
            return
        if self.parent.brings(self):
            self.brought.add(str(context[self.parent.owner_key]))
        yield from super().read(context)

    def read_all(self) -> Iterator[Record]:
        """Read the details of all items that have not brought them."""
        items = self.parent.all_items(tag=self.name)
        return self.read_singly(item for item in items if str(item["id"]) not in self.brought)

    def read_singly(self, items: Iterable[dict[str, Any]]) -> Iterator[Record]:
        """Read the details of some items, with a request an item."""
        parent = self.parent

        def call(item: dict[str, Any]) -> Callable[[], Details]:
            path = f"{parent.path}/{item['id']}"
            return partial(get_details, self.reader, path, [self.section], tag=self.name)

        for item, details in self.each(items, call):
            found = details[self.section]
            if isinstance(found, ScopeError):
                raise found
            if isinstance(found, PartOfSection):
                self.skip(str(item["id"]), found.error)
                found = found.rows
            if isinstance(found, RefusedError):
                self.skip(str(item["id"]), found)
                continue
            for row in found:
                yield {parent.owner_key: item["id"], **row}
