"""Lists read incrementally: what changed since the bookmarks of a family of streams."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.errors import ConfluenceError
from tap_confluence.streams.digest import TrashDigest
from tap_confluence.streams.parents import FullTableDetailStream, ParentStream, Work
from tap_confluence.streams.progress import Passed, Progress

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.progress import Dated

    Family = Mapping[ConfluenceStream, Progress]
    """The streams that are written as far as something changed, and how far each has come."""


@dataclass(frozen=True)
class ChangeWork(Work):
    """An item to write in its place among the changes.

    Attributes:
        passed: The items since the one written before it, itself included: with it, all of them
            are written.
    """

    passed: Sequence[Dated] = ()


class IncrementalStream(ParentStream):
    """A list read from the oldest change on, for itself and for its children.

    Each stream of the family has its own bookmark and gets the items that changed since. Because
    items come oldest first, a bookmark moves with each item that is complete, and a run that is
    killed goes on where it was. Then comes what is hidden from the changes, and last the details
    that are a full table, if they have not come along with all the items.
    """

    primary_keys = ("id",)
    replication_key = "modifiedAt"

    _passed: Passed

    @abstractmethod
    def timestamp(self, item: dict[str, Any]) -> str | None:
        """Return when an item was last modified."""

    @abstractmethod
    def read_changes(
        self, family: Family, full_table: Sequence[FullTableDetailStream]
    ) -> Generator[Record, None, bool]:
        """Read what changed.

        Args:
            family: The streams to read for.
            full_table: Streams of details that may come along.

        Returns:
            Whether they came along, because all items were read anyway.
        """

    @property
    @abstractmethod
    def hidden_now(self) -> Mapping[str, str | None]:
        """What is in the trash or archived, which need not change a date.

        By its id; with its date or its status, whichever tells that it came there anew.
        """

    @abstractmethod
    def hidden_work(
        self,
        family: Family,
        full_table: Sequence[FullTableDetailStream],
        hidden: Mapping[str, str | None],
    ) -> Iterator[Work]:
        """Yield what is hidden and no earlier run has written.

        Args:
            family: The streams to read for.
            full_table: Streams of details that want all of it.
            hidden: What is hidden now.
        """

    @abstractmethod
    def read_full_table(self, full_table: Sequence[FullTableDetailStream]) -> Iterable[Record]:
        """Read details of all items that did not come along with these."""

    @property
    def listed_until(self) -> str | None:
        """The latest change that the lists have shown so far, wanted or not, if that is known.

        Once all changes are written, bookmarks move there: where a list of the whole site holds
        little that is wanted, or nothing, the next run need not go back to the last of that.
        """
        return None

    @property
    def full_table(self) -> list[FullTableDetailStream]:
        """The selected streams of details that are complete in every run."""
        return [stream for stream in self.family if isinstance(stream, FullTableDetailStream)]

    def progress(self) -> Family:
        """Return the other selected streams, and how far each of them has come."""
        full_table = self.full_table
        return {stream: Progress(stream) for stream in self.family if stream not in full_table}

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        full_table = self.full_table
        came_along = False
        if family := self.progress():
            came_along = yield from self.read_changes(family, full_table)
            hidden = self.hidden_now
            work = self.hidden_work(family, full_table if came_along else [], hidden)
            yield from self.write(work)
            note_hidden(family.values(), hidden)
        for stream in full_table:
            stream.has_come_along = came_along
        if full_table and not came_along:
            yield from self.read_full_table(full_table)

    def write_changes(
        self,
        items: Iterable[dict[str, Any]],
        family: Family,
        full_table: Sequence[FullTableDetailStream] = (),
        *,
        all_come_along: bool = False,
    ) -> Iterator[Record]:
        """Write changed items, oldest first, for those streams that lack them.

        Args:
            items: All that changed.
            family: The streams to write for.
            full_table: Streams of details that come along with each item that is asked for others.
            all_come_along: Whether they come along with every item.
        """
        self._passed = Passed(family.values())
        passed: list[Dated] = []

        def work() -> Iterator[Work]:
            for item in items:
                passed.append(self.dated(item))
                due = self.lacking(family, item)
                if all_come_along or any(map(self.section_of, due)):
                    due += full_table
                if due:
                    yield ChangeWork(item, due, passed=tuple(passed))
                    passed.clear()

        try:
            yield from self.write(work())
        except ConfluenceError:
            self._passed.note_place()
            raise
        for stream in family:
            stream.advance(self.listed_until)
        self._passed.add(passed)
        self._passed.note_walk()

    @override
    def written(self, work: Work) -> None:
        if isinstance(work, ChangeWork):
            for stream in work.streams:
                stream.advance(self.timestamp(work.item))
            self._passed.add(work.passed)
            if self.run.state_is_due:
                self._passed.note_place()
        super().written(work)

    def dated(self, item: dict[str, Any]) -> Dated:
        """Return an item by its id and the time of its last change."""
        return self.identity(item), self.timestamp(item)

    def concerns(self, stream: ConfluenceStream, item: dict[str, Any]) -> bool:  # noqa: ARG002
        """Tell whether a stream of the family is made of such an item."""
        return True

    def lacking(self, family: Family, item: dict[str, Any]) -> list[ConfluenceStream]:
        """Return the streams that have yet to write an item as it is now."""
        item_id, timestamp = self.dated(item)
        return [
            stream
            for stream, progress in family.items()
            if self.concerns(stream, item) and progress.lacks(item_id, timestamp)
        ]

    def lacking_hidden(
        self, family: Family, hidden: Mapping[str, str | None]
    ) -> dict[str, list[ConfluenceStream]]:
        """Return the streams that have yet to write what is hidden, by its id."""
        digest = digest_of(hidden)
        lacking: dict[str, list[ConfluenceStream]] = {item_id: [] for item_id in hidden}
        for stream, progress in family.items():
            # To come into the trash changes the item, but not its details.
            lacks = progress.lacks_trashed if stream is self else progress.lacks_details_of_trashed
            for item_id, mark in hidden.items():
                if lacks(item_id, mark, digest):
                    lacking[item_id].append(stream)
        return lacking


def digest_of(hidden: Mapping[str, str | None]) -> TrashDigest:
    """Return the digest of what is archived or in the trash."""
    digest = TrashDigest()
    for item_id, mark in hidden.items():
        digest.add(item_id, mark)
    return digest


def note_hidden(family: Iterable[Progress], hidden: Mapping[str, str | None]) -> None:
    """Keep what is archived or in the trash, all of which has been written."""
    digest = digest_of(hidden)
    for progress in family:
        if progress.is_kept:
            progress.note_trash(digest)
