"""Timestamps as the records and the state have them: UTC, milliseconds, comparable as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

OVERLAP = timedelta(minutes=2)
"""How far before its bookmark a stream starts again: a change is dated when it begins to be
saved, and may become visible later than another that began after it."""

CLOCKS_DIFFER = timedelta(days=1)
"""How far a clock elsewhere may be ahead of the one here before it is taken for wrong."""

EARLIEST = datetime(1, 1, 1, tzinfo=UTC)

_LENGTH = len("2024-01-01T00:00:00.000Z")
_MINUTES = len("2024-01-01T00:00")


def to_timestamp(value: object) -> str | None:
    """Write a time stamp of the API the one way in which all are written.

    Args:
        value: ISO 8601 with any offset and precision, or anything else.

    Returns:
        `YYYY-MM-DDTHH:MM:SS.mmmZ`, or None where there is no time stamp.
    """
    if not isinstance(value, str):
        return None
    try:
        timestamp = datetime.fromisoformat(value)
        if len(value) == _LENGTH and value[10] == "T" and value[-5] == "." and value[-1] == "Z":
            return value
        return format_timestamp(timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def format_timestamp(timestamp: datetime) -> str:
    """Write a time with an offset the one way in which all are written."""
    utc = timestamp.astimezone(UTC)
    return f"{utc.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def to_the_minute(timestamp: str) -> str:
    """Return a time as people and searches take it, `YYYY-MM-DD HH:MM`."""
    return timestamp[:_MINUTES].replace("T", " ")


def with_overlap(bookmark: str, overlap: timedelta = OVERLAP) -> str:
    """Return where to start again after a bookmark."""
    timestamp = datetime.fromisoformat(bookmark)
    return format_timestamp(max(timestamp, EARLIEST + overlap) - overlap)


def is_due(timestamp: str | None, start: str | None) -> bool:
    """Tell whether what has a time is to be read from a start on.

    Args:
        timestamp: When it was last modified; what has no date is always due.
        start: None reads everything.
    """
    return start is None or timestamp is None or timestamp >= start


def modified_at(item: Mapping[str, Any]) -> str | None:
    """Return when an item of REST v2 was last modified: when its latest version was made."""
    version = item.get("version")
    modified = version.get("createdAt") if isinstance(version, dict) else None
    return to_timestamp(modified) or to_timestamp(item.get("createdAt"))
