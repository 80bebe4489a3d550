"""How far a stream has come that has its turn."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

FEW_SECONDS = 5.0
"""So long something has to go on before it says how long the rest of it will take."""


@dataclass
class Turn:
    """The turn of a stream.

    Attributes:
        name: Of the stream.
        cql: What a search counts that the stream is to read, where that can be told; else empty.
        done: How many items have been dealt with.
        of: How many there are, if that is known.
        is_counted: Whether they are so many; else it is about so many.
        began: When the turn began, by a clock that only goes forward.
    """

    name: str
    cql: str = ""
    done: int = 0
    of: int | None = None
    is_counted: bool = True
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long it has gone on."""
        return time.monotonic() - self.began

    @property
    def seconds_left(self) -> float | None:
        """About how long it will still take, if that can be told."""
        if self.of is None or not 0 < self.done <= self.of or self.seconds < FEW_SECONDS:
            return None
        return self.seconds / self.done * (self.of - self.done)

    def told(self, rows: int) -> str:
        """Say how far the stream has come, and about how long it will still take.

        Args:
            rows: How many rows of it have been written; told where it has no items.
        """
        about = "" if self.is_counted else "about "
        if not self.done:
            return f"{self.name}: {rows:,} rows"
        if self.of is None or self.done > self.of:
            return f"{self.name}: {self.done:,} items"
        left = self.seconds_left
        rest = "" if left is None else f", about {_duration(left)} left"
        return f"{self.name}: {self.done:,} of {about}{self.of:,} items{rest}"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{round(seconds)} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
