"""How far a run has come that goes through all comments for the replies to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from tap_confluence.timestamps import to_timestamp

if TYPE_CHECKING:
    from tap_confluence.streams.base import ConfluenceStream


class ThreadsRead:
    """A read of all threads, oldest comment first, that a later run can go on with.

    What is changed after it has begun is left to the run after it, so that it does not matter when
    each comment was asked. The comments themselves have been written before the first thread.

    Attributes:
        until: The threads of all comments that were last changed before this time have been read.
        is_resumed: Whether an earlier run has begun it.

    Args:
        stream: The stream of the comments.
        start: From which time on comments are read.
        began: When the first run began that had a part in it.
        newest: When any comment was changed last that it has come upon.
        until: As above; None at its beginning.
    """

    def __init__(
        self,
        stream: ConfluenceStream,
        start: str | None,
        began: str,
        newest: str | None,
        until: str | None = None,
    ) -> None:
        self.until = until
        self.is_resumed = until is not None
        self._stream = stream
        self._start = start
        self._began = began
        self._newest = newest

    @classmethod
    def of(cls, stream: ConfluenceStream, start: str | None, *, is_whole: bool) -> Self:
        """Go on with the read that an earlier run did not finish, or begin one.

        Args:
            stream: The stream of the comments.
            start: From which time on comments are read.
            is_whole: Whether this run itself has to write all of them.
        """
        # A state may come from anywhere.
        found: object = stream.entry.get("threads")
        if stream.is_incremental and not is_whole and isinstance(found, dict):
            names = ("start", "began", "newest", "until")
            since, began, newest, until = (to_timestamp(found.get(name)) for name in names)
            if began and until and (since or "") <= (start or ""):
                return cls(stream, start, began, newest, until)
        return cls(stream, start, stream.complete_until, stream.starting_point())

    def meet(self, timestamp: str | None) -> None:
        """Take note of when a comment was changed that has been read."""
        if timestamp is not None and (self._newest or "") < timestamp <= self._began:
            self._newest = timestamp

    def note(self, until: str | None) -> None:
        """Take note that the threads of all comments before a time have been written."""
        if until is not None and self._stream.is_incremental:
            self._stream.entry["threads"] = {
                "began": self._began,
                "newest": self._newest,
                "start": self._start,
                "until": until,
            }

    def finish(self) -> None:
        """Take note that everything has been written."""
        self._stream.advance(self._newest)
        self._stream.entry.pop("threads", None)
