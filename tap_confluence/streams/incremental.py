"""Lists read incrementally: what changed since the bookmarks of a family of streams."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.errors import ConfluenceError
from tap_confluence.streams.digest import TrashDigest
from tap_confluence.streams.parents import FullTableDetailStream, ParentStream, Work
from tap_confluence.streams.progress import Passed, Progress, recognised
from tap_confluence.timestamps import modified_at

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from typing import Protocol

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.progress import Dated

    class Changes(Protocol):
        """The changed items, oldest first."""

        @property
        def everything(self) -> bool:
            """Whether no item was left out; known once the first one has been read."""

        @property
        def overview(self) -> Sequence[Dated] | None:
            """All of the items, if they are known once the first one has been read."""

        def ask_ahead(self) -> None:
            """Have the first request on the way."""

        def __iter__(self) -> Iterator[dict[str, Any]]: ...


TRASHED = "trashed"


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
    killed goes on where it was.
    """

    primary_keys = ("id",)
    replication_key = "modifiedAt"

    _written_from_trash: dict[str, list[ConfluenceStream]]
    """What this run wrote in its place among the changes, though it is in the trash."""

    _passed: Passed

    @abstractmethod
    def changed_since(self, start: str | None, *, bookmarked: bool, overlap: int) -> Changes:
        """Read the items that changed at or after a moment, oldest first.

        Args:
            start: The moment, or None for all items.
            bookmarked: Whether an earlier run came as far as `start`, so that little is new.
            overlap: How many items at the start an earlier run has written.
        """

    @abstractmethod
    def trashed(self) -> Iterable[dict[str, Any]]:
        """Read all items that are in the trash, without their bodies."""

    @abstractmethod
    def from_trash(self, item_ids: Sequence[str]) -> Iterable[dict[str, Any]]:
        """Read some items that are in the trash, as they are written; in any order."""

    def expect_trash(self) -> None:
        """Have the trash on the way. Called when all changes have been listed, and not before."""

    @override
    def shape(self, item: dict[str, Any]) -> Record:
        self.timestamp(item)
        return item

    def timestamp(self, item: dict[str, Any]) -> str | None:
        """Return when an item was last modified, and keep it with the item."""
        if self.replication_key not in item:
            item[self.replication_key] = modified_at(item)
        return item[self.replication_key]  # type: ignore[no-any-return]

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        full_table = [s for s in self.family if isinstance(s, FullTableDetailStream)]
        family = self._progress()
        if family:
            self._written_from_trash = {}
            came_along = yield from self._read_changes(family, full_table)
            yield from self._read_trash(family, full_table if came_along else [])
            full_table = [] if came_along else full_table
        for stream in full_table:
            stream.sync(None)

    @override
    def written(self, work: Work) -> None:
        if isinstance(work, ChangeWork):
            for stream in work.streams:
                stream.advance(self.timestamp(work.item))
            self._passed.add(work.passed)
            if self.run.state_is_due:
                self._passed.note_place()
        super().written(work)

    def _dated(self, item: dict[str, Any]) -> Dated:
        return str(item["id"]), self.timestamp(item)

    @override
    def prepare(self) -> None:
        if family := self._progress():
            self._changes_of(family).ask_ahead()

    def _progress(self) -> dict[ConfluenceStream, Progress]:
        return {s: Progress(s) for s in self.family if not isinstance(s, FullTableDetailStream)}

    def _changes_of(self, family: Mapping[ConfluenceStream, Progress]) -> Changes:
        starts = {progress.start for progress in family.values()}
        start = None if None in starts else min(filter(None, starts))
        bookmarked = all(stream.bookmark for stream in family if stream.is_incremental)
        overlap = max(progress.overlap for progress in family.values())
        return self.changed_since(
            start, bookmarked=bookmarked and start is not None, overlap=overlap
        )

    def _read_changes(
        self,
        family: Mapping[ConfluenceStream, Progress],
        full_table: Sequence[FullTableDetailStream],
    ) -> Generator[Record, None, bool]:
        """Read what changed.

        Returns:
            Whether the full-table details came along, because every item was asked for its details
            anyway.
        """
        changes = self._changes_of(family)
        items = iter(changes)
        first = list(itertools.islice(items, 1))
        items = itertools.chain(first, items)
        if changes.overview is None:
            items = recognised(items, family.values(), self._dated)
        else:
            for progress in family.values():
                progress.compare(changes.overview)
        oldest = self.timestamp(first[0]) if first else None
        come_along = changes.everything and any(
            stream is not self and progress.reaches_back_to(oldest) and not progress.recognises
            for stream, progress in family.items()
        )
        full_table = full_table if come_along else ()
        self._passed = Passed(family.values())
        passed: list[Dated] = []

        def work() -> Iterator[Work]:
            for item in items:
                item_id, timestamp = dated = self._dated(item)
                passed.append(dated)
                changed = [s for s, p in family.items() if p.lacks(item_id, timestamp)]
                if changed or full_table:
                    due = [*changed, *full_table]
                    if item.get("status") == TRASHED:
                        self._written_from_trash[item_id] = due
                    yield ChangeWork(item, due, passed=tuple(passed))
                    passed.clear()
            self.expect_trash()

        try:
            yield from self.write(work())
        except ConfluenceError:
            self._passed.note_place()
            raise
        self._passed.add(passed)
        self._passed.note_walk()
        return come_along

    def _read_trash(
        self,
        family: Mapping[ConfluenceStream, Progress],
        full_table: Sequence[FullTableDetailStream],
    ) -> Iterator[Record]:
        """Read what came into the trash without a change of its date."""
        trash = TrashDigest()
        timestamps: dict[str, str | None] = {}
        for item in self.trashed():
            timestamps[str(item["id"])] = self.timestamp(item)
            trash.add(str(item["id"]), self.timestamp(item))
        due: dict[str, list[ConfluenceStream]] = {}
        for item_id, timestamp in timestamps.items():
            lacking: list[ConfluenceStream] = [*full_table]
            for stream, progress in family.items():
                # To come into the trash changes the item, but not its details.
                lacks = (
                    progress.lacks_trashed if stream is self else progress.lacks_details_of_trashed
                )
                if lacks(item_id, timestamp, trash):
                    lacking.append(stream)
            written = self._written_from_trash.get(item_id, ())
            if streams := [stream for stream in lacking if stream not in written]:
                due[item_id] = streams
        if due:
            yield from self.write(
                Work(item, due[str(item["id"])])
                for item in self.from_trash(list(due))
                if str(item["id"]) in due
            )
        for progress in family.values():
            if progress.is_kept:
                progress.note_trash(trash)
