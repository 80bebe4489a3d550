"""Times as the site keeps them, epoch milliseconds, and as it writes them, ISO 8601 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

DAY_MS = 86_400_000
_MINUTES = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(24 * 60)]


@lru_cache(maxsize=8192)
def _day(number: int) -> str:
    return datetime.fromtimestamp(number * 86_400, tz=UTC).strftime("%Y-%m-%d")


def iso(ms: int) -> str:
    """Write a time with milliseconds, as `version.createdAt` always is."""
    day, rest = divmod(ms, DAY_MS)
    minute, rest = divmod(rest, 60_000)
    return f"{_day(day)}T{_MINUTES[minute]}:{rest // 1000:02}.{rest % 1000:03}Z"


def iso_short(ms: int) -> str:
    """Write a time that drops milliseconds of zero, as `createdAt` does."""
    text = iso(ms)
    return text if ms % 1000 else f"{text[:-5]}Z"


def epoch_ms(text: str) -> int:
    """Read an ISO 8601 time."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)
