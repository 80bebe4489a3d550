"""What the lists of content over REST v2 have in common."""

from __future__ import annotations

import itertools
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.api.details import BODY_SECTION, get_details
from tap_confluence.cloud.api.incremental_list import BODY, PAGES_AHEAD, IncrementalList
from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.errors import RefusedError
from tap_confluence.settings import READABLE, RENDERED
from tap_confluence.streams.incremental import TRASHED, IncrementalStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from singer_sdk.helpers.types import Record

    from tap_confluence.http import ListRequest
    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.incremental import Changes
    from tap_confluence.streams.parents import Details, FullTableDetailStream


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

    @override
    def changed_since(self, start: str | None, *, bookmarked: bool, overlap: int) -> Changes:
        self._walk = IncrementalList(
            self.reader,
            self._wanted_lists(tag=self.name, bodies=True, to_the_end=not bookmarked),
            self.timestamp,
            lambda items: self.wanted(filter(self.belongs, map(self._listed, items))),
            start=start,
            bookmarked=bookmarked,
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

    @override
    def expect_trash(self) -> None:
        for request in self.lists_of_trash():
            self.reader.ask_ahead(request, further=PAGES_AHEAD)

    @override
    def trashed(self) -> Iterator[dict[str, Any]]:
        for request in self.lists_of_trash():
            yield from self.wanted(self.reader.items(request))

    @override
    def from_trash(self, item_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        return self.trashed()

    def lists_of_trash(self) -> list[ListRequest]:
        """Return the first pages of the lists of what is in the trash, without bodies."""
        if TRASHED not in self._wanted_statuses():
            return []
        return self.lists(TRASHED, tag=self.name, bodies=False)

    def has_fewer_items_than(self, count: int, *, tag: str) -> bool:
        """Tell whether the list is short, by counting no further than needed.

        Args:
            count: How many items are enough.
            tag: Under which name the requests are counted.
        """
        if self._walk is not None and self._walk.seen >= count:
            return False
        return sum(1 for _ in itertools.islice(self.all_items(tag=tag), count)) < count

    def all_items(self, *, tag: str) -> Iterator[dict[str, Any]]:
        """Read all wanted items of the list, without their bodies.

        Args:
            tag: Under which name the requests are counted: of the stream that needs the items.
        """
        for request in self._wanted_lists(tag=tag, bodies=False):
            yield from self.wanted(self.reader.items(request))

    def wanted(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the rows that the filters leave, and report those that cannot be judged."""
        return self.content_filter.filtered(rows, self.owner_key, on_refused=self._note_unjudged)

    def _note_unjudged(self, item_id: str, error: RefusedError) -> None:
        if item_id not in self._unjudged:
            self._unjudged.add(item_id)
            self.note_skipped(item_id, error)

    @override
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        return get_details(
            self.reader.client,
            f"{self.path}/{item_id}",
            sections,
            tag=self.name,
            body_format=self.config["body_format"],
        )

    def _wanted_lists(
        self, *, tag: str, bodies: bool, to_the_end: bool = True
    ) -> list[ListRequest]:
        wanted = self._wanted_statuses()
        if self.statuses and not wanted:
            # A list that is asked for no status at all gives those that it thinks fit.
            return []
        return self.lists(*wanted, tag=tag, bodies=bodies, to_the_end=to_the_end)

    def _wanted_statuses(self) -> list[str]:
        return [status for status in self.statuses if status in self.config["content_statuses"]]


def read_by_item(stream: FullTableDetailStream, parent: ContentStream) -> Iterator[Record]:
    """Read one section of the details of all items, with a request an item."""

    def call(item: dict[str, Any]) -> Callable[[], Details]:
        path = f"{parent.path}/{item['id']}"
        client, sections = parent.reader.client, [stream.section]
        return partial(get_details, client, path, sections, tag=stream.name)

    for item, details in stream.each(parent.all_items(tag=stream.name), call):
        found = details[stream.section]
        if isinstance(found, RefusedError):
            stream.skip(str(item["id"]), found)
            continue
        for row in found:
            yield {parent.owner_key: item["id"], **row}
