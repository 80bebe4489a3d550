"""What the lists of content over REST v2 have in common."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.api.details import BODY_SECTION, get_details
from tap_confluence.cloud.api.incremental_list import BODY, PAGES_AHEAD, IncrementalList
from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.errors import RefusedError
from tap_confluence.settings import READABLE, RENDERED
from tap_confluence.streams.incremental import TRASHED, IncrementalStream
from tap_confluence.streams.parents import FullTableDetailStream
from tap_confluence.timestamps import is_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.cloud.api.search import Kind
    from tap_confluence.http import ListRequest
    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.incremental import Changes
    from tap_confluence.streams.parents import Details


class ContentStream(IncrementalStream):
    """A list that can be sorted by `modified-date`, and whose items have details.

    Attributes:
        statuses: The statuses that the list can be asked for; none if it cannot.
        has_body: Whether the list gives bodies.
        takes_spaces: Whether the list can be restricted to some spaces.
        searched_as: How to search for its items instead, where it cannot.
    """

    statuses: ClassVar[tuple[str, ...]] = ()
    has_body: ClassVar[bool] = True
    takes_spaces: ClassVar[bool] = True
    searched_as: ClassVar[Kind | None] = None

    _walk: IncrementalList | None = None
    _is_found = False

    @cached_property
    def _unjudged(self) -> set[str]:
        """The pages and blog posts whose labels cannot be read, so that this is left out."""
        return set()

    def lists(
        self, *statuses: str, bodies: bool = True, to_the_end: bool = True
    ) -> list[ListRequest]:
        """Return the first pages of the lists to read, of the given statuses.

        Args:
            statuses: The statuses.
            bodies: Whether to have bodies, if there are any.
            to_the_end: Whether they will be read to their ends.
        """
        params: dict[str, str | Sequence[str]] = {"status": statuses} if statuses else {}
        if bodies and self.listed_format:
            params[BODY] = self.listed_format
        request = self.reader.first_page(self.path, params, tag=self.name)
        if not self.takes_spaces:
            return [request]
        return self.content_filter.space_lists(request, to_the_end=to_the_end)

    @property
    def listed_format(self) -> str | None:
        """The format of the bodies that lists give, if they are to give any."""
        body_format: str = self.config["body_format"]
        return body_format if self.has_body and body_format in READABLE else None

    @override
    def section_of(self, stream: ConfluenceStream) -> str | None:
        if stream is self:
            # Lists give no body that has to be rendered: it comes with the item itself.
            is_rendered = self.has_body and self.config["body_format"] in RENDERED
            return BODY_SECTION if is_rendered else None
        return super().section_of(stream)

    @override
    def shape(self, item: dict[str, Any]) -> Record:
        record = super().shape(item)
        for body in (self._details or {}).get(BODY_SECTION, ()):
            record["body"] = body
        return record

    @property
    def content_filter(self) -> ContentFilter:
        """What the filters leave of the site."""
        return ContentFilter.of(self.run)

    def belongs(self, item: dict[str, Any]) -> bool:  # noqa: ARG002
        """Tell whether an item of the list is one of this stream."""
        return True

    def found(self, *, bodies: bool) -> list[dict[str, Any]] | None:
        """Return what a search finds of the wanted spaces, where that is cheaper than the list."""
        search = self.content_filter.search
        if search is None or self.searched_as is None:
            return None
        body_format = self.listed_format if bodies else None
        found = search.find(replace(self.searched_as, body_format=body_format))
        return None if found is None else found[self.path]

    @override
    def changed_since(self, start: str | None, *, bookmarked: bool, overlap: int) -> Changes:
        if not bookmarked and (found := self.found(bodies=True)) is not None:
            self._is_found = True
            return FoundChanges(found, start, self)
        self._walk = IncrementalList(
            self.reader,
            self._wanted_lists(bodies=True, to_the_end=not bookmarked),
            self.timestamp,
            lambda items: self.wanted(filter(self.belongs, items)),
            start=start,
            bookmarked=bookmarked,
            overlap_pages=overlap // self.reader.page_size,
        )
        return self._walk

    @override
    def prepare(self) -> None:
        if self.searched_as is None or self.content_filter.search is None:
            super().prepare()

    @override
    def expect_trash(self) -> None:
        for request in self.lists_of_trash():
            self.reader.ask_ahead(request, further=PAGES_AHEAD)

    @override
    def trashed(self) -> Iterable[dict[str, Any]]:
        has_few = self.content_filter.search is not None and not self.takes_spaces
        return self._few_trashed if has_few else self._trashed()

    @override
    def from_trash(self, item_ids: Sequence[str]) -> Iterable[dict[str, Any]]:
        return self.trashed()

    @cached_property
    def _few_trashed(self) -> Sequence[dict[str, Any]]:
        """What of a list of the whole site is in the trash and in few spaces: it is read once."""
        return list(self._trashed())

    def _trashed(self) -> Iterator[dict[str, Any]]:
        for request in self.lists_of_trash():
            yield from self.wanted(self.reader.items(request))

    def lists_of_trash(self) -> list[ListRequest]:
        """Return the first pages of the lists of what is in the trash, without bodies."""
        if TRASHED not in self._wanted_statuses() or self.content_filter.leaves_nothing:
            return []
        return self.lists(TRASHED, bodies=False)

    def has_fewer_items_than(self, count: int) -> bool:
        """Tell whether the list is short, by counting no further than needed."""
        if self._walk is not None and self._walk.seen >= count:
            return False
        return sum(1 for _ in itertools.islice(self.all_items(), count)) < count

    def all_items(self) -> Iterator[dict[str, Any]]:
        """Read all wanted items of the list, without their bodies."""
        if (found := self.found(bodies=False)) is not None:
            yield from self.wanted(found)
            yield from self.trashed()
            return
        for request in self._wanted_lists(bodies=False):
            yield from self.wanted(self.reader.items(request))

    def wanted(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the rows that the filters leave, and report those that cannot be judged."""
        return self.content_filter.filtered(rows, self.owner_key, on_refused=self._note_unjudged)

    def _note_unjudged(self, item_id: str, error: RefusedError) -> None:
        if item_id not in self._unjudged:
            self._unjudged.add(item_id)
            self.note_skipped(item_id, error)

    @property
    @override
    def complete_until(self) -> str:
        search = self.content_filter.search if self._is_found else None
        began = super().complete_until
        return began if search is None else min(search.began, began)

    @override
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        return get_details(
            self.reader.client,
            f"{self.path}/{item_id}",
            sections,
            tag=self.name,
            body_format=self.config["body_format"],
        )

    def _wanted_lists(self, *, bodies: bool, to_the_end: bool = True) -> list[ListRequest]:
        wanted = self._wanted_statuses()
        if self.statuses and not wanted:
            # A list that is asked for no status at all gives those that it thinks fit.
            return []
        return self.lists(*wanted, bodies=bodies, to_the_end=to_the_end)

    def _wanted_statuses(self) -> list[str]:
        return [status for status in self.statuses if status in self.config["content_statuses"]]


