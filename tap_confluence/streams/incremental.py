"""Lists read incrementally: what changed since the bookmarks of a family of streams."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.errors import ConfluenceError
from tap_confluence.filters.left_out import before_start, names_left_out
from tap_confluence.streams.parents import FullTableDetailStream, Work
from tap_confluence.streams.progress import Passed, Progress
from tap_confluence.streams.reconciliation import (
    ReconciledStream,
    begin_reconciliation,
    reconciled,
)
from tap_confluence.streams.retries import RetryingStream
from tap_confluence.streams.state.digest import TrashDigest

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


@dataclass(frozen=True)
class Hidden:
    """What is archived or in the trash.

    Attributes:
        marks: Its date or its status, whichever tells that it came there anew, by its id.
    """

    marks: Mapping[str, str | None]

    @cached_property
    def digest(self) -> TrashDigest:
        """The digest of all of it."""
        digest = TrashDigest()
        for item_id, mark in self.marks.items():
            digest.add(item_id, mark)
        return digest


class IncrementalStream(ReconciledStream, RetryingStream):
    """A list read from the oldest change on, for itself and for its children.

    Each stream of the family has its own bookmark and gets the items that changed since. Because
    items come oldest first, a bookmark moves with each item that is complete, and a run that is
    killed goes on where it was. Then comes what is hidden from the changes, what the site failed
    for in earlier runs, and the details that are a full table, if they have not come along with
    all the items. Last, streams are read whole for which something has happened that has no date:
    that moves no bookmark, so that a run killed there has read all changes.
    """

    primary_keys = ("id",)
    replication_key = "modifiedAt"

    _passed: Passed

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
        hidden: Hidden,
    ) -> Iterator[Work]:
        """Yield what is hidden and no earlier run has written.

        Args:
            family: The streams to read for.
            full_table: Streams of details that want all of it.
            hidden: What is hidden now.
        """

    @abstractmethod
    def all_work(self, streams: Sequence[ReconciledStream]) -> Iterator[Work]:
        """Yield everything that the tables of some streams of the family are to have."""

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

    @property
    def is_walked_early(self) -> bool:
        """Whether the details of the changes may be asked for before the turn of the stream."""
        has_details = any(map(self.section_of, self.family))
        # Pages that bodies include are looked up for one list after the other.
        includes = self.config["resolve_includes"] and any(s.has_readable_body for s in self.family)
        return has_details and not includes and len(self.full_table) < len(self.family)

    def progress(self) -> Family:
        """Return the other selected streams, and how far each of them has come."""
        full_table = self.full_table
        return {stream: Progress(stream) for stream in self.family if stream not in full_table}

    @override
    def take_turn(self) -> Iterable[Record] | None:
        begin_reconciliation(reconciled(self.family))
        return super().take_turn()

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        full_table = self.full_table
        came_along = False
        if family := self.progress():
            self.begin_retries(family)
            came_along = yield from self.read_changes(family, full_table)
            hidden = Hidden(self.hidden_now)
            self.take_in_hidden(family, hidden)
            yield from self.write_hidden(family, full_table if came_along else [], hidden)
            note_hidden(family.values(), hidden)
            yield from self.write(self.retries())
        for stream in full_table:
            stream.has_come_along = came_along
        if full_table and not came_along:
            yield from self.read_full_table(full_table)
        if whole := self.begin_whole_reads():
            yield from self.write(self.all_work(whole))

    def take_in_hidden(self, family: Family, hidden: Hidden) -> None:
        """Have the state tell of what is hidden and about to be written, however old it is."""
        progress = family.get(self)
        # A first run brings nothing that is older than its anchor.
        if progress is None or not self.reconciliation.table_start or "trash" not in self.entry:
            return
        lacking = (
            item_id
            for item_id, mark in hidden.marks.items()
            if progress.lacks_trashed(item_id, mark, hidden.digest)
        )
        if self.reconciliation.take_in(lacking):
            self.reader.wait_for_turn()
            self.run.write_state()

    def begin_whole_reads(self) -> Sequence[ReconciledStream]:
        """Return the streams of the family that are to be written whole from here on."""
        whole = [stream for stream in reconciled(self.family) if stream.reconciliation.is_due]
        for stream in whole:
            stream.reconciliation.begin_whole_read()
        return whole

    def write_hidden(
        self,
        family: Family,
        full_table: Sequence[FullTableDetailStream],
        hidden: Hidden,
    ) -> Iterator[Record]:
        """Write what is hidden and no earlier run has written. Takes what `hidden_work` takes."""
        return self.write(self.hidden_work(family, full_table, hidden))

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
        tell = names_left_out(self.name)

        def work() -> Iterator[Work]:
            for item in items:
                passed.append(self.dated(item))
                due = self.lacking(family, item)
                if all_come_along or any(map(self.section_of, due)):
                    due += full_table
                if due:
                    failures = self.failures_of(item, due)
                    yield ChangeWork(item, due, tuple(passed), failures=failures)
                    passed.clear()
                elif tell and (reason := self.why_left_out(family, item)):
                    tell(self.identity(item), reason)

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
    def takes(self, stream: ConfluenceStream, item: dict[str, Any]) -> bool:
        if not self.concerns(stream, item):
            return False
        if not isinstance(stream, ReconciledStream):
            return True
        return stream.reconciliation.has(*self.dated(item))

    @override
    def judge(self, work: Work) -> None:
        super().judge(work)
        lacking = reconciled(s for s in self._lacking if self.has_row(s) and not work.is_retried)
        for stream in lacking:
            stream.reconciliation.note_row(self.identity(work.item))

    @override
    def written(self, work: Work) -> None:
        if isinstance(work, ChangeWork):
            for stream in work.streams:
                stream.advance(self.timestamp(work.item))
            self._passed.add(work.passed)
            if self.run.state_is_due:
                self._passed.note_place()
        super().written(work)

    def lacking(self, family: Family, item: dict[str, Any]) -> list[ConfluenceStream]:
        """Return the streams that have yet to write an item as it is now."""
        item_id, timestamp = self.dated(item)
        return [
            stream
            for stream, progress in family.items()
            if self.concerns(stream, item)
            and progress.lacks(item_id, timestamp)
            and not self.is_listed(stream, item_id, timestamp)
        ]

    def why_left_out(self, family: Family, item: dict[str, Any]) -> str | None:
        """Say why no stream of the family has an item; None where some earlier run wrote it."""
        concerned = {s: p for s, p in family.items() if self.concerns(s, item)}
        if not concerned:
            return "no stream that is read is made of it"
        timestamp = self.timestamp(item)
        if any(s.bookmark or p.reaches_back_to(timestamp) for s, p in concerned.items()):
            return None
        return before_start(timestamp, min(filter(None, (p.start for p in concerned.values()))))

    def lacking_hidden(self, family: Family, hidden: Hidden) -> dict[str, list[ConfluenceStream]]:
        """Return the streams that have yet to write what is hidden, by its id."""
        lacking: dict[str, list[ConfluenceStream]] = {item_id: [] for item_id in hidden.marks}
        for stream, progress in family.items():
            # To come into the trash changes the item, but not its details.
            lacks = progress.lacks_trashed if stream is self else progress.lacks_details_of_trashed
            for item_id, mark in hidden.marks.items():
                if lacks(item_id, mark, hidden.digest):
                    lacking[item_id].append(stream)
        return lacking


def note_hidden(family: Iterable[Progress], hidden: Hidden) -> None:
    """Keep what is archived or in the trash, all of which has been written."""
    for progress in family:
        if progress.is_kept:
            progress.note_trash(hidden.digest)
