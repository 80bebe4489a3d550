"""How far a full read has come, kept in the state until it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from tap_confluence.timestamps import to_timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_confluence.streams.base import ConfluenceStream


class ResumableFullSync:
    """A full read in the order of ids, which no bookmark can follow.

    What changes while it goes on is found by the next run, because the bookmark becomes the
    latest change that was there when it began. Until then each stream keeps in its state where the
    read goes on, so that a run that is killed does not begin anew.

    Attributes:
        cursor: Where it goes on; None at the beginning.
        began: When it began.
        newest: The latest change met so far, up to when it began. Whatever a clock says, the
            bookmark is a date of the content itself.

    Args:
        streams: The incremental streams that are read.
        began: When the read began, by the clock of the site.
        cursor: Where it goes on.
        newest: The latest change met by the runs before this one.
    """

    def __init__(
        self,
        streams: Sequence[ConfluenceStream],
        began: str,
        cursor: str | None = None,
        newest: str | None = None,
    ) -> None:
        self.cursor = cursor
        self.began = began
        self.newest = newest
        self._streams = streams
        self._starts = {stream: stream.starting_point() for stream in streams}

    @classmethod
    def resumed(cls, starts: Mapping[ConfluenceStream, str | None]) -> Self | None:
        """Return the read that an earlier run did not finish, if it can be gone on with.

        Args:
            starts: Where each stream of the read starts.
        """
        entries = [e for s in starts if isinstance(e := s.entry.get("fullRead"), dict)]
        if len(entries) < len(starts):
            return None
        first, *others = [(e.get("began"), e.get("cursor"), e.get("newest")) for e in entries]
        covered = all(
            start is not None and (to_timestamp(entry.get("start")) or "") <= start
            for entry, start in zip(entries, starts.values(), strict=True)
        )
        if not covered or any(other != first for other in others):
            return None
        began, cursor, newest = to_timestamp(first[0]), first[1], to_timestamp(first[2])
        if began is None or not isinstance(cursor, str):
            return None
        return cls([*starts], began, cursor, newest)

    def meet(self, timestamp: str | None) -> None:
        """Take note of when something was changed that the read has come upon."""
        if timestamp is not None and (self.newest or "") < timestamp <= self.began:
            self.newest = timestamp

    def note(self, cursor: str) -> None:
        """Take note that everything before a place has been written."""
        for stream in self._streams:
            stream.entry["fullRead"] = {
                "began": self.began,
                "cursor": cursor,
                "newest": self.newest,
                "start": self._starts[stream],
            }

    def finish(self) -> None:
        """Take note that everything has been written."""
        for stream in self._streams:
            stream.advance(self.newest)
            stream.entry.pop("fullRead", None)
