"""Lists read incrementally: what changed since the bookmarks of a family of streams."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.errors import (
    ConfluenceError,
    FailedItemError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    of_item,
)
from tap_confluence.streams.digest import TrashDigest
from tap_confluence.streams.failures import MOST_LISTED, ShareOfFailures, outage
from tap_confluence.streams.parents import FullTableDetailStream, ParentStream, Work
from tap_confluence.streams.progress import Passed, Progress
from tap_confluence.streams.state import CHILDREN, all_failed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.run import Run
    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.parents import Details
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


@dataclass(frozen=True)
class Failed:
    """An item that the site fails for.

    Attributes:
        stream: The stream that lacks something of it.
        item_id: Its id.
        timestamp: When it was last changed.
        error: How the site fails for it.
    """

    stream: ConfluenceStream
    item_id: str
    timestamp: str | None
    error: FailedItemError


class IncrementalStream(ParentStream):
    """A list read from the oldest change on, for itself and for its children.

    Each stream of the family has its own bookmark and gets the items that changed since. Because
    items come oldest first, a bookmark moves with each item that is complete, and a run that is
    killed goes on where it was. Then comes what is hidden from the changes, what the site failed
    for in earlier runs, and last the details that are a full table, if they have not come along
    with all the items.

    A bookmark moves over an item that the site fails for once the state lists it. It waits while
    so many have failed that it may be an outage.
    """

    primary_keys = ("id",)
    replication_key = "modifiedAt"

    _passed: Passed
    _share: ShareOfFailures
    _held: list[Work]
    """What has been written and bookmarks have yet to move over."""

    _failed: list[Failed]
    """What the site has failed for and the state has yet to list."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._failed_before: Mapping[ConfluenceStream, Mapping[str, str | None]] = {}

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
        hidden: Hidden,
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
            self._failed_before = {stream: stream.failed_items for stream in family}
            came_along = yield from self.read_changes(family, full_table)
            hidden = Hidden(self.hidden_now)
            work = self.hidden_work(family, full_table if came_along else [], hidden)
            yield from self.write(work)
            note_hidden(family.values(), hidden)
            yield from self.write(self.retries())
        if full_table and not came_along:
            yield from self.read_full_table(full_table)

    def write_changes(
        self,
        items: Iterable[dict[str, Any]],
        family: Family,
        full_table: Sequence[FullTableDetailStream] = (),
    ) -> Iterator[Record]:
        """Write changed items, oldest first, for those streams that lack them.

        Args:
            items: All that changed.
            family: The streams to write for.
            full_table: Streams of details that come along with each item.
        """
        self._passed = Passed(family.values())
        passed: list[Dated] = []

        def work() -> Iterator[Work]:
            for item in items:
                passed.append(self.dated(item))
                if due := [*self.lacking(family, item), *full_table]:
                    failures = self.failures_of(item, due)
                    yield ChangeWork(item, due, tuple(passed), failures=failures)
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

    @abstractmethod
    def get_again(
        self, item_id: str, streams: Sequence[ConfluenceStream]
    ) -> tuple[dict[str, Any], Details]:
        """Get an item by its id, as the list has it, with what streams take of its details.

        Runs in a worker thread.

        Raises:
            ConfluenceError: It is gone, or cannot be read.
        """

    @abstractmethod
    def is_wanted(self, item: dict[str, Any]) -> bool:
        """Tell whether the settings want an item that was asked for by its id."""

    def missed(self, item: dict[str, Any]) -> Sequence[ConfluenceStream]:  # noqa: ARG002
        """Return which other streams lack an item, as it does not come by itself."""
        return ()

    def retries(self) -> Iterator[Work]:
        """Ask once for each item that earlier runs have listed, unless it came by itself."""

        def call(item_id: str) -> Callable[[], tuple[dict[str, Any], Details]]:
            get = partial(self.get_again, item_id, listed[item_id])
            return partial(self.reader.client.once, get)

        listed = self._listed_still()
        for item_id, future in self.reader.look_ahead(listed, call):
            if future is None:
                continue
            try:
                item, details = self.reader.result(future)
            except (RefusedError, RetriesExhaustedError) as error:
                self._leave_listed(item_id, listed[item_id], of_item(error))
                continue
            streams = dict.fromkeys([*listed[item_id], *self.missed(item)])
            is_wanted = self.is_wanted(item)
            due = [s for s in streams if is_wanted and self.concerns(s, item)]
            for stream in listed[item_id]:
                if stream not in due:
                    stream.retry_no_more(item_id)
            if due:
                failures = self.failures_of(item, due)
                yield Work(item, due, details=details, failures=failures, is_retried=not failures)

    def _leave_listed(
        self, item_id: str, streams: Iterable[ConfluenceStream], error: RefusedError
    ) -> None:
        """Leave out an item that still cannot be read, and have it asked for again if it is there.

        Args:
            item_id: Its id.
            streams: Those that list it.
            error: Why it cannot be read.
        """
        for stream in streams:
            match error:
                case ScopeError():
                    stream.deny(error)
                case NotFoundError():
                    stream.note_skipped(item_id, error)
                    stream.retry_no_more(item_id)
                case _:
                    stream.skip(item_id, error)

    def _listed_still(self) -> dict[str, list[ConfluenceStream]]:
        """Return what earlier runs have listed and this one has not met, and for which streams."""
        listed: dict[str, list[ConfluenceStream]] = {}
        for stream, before in self._failed_before.items():
            for item_id, timestamp in before.items():
                is_same = stream.failed_items.get(item_id, "") == timestamp
                if is_same and not stream.is_denied and not item_id.endswith(CHILDREN):
                    listed.setdefault(item_id, []).append(stream)
        return listed

    @override
    def begin_walk(self) -> None:
        self._share = ShareOfFailures()
        self._held = []
        self._failed = []

    @override
    def judge(self, work: Work) -> None:
        if not work.is_retried:
            self._share.asked += 1
            self._share.failed += bool(self._lacking)
        if not self._lacking:
            return
        item_id, timestamp = self.dated(work.item)
        self._failed += [
            Failed(stream, item_id, timestamp, error) for stream, error in self._lacking.items()
        ]
        known = {*all_failed(self.run.bookmarks), *(each.item_id for each in self._failed)}
        if len(known) > MOST_LISTED:
            what = f"more than {MOST_LISTED} items, those"
            raise outage(self.name, what, self._failed[-1].error)

    @override
    def settle(self, work: Work) -> None:
        if self._share.is_small:
            self._held.append(work)
            self._release()
            return
        # Its body is not needed any more.
        rest = {name: value for name, value in work.item.items() if name != "body"}
        self._held.append(replace(work, item=rest, details=None))
        self.run.write_state_when_due()

    @override
    def end_walk(self) -> None:
        if self._share.is_outage:
            what = f"{self._share.failed} of {self._share.asked} items"
            raise outage(self.name, what, self._failed[-1].error)
        self._release()

    def _release(self) -> None:
        """List what has failed of what is held, and move the bookmarks over all of it."""
        for each in self._failed:
            each.stream.retry_later(each.item_id, each.timestamp, each.error)
        lacking = {(each.stream, each.item_id) for each in self._failed}
        held, self._failed, self._held = self._held, [], []
        for work in held:
            item_id = self.identity(work.item)
            for stream in work.streams:
                if (stream, item_id) not in lacking:
                    stream.retry_no_more(item_id)
            self.written(work)

    @override
    def written(self, work: Work) -> None:
        if isinstance(work, ChangeWork):
            for stream in work.streams:
                stream.advance(self.timestamp(work.item))
            self._passed.add(work.passed)
            if self.run.state_is_due:
                self._passed.note_place()
        super().written(work)

    def failures_of(
        self,
        item: dict[str, Any],  # noqa: ARG002
        streams: Iterable[ConfluenceStream],  # noqa: ARG002
    ) -> Mapping[ConfluenceStream, FailedItemError]:
        """Return how the site has failed for an item of the list, by what lacks something of it."""
        return {}

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
            if self.concerns(stream, item)
            and progress.lacks(item_id, timestamp)
            and not self._is_listed(stream, item_id, timestamp)
        ]

    def _is_listed(self, stream: ConfluenceStream, item_id: str, timestamp: str | None) -> bool:
        """Tell whether an earlier run has listed an item as failed that has not changed since."""
        return self._failed_before.get(stream, {}).get(item_id, "") == timestamp

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
