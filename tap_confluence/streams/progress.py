"""How far earlier runs have come with a stream, beyond what its bookmark tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_confluence.streams.digest import BUCKETS, OverlapDigest, TrashDigest
from tap_confluence.streams.moments import is_due

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tap_confluence.streams.base import ConfluenceStream

OVERLAP = "overlap"
TRASH = "trash"
TRASH_START = "trashStart"

MOST_REMEMBERED = BUCKETS
"""Items at the end of a walk that are remembered; a digest would not recognise many more."""


class Progress:
    """Where a stream starts in this run, and what it has written of that already.

    The state keeps three things for it beside the bookmark: a digest of the items in the overlap,
    a digest of the trash, and where the run started that read the trash last. All are facts about
    what was written, and true also when the run that comes next is killed.

    Attributes:
        start: The moment from which on changes are read; None reads everything.
    """

    def __init__(self, stream: ConfluenceStream) -> None:
        self.start = stream.starting_point()
        self._stream = stream
        self._overlap = OverlapDigest.load(stream.entry.get(OVERLAP))
        self._trash = TrashDigest.load(stream.entry.get(TRASH))
        self._trash_start = stream.entry.get(TRASH_START)

    def reaches_back_to(self, moment: str | None) -> bool:
        """Tell whether the stream is to write items of a moment."""
        return is_due(moment, self.start)

    def lacks(self, item_id: str, moment: str | None) -> bool:
        """Tell whether the stream has yet to write an item as it is since a moment."""
        if self.start is None or self._overlap is None:
            return self.reaches_back_to(moment)
        return self.reaches_back_to(moment) and not self._overlap.has(item_id, moment)

    def lacks_trashed(self, item_id: str, moment: str | None, trash: TrashDigest) -> bool:
        """Tell whether an item came into the trash since the last run, whatever its date."""
        if self.start is None:
            return True
        if self._trash is None:
            return is_due(moment, self._stream.anchor)
        return trash.may_be_new(item_id, moment, self._trash)

    def lacks_details_of_trashed(
        self, item_id: str, moment: str | None, trash: TrashDigest
    ) -> bool:
        """Tell whether an item changed before it came into the trash, or by coming there."""
        changed = self.start is None or self._trash is None or is_due(moment, self._trash_start)
        return changed and self.lacks_trashed(item_id, moment, trash)

    def note_walk(self, last: Iterable[tuple[str, str | None]]) -> None:
        """Keep which items, by id and moment, the next run will meet again in the overlap."""
        if not self._stream.bookmark:
            self._stream.advance(self.start)
        start = self._stream.starting_point()
        overlap = OverlapDigest()
        for item_id, moment in last:
            if is_due(moment, start):
                overlap.add(item_id, moment)
        self._stream.entry[OVERLAP] = overlap.dump()

    def note_trash(self, trash: TrashDigest) -> None:
        """Keep what is in the trash, all of which has been written."""
        self._stream.entry[TRASH] = trash.dump()
        self._stream.entry[TRASH_START] = self._stream.starting_point()
