"""What a stream costs: the requests that it takes on a site of which the size is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Requests:
    """Requests that a stream sends.

    Attributes:
        number: How many.
        once: What they bring, if that is read once a run, whichever stream needs it first.
        by: Under which name they are counted, if that is not the stream's own.
    """

    number: int
    once: str = ""
    by: str = ""


@dataclass(frozen=True)
class Amount:
    """How much there is of something.

    Attributes:
        listed: What its list holds, wanted or not.
        wanted: What the filters leave of that.
        hidden: What of the wanted is archived or in the trash.
        trashed: What of the wanted is in the trash.
        changed: What of the wanted has changed since the start of a first run.
        unsearched: What is not in the trash and yet not found by a search for its id.
        is_counted: Whether each of them was counted; else the number is an estimate.
    """

    listed: int = 0
    wanted: int = 0
    hidden: int = 0
    trashed: int = 0
    changed: int = 0
    unsearched: int = 0
    is_counted: bool = True

    @classmethod
    def of(cls, number: int, *, is_counted: bool = True) -> Amount:
        """Return an amount of what is never hidden, all of which is wanted."""
        return cls(number, number, changed=number, is_counted=is_counted)

    @property
    def shown(self) -> int:
        """What of the wanted is not in the trash."""
        return self.wanted - self.trashed

    def __add__(self, other: Amount) -> Amount:
        """Return this and another amount together."""
        return Amount(
            self.listed + other.listed,
            self.wanted + other.wanted,
            self.hidden + other.hidden,
            self.trashed + other.trashed,
            self.changed + other.changed,
            self.unsearched + other.unsearched,
            is_counted=self.is_counted and other.is_counted,
        )

    def times(self, factor: float) -> Amount:
        """Return so many times as much, about."""
        return Amount(
            round(self.listed * factor),
            round(self.wanted * factor),
            round(self.hidden * factor),
            round(self.trashed * factor),
            round(self.changed * factor),
            round(self.unsearched * factor),
            is_counted=False,
        )

    def part(self, wanted: int) -> Amount:
        """Return a part of it that is made up as the whole is."""
        return self.times(wanted / self.wanted) if self.wanted else self


@dataclass
class Size:
    """How much there is on a site, and which run is meant.

    Attributes:
        is_first: Whether it is a first run that is meant; else one before which nothing changed.
        page_size: The setting.
        count: Counts what there is of a kind, such as `pages`; None if that cannot be done.
        uncounted: Of which kinds the number is not known.
    """

    is_first: bool
    page_size: int
    count: Callable[[str], Amount | None]
    uncounted: set[str] = field(default_factory=set)

    def __getitem__(self, kind: str) -> Amount:
        """Return how much there is of a kind; nothing where that is not known."""
        amount = self.count(kind)
        if amount is None:
            self.uncounted.add(kind)
            return Amount()
        return amount

    def pages(self, items: int, most: int = 0) -> int:
        """Return the requests that a list takes, which has at least one page.

        Args:
            items: What it holds.
            most: What one answer holds, if that is less than what the setting asks for.
        """
        return max(1, full_pages(items, min(most or self.page_size, self.page_size)))


def full_pages(items: int, at_once: int) -> int:
    """Return in how many requests items are asked for that are known; none if there are none."""
    return -(-items // at_once)


def pages_by_offset(items: int, at_once: int) -> int:
    """Return the requests for a list by offset, each page of which begins with the last row before.

    One that is full does not tell that it is the last one.
    """
    return 1 + max(0, items - 1) // max(1, at_once - 1)
