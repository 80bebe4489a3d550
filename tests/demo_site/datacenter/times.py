"""Times as Data Center writes and reads them: in the time zone of the user."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

QUARTER_MS = 900_000
_LITERALS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")


class LocalTimes:
    """Times in one time zone.

    Args:
        time_zone: Its name, such as `Australia/Sydney`.
    """

    def __init__(self, time_zone: str) -> None:
        self._zone = ZoneInfo(time_zone)
        self._quarter = lru_cache(maxsize=8192)(self._uncached_quarter)

    def write(self, ms: int) -> str:
        """Write a time with milliseconds and its offset, such as +11:00."""
        quarter, rest = divmod(ms, QUARTER_MS)
        start, minute, offset = self._quarter(quarter)
        more, rest = divmod(rest, 60_000)
        return f"{start}{minute + more:02}:{rest // 1000:02}.{rest % 1000:03}{offset}"

    def read(self, literal: str) -> int:
        """Read a date of a search, which names at most a minute.

        Raises:
            ValueError: It is written in no way that searches know.
        """
        for form in _LITERALS:
            try:
                found = datetime.strptime(literal, form).replace(tzinfo=self._zone)
            except ValueError:
                continue
            return round(found.timestamp() * 1000)
        msg = f"no date: {literal}"
        raise ValueError(msg)

    def _uncached_quarter(self, quarter: int) -> tuple[str, int, str]:
        # Offsets are multiples of a quarter of an hour, and so are the times when they change.
        text = datetime.fromtimestamp(quarter * QUARTER_MS // 1000, tz=self._zone).isoformat()
        offset = text[19:]
        return text[:14], int(text[14:16]), "Z" if offset == "+00:00" else offset
