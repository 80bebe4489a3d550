"""What the lists of content over REST v2 have in common."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.change_walk import BODY, ChangeWalk
from tap_confluence.cloud.details import get_details
from tap_confluence.streams.changes import TRASHED, ChangeStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_confluence.client import ListRequest
    from tap_confluence.streams.changes import Changes
    from tap_confluence.streams.lists import Details


class ContentStream(ChangeStream):
    """A list that can be sorted by `modified-date`, and whose items have details.

    Attributes:
        statuses: The statuses that the list can be asked for; none if it cannot.
        has_body: Whether the list gives bodies.
        is_shared: Whether several streams are made of the same list.
    """

    statuses: ClassVar[tuple[str, ...]] = ()
    has_body: ClassVar[bool] = True
    is_shared: ClassVar[bool] = False

    _walk: ChangeWalk | None = None

    def lists(self, *statuses: str, bodies: bool = True) -> list[ListRequest]:
        """Return the first pages of the lists to read, of the given statuses."""
        params: dict[str, str | Sequence[str]] = {"status": statuses} if statuses else {}
        body_format = self.config["body_format"]
        if bodies and self.has_body and body_format != "none":
            params[BODY] = body_format
        return [self.reader.first_page(self.path, params, tag=self.name)]

    def belongs(self, item: dict[str, Any]) -> bool:  # noqa: ARG002
        """Tell whether an item of the list is one of this stream."""
        return True

    @override
    def changed_since(self, start: str | None, *, bookmarked: bool) -> Changes:
        self._walk = walk = ChangeWalk(
            self.reader,
            self._wanted_lists(bodies=True),
            self.moment,
            start=start,
            bookmarked=bookmarked,
            shared=self.is_shared,
        )
        return BelongingChanges(walk, self)

    @override
    def trashed(self, *, bodies: bool) -> Iterator[dict[str, Any]]:
        if TRASHED in self._wanted_statuses():
            for request in self.lists(TRASHED, bodies=bodies):
                yield from self.reader.items(request)

    def has_fewer_items_than(self, count: int) -> bool:
        """Tell whether the list is short, by counting no further than needed."""
        if self._walk is not None and self._walk.seen >= count:
            return False
        return sum(1 for _ in itertools.islice(self.all_items(), count)) < count

    def all_items(self) -> Iterator[dict[str, Any]]:
        """Read all items of the list, without their bodies."""
        for request in self._wanted_lists(bodies=False):
            yield from self.reader.items(request)

    @override
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        return get_details(self.reader.client, f"{self.path}/{item_id}", sections, tag=self.name)

    def _wanted_lists(self, *, bodies: bool) -> list[ListRequest]:
        wanted = self._wanted_statuses()
        # A list that is asked for no status at all gives those that it thinks fit.
        return self.lists(*wanted, bodies=bodies) if wanted or not self.statuses else []

    def _wanted_statuses(self) -> list[str]:
        return [status for status in self.statuses if status in self.config["content_statuses"]]


class BelongingChanges:
    """The changes of a list that belong to a stream."""

    def __init__(self, walk: ChangeWalk, stream: ContentStream) -> None:
        self._walk = walk
        self._stream = stream

    @property
    def everything(self) -> bool:
        """Whether no item was left out."""
        return self._walk.everything

    def ask_ahead(self) -> None:
        """Have the first request on the way."""
        self._walk.ask_ahead()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the items, oldest first."""
        return filter(self._stream.belongs, self._walk)
