"""What a list shows of a stream, in a few bytes: whether anything but edits has changed it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from tap_confluence.timestamps import to_timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_confluence.streams.state.state_format import EvidenceState

HASH_BYTES = 8
MODULUS = 1 << 8 * HASH_BYTES

PREFIX = "att"
"""What the ids of attachments begin with, which are numbers else."""


@dataclass(frozen=True)
class Evidence:
    """What there was of a stream when it was listed whole.

    Attributes:
        began: When the run began that listed it.
        count: How many items there were.
        total: The sum of their hashes, in whatever order they came.
        highest: The highest id of them.
    """

    began: str
    count: int
    total: int
    highest: int

    @classmethod
    def load(cls, value: object) -> Self | None:
        """Read it from the state; None where there is none to be read."""
        if not isinstance(value, dict):
            return None
        began, count = to_timestamp(value.get("began")), value.get("count")
        highest = value.get("highestId")
        try:
            total = int(str(value.get("sum")), 16)
        except ValueError:
            return None
        if began is None or not isinstance(count, int) or not isinstance(highest, int):
            return None
        return cls(began, count, total, highest)

    def dump(self) -> EvidenceState:
        """Write it for the state."""
        return {
            "began": self.began,
            "count": self.count,
            "sum": f"{self.total:x}",
            "highestId": self.highest,
        }


class Compared(Protocol):
    """A stream that is compared with what there was.

    Attributes:
        name: Its name.
        undated: The fields of its records that may change without a new date.
    """

    name: str
    undated: ClassVar[tuple[str, ...]]

    @property
    def evidence(self) -> Evidence | None:
        """What there was when its table was last known to be in accord with it."""


class Tally:
    """Evidence that is being gathered."""

    def __init__(self) -> None:
        self._count = self._total = self._highest = 0

    def add(self, number: int, hashed: int) -> None:
        """Add an item by the number that its id is, and its hash."""
        self._count += 1
        self._total = (self._total + hashed) % MODULUS
        self._highest = max(self._highest, number)

    def evidence(self, began: str) -> Evidence:
        """Return what has been gathered.

        Args:
            began: When the run began.
        """
        return Evidence(began, self._count, self._total, self._highest)

    def agrees(self, before: Evidence) -> bool:
        """Tell whether this is what there was."""
        return (self._count, self._total) == (before.count, before.total)


class Sightings:
    """What one run sees of a stream, beside what there was when an earlier one listed it.

    What was made since then is left out of the comparison; it has a date, so that it is read as
    any change is. What remains has to be what there was. An edit changes neither.

    Args:
        began: When the run began.
        before: What there was; None where nothing tells.
        undated: The fields that may change without a new date.
    """

    def __init__(self, began: str, before: Evidence | None, undated: Sequence[str]) -> None:
        self._began = began
        self._before = before
        self._undated = undated
        self._now, self._of_then = Tally(), Tally()

    def add(self, record: Mapping[str, Any]) -> None:
        """Add an item, as a record of the stream."""
        item_id = str(record["id"])
        digits = item_id.removeprefix(PREFIX)
        number = int(digits) if digits.isdecimal() else 0
        hashed = self._hash(item_id, record)
        if not is_made_since(record, self._began):
            self._now.add(number, hashed)
        before = self._before
        if before is not None and not is_made_since(record, before.began, before.highest < number):
            self._of_then.add(number, hashed)

    @property
    def differs(self) -> bool:
        """Whether something has happened that has no date, or nothing tells that it has not."""
        return self._before is None or not self._of_then.agrees(self._before)

    @property
    def evidence(self) -> Evidence:
        """What there is now."""
        return self._now.evidence(self._began)

    def _hash(self, item_id: str, record: Mapping[str, Any]) -> int:
        values = [str(record.get(name)) for name in self._undated]
        text = "\n".join((item_id, *values, _place_of(record)))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=HASH_BYTES).digest())


def is_made_since(
    record: Mapping[str, Any],
    since: str,
    has_new_id: bool = False,  # noqa: FBT001, FBT002 - reads well
) -> bool:
    """Tell whether an item was provably made after a time, so that its date tells of it too.

    Args:
        record: The item. Comments do not tell when they were made: of them, their first version
            does.
        since: The time.
        has_new_id: Whether its id is beyond those that there were at that time.
    """
    modified = record.get("modifiedAt")
    if not isinstance(modified, str) or modified <= since:
        return False
    version = record.get("version")
    is_first = isinstance(version, dict) and version.get("number") == 1
    return is_first or has_new_id or (to_timestamp(record.get("createdAt")) or "") > since


def _place_of(record: Mapping[str, Any]) -> str:
    """Return where the browser shows something: the space, but not the title, which is dated."""
    links = record.get("_links")
    path = str(links.get("webui") or "") if isinstance(links, dict) else ""
    return "/".join(path.partition("?")[0].split("/")[:3])
