"""How far a full read has come, kept in the state until it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_confluence.streams.base import ConfluenceStream

KEY = "fullRead"


class FullRead:
    """A full read in the order of ids, which no bookmark can follow.

    What changes while it goes on is found by the next run, because the bookmark becomes the
    moment at which it began. Until then each stream keeps in its state where the read goes on, so
    that a run that is killed does not begin anew.

    Attributes:
        cursor: Where it goes on; None at the beginning.
        began: When it began.

    Args:
        streams: The incremental streams that are read.
        began: When the read began, by the clock of the site.
        cursor: Where it goes on.
    """

    def __init__(
        self, streams: Sequence[ConfluenceStream], began: str, cursor: str | None = None
    ) -> None:
        self.cursor = cursor
        self.began = began
        self._streams = streams
        self._starts = {stream: stream.starting_point() for stream in streams}

    @classmethod
    def resumed(cls, starts: Mapping[ConfluenceStream, str | None]) -> Self | None:
        """Return the read that an earlier run did not finish, if it can be gone on with.

        Args:
            starts: Where each stream of the read starts.
        """
        entries = [stream.entry.get(KEY) for stream in starts]
        if not all(isinstance(entry, dict) for entry in entries):
            return None
        positions = {(entry.get("began"), entry.get("cursor")) for entry in entries if entry}
        covered = all(
            entry and start is not None and (entry.get("start") or "") <= start
            for entry, start in zip(entries, starts.values(), strict=True)
        )
        if len(positions) != 1 or not covered:
            return None
        [(began, cursor)] = positions
        if not isinstance(began, str) or not isinstance(cursor, str):
            return None
        return cls([*starts], began, cursor)

    def note(self, cursor: str) -> None:
        """Take note that everything before a place has been written."""
        for stream in self._streams:
            entry: dict[str, Any] = {"began": self.began, "cursor": cursor}
            stream.entry[KEY] = {**entry, "start": self._starts[stream]}

    def finish(self) -> None:
        """Take note that everything has been written."""
        for stream in self._streams:
            stream.advance(self.began)
            stream.entry.pop(KEY, None)