class SeparatelyReadStream(FullTableDetailStream):
    """Full-table details that have requests of their own, for when the items do not bring them."""

    parent_stream_type: type[ContentStream]
    parent: ContentStream

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if context is None:
            yield from self.read_all()
        else:
            yield from super().read(context)

    def read_all(self) -> Iterator[Record]:
        """Read the details of all items, with a request an item."""
        parent = self.parent

        def call(item: dict[str, Any]) -> Callable[[], Details]:
            return partial(parent.get_details, str(item["id"]), [self.section])

        for item, details in self.each(parent.all_items(), call):
            found = details[self.section]
            if isinstance(found, RefusedError):
                self.skip(str(item["id"]), found)
                continue
            for row in found:
                yield {parent.owner_key: item["id"], **row}


class FoundChanges:
    """The changes that a search has found, those of a stream."""

    def __init__(
        self, found: Iterable[dict[str, Any]], start: str | None, stream: ContentStream
    ) -> None:
        wanted = sorted(
            stream.wanted(filter(stream.belongs, found)),
            key=lambda item: stream.timestamp(item) or "",
        )
        self._due = [item for item in wanted if is_due(stream.timestamp(item), start)]
        self.everything = len(self._due) == len(wanted)
        self.overview = [(str(item["id"]), stream.timestamp(item)) for item in self._due]

    def ask_ahead(self) -> None:
        """Do nothing: everything is there."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the items, oldest first."""
        return iter(self._due)
