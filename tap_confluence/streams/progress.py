"""How far earlier runs have come with a stream, beyond what its bookmark tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from tap_confluence.streams.state.digest import OverlapDigest, TrashDigest
from tap_confluence.timestamps import is_due, to_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.state.state_format import OverlapState

    Dated = tuple[str, str | None]
    """An item by its id and the time of its last change."""

MOST_HELD = 2_500
"""Items of an overlap that are held in memory at most, to be compared with the state."""

ITEMS_BETWEEN_CUTS = 1_000


@dataclass(frozen=True)
class Written:
    """What has been written of the items in the overlap.

    Attributes:
        digest: Of these items.
        count: How many they are.
        until: When the latest of them was changed; None where that lies in the future.
        last: The last of them, if others of the same time had yet to come.
    """

    digest: OverlapDigest
    count: int
    until: str | None
    last: str | None = None

    @classmethod
    def load(cls, value: object) -> Self | None:
        """Read it from the state; None where there is none to be read."""
        if not isinstance(value, dict):
            return None
        digest, count = OverlapDigest.load(value.get("digest")), value.get("count")
        if digest is None or not isinstance(count, int):
            return None
        last = value.get("last")
        return cls(digest, count, to_timestamp(value.get("until")), last and str(last))

    def dump(self) -> OverlapState:
        """Write it for the state."""
        found: OverlapState = {
            "digest": self.digest.dump(),
            "count": self.count,
            "until": self.until,
        }
        if self.last is not None:
            found["last"] = self.last
        return found

    def reaches(self, timestamp: str) -> bool:
        """Tell whether there may be items of a time among these."""
        return self.until is None or timestamp <= self.until

    def comes_before(self, timestamp: str) -> bool:
        """Tell whether these have been passed where an item of a time has been written."""
        return not self.reaches(timestamp) or (timestamp == self.until and self.last is not None)

    def may_hold(self, items: Iterable[Dated]) -> Iterator[int]:
        """Yield the marks of those items that may be among these, out of items in order."""
        for item_id, timestamp in items:
            if timestamp is None:
                continue
            if not self.reaches(timestamp):
                return
            yield OverlapDigest.mark(item_id, timestamp)
            if item_id == self.last and self.until in {None, timestamp}:
                return


class Progress:
    """Where a stream starts in this run, and what it has written of that already.

    The state keeps three things for it beside the bookmark: a digest of the items in the overlap,
    a digest of the trash, and where the run started that read the trash last. All are facts about
    what was written, and true also when the run that comes next is killed.

    Attributes:
        start: The time from which on changes are read; None reads everything.
    """

    def __init__(self, stream: ConfluenceStream) -> None:
        self.start = stream.starting_point()
        self._stream = stream
        self._written = Written.load(stream.entry.get("overlap"))
        self._known: set[int] = set()
        self._trash = TrashDigest.load(stream.entry.get("trash"))
        self._trash_start = stream.entry.get("trashStart")

    @property
    def overlap(self) -> int:
        """How many items an earlier run has written that this one will meet again."""
        return self._written.count if self._written and self.start is not None else 0

    def overlaps(self, timestamp: str | None) -> bool:
        """Tell whether items of a time may be among these."""
        return (
            self.overlap > 0
            and timestamp is not None
            and self.reaches_back_to(timestamp)
            and self._written is not None
            and self._written.reaches(timestamp)
        )

    @property
    def recognises(self) -> bool:
        """Whether this run has met items that an earlier run has written."""
        return bool(self._known)

    def compare(self, items: Iterable[Dated]) -> None:
        """Find out which items have been written, by all that there are now, oldest first."""
        if self._written is not None and self.start is not None:
            due = (item for item in items if self.reaches_back_to(item[1]))
            self._known = self._written.digest.common({*self._written.may_hold(due)})

    def reaches_back_to(self, timestamp: str | None) -> bool:
        """Tell whether the stream is to write items of a time."""
        return is_due(timestamp, self.start)

    def lacks(self, item_id: str, timestamp: str | None) -> bool:
        """Tell whether the stream has yet to write an item as it is since a time."""
        if not self.reaches_back_to(timestamp):
            return False
        return not self._known or OverlapDigest.mark(item_id, timestamp) not in self._known

    def lacks_trashed(self, item_id: str, timestamp: str | None, trash: TrashDigest) -> bool:
        """Tell whether an item came into the trash since the last run, whatever its date."""
        if self.start is None:
            return True
        if self._trash is None:
            return is_due(timestamp, self._stream.anchor)
        return trash.may_be_new(item_id, timestamp, self._trash)

    def lacks_details_of_trashed(
        self, item_id: str, timestamp: str | None, trash: TrashDigest
    ) -> bool:
        """Tell whether an item changed before it came into the trash, or by coming there."""
        changed = self.start is None or self._trash is None or is_due(timestamp, self._trash_start)
        return changed and self.lacks_trashed(item_id, timestamp, trash)

    def lacks_on_trashed(self, item_id: str, timestamp: str | None) -> bool:
        """Tell whether the stream has yet to write an item on what came into the trash.

        It changed there unseen, so the bookmark may have passed it: what tells is where the run
        started that read the trash last.
        """
        if self._trash is None:
            return self.lacks(item_id, timestamp)
        is_known = OverlapDigest.mark(item_id, timestamp) in self._known
        return is_due(timestamp, self._trash_start) and not is_known

    @property
    def next_start(self) -> str | None:
        """Where the next run starts, as far as this one has come."""
        return self._stream.starting_point()

    @property
    def is_kept(self) -> bool:
        """Whether the state tells how far the stream has come."""
        return self._stream.is_incremental and not self._stream.is_denied

    def note_walk(self, passed: Passed) -> None:
        """Keep which items the next run will meet again in the overlap, now that all are written.

        Args:
            passed: What this run has come upon.
        """
        if not self._stream.bookmark:
            self._stream.advance(self.start)
        self._note(passed.since(self.next_start), last=None)

    def note_place(self, passed: Passed) -> None:
        """Keep the same in the middle of a walk, from the oldest change to the latest.

        Args:
            passed: What this run has come upon and written.
        """
        item_id, timestamp = passed.last or (None, None)
        if timestamp is None or not self._stream.bookmark:
            return
        # While the walk is among what it has recognised, the run before knew more.
        if not self._known or self._written is None or self._written.comes_before(timestamp):
            self._note(passed.since(self.next_start), last=item_id)

    def _note(self, items: Sequence[Dated], *, last: str | None) -> None:
        # What has no date is always due.
        timestamps = [timestamp for _, timestamp in items if timestamp is not None]
        marks = {OverlapDigest.mark(*item) for item in items if item[1] is not None}
        until = self._stream.latest(max(timestamps, default=self.next_start))
        self._stream.entry["overlap"] = Written(
            OverlapDigest(marks), len(marks), until, last
        ).dump()

    def note_trash(self, trash: TrashDigest) -> None:
        """Keep what is in the trash, all of which has been written."""
        self._stream.entry["trash"] = trash.dump()
        self._stream.entry["trashStart"] = self._stream.starting_point()


def recognised(
    items: Iterable[dict[str, Any]],
    family: Iterable[Progress],
    dated: Callable[[dict[str, Any]], Dated],
) -> Iterator[dict[str, Any]]:
    """Hold back the items of each overlap until it is known which of them have been written.

    Args:
        items: The changed items, oldest first.
        family: How far each stream has come that reads them.
        dated: Tells the id and the time of an item.

    Yields:
        The items.
    """
    waiting = [progress for progress in family if progress.overlap]
    held: list[dict[str, Any]] = []
    for item in items:
        timestamp = dated(item)[1]
        if any(progress.overlaps(timestamp) for progress in waiting) and len(held) < MOST_HELD:
            held.append(item)
            continue
        if held:
            waiting = _compared(waiting, [*map(dated, held)])
            yield from held
            held = []
        yield item
    _compared(waiting, [*map(dated, held)])
    yield from held


def _compared(waiting: Iterable[Progress], items: Sequence[Dated]) -> list[Progress]:
    """Compare overlaps with the items that were held back for them, and return the others."""
    left = []
    for progress in waiting:
        if any(progress.overlaps(timestamp) for _, timestamp in items):
            progress.compare(items)
        else:
            left.append(progress)
    return left


class Passed:
    """The items that a run has written, or found written, and that the next one meets again.

    Args:
        family: How far each stream has come that reads them.
        start: Tells from which time on the next run will meet them, if not where it would start
            after what has been written so far.
    """

    def __init__(
        self, family: Iterable[Progress], start: Callable[[], str | None] | None = None
    ) -> None:
        self.last: Dated | None = None
        self._family = [progress for progress in family if progress.is_kept]
        self._start = start or self._next_start
        self._items: list[Dated] = []
        self._most = ITEMS_BETWEEN_CUTS

    def add(self, items: Iterable[Dated]) -> None:
        """Add items."""
        if not self._family:
            return
        for item in items:
            self._items.append(item)
            self.last = item
        if len(self._items) > self._most:
            self._items = self.since(self._start())
            self._most = 2 * len(self._items) + ITEMS_BETWEEN_CUTS

    def since(self, start: str | None) -> list[Dated]:
        """Return those from a time on."""
        return [item for item in self._items if is_due(item[1], start)]

    def note_place(self) -> None:
        """Keep them in the state, in the middle of a walk from the oldest change to the latest."""
        for progress in self._kept:
            progress.note_place(self)

    def note_walk(self) -> None:
        """Keep them in the state, at the end of a walk."""
        for progress in self._kept:
            progress.note_walk(self)

    @property
    def _kept(self) -> list[Progress]:
        return [progress for progress in self._family if progress.is_kept]

    def _next_start(self) -> str | None:
        return min(filter(None, (progress.next_start for progress in self._family)), default=None)
