"""What a site says of its rate limit in the headers of an answer.

Cloud: https://developer.atlassian.com/cloud/confluence/rate-limiting/. Data Center:
https://confluence.atlassian.com/doc/adjusting-your-code-for-rate-limiting-992678779.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ABSURD_WAIT = 86_400.0
"""Seconds. No Confluence limit lasts a day; Data Center sends 2**63-1 for a blocked endpoint."""

_LEFT = re.compile(r";\s*r=(\d+)\s*;\s*t=(\d+)", re.ASCII)
"""Of each policy in the header `RateLimit`: what is left, and the seconds until it is reset."""

_NUMBER = re.compile(r"\d{1,18}(\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True)
class Quota:
    """What is left to spend, and the seconds until there is more."""

    left: float
    seconds: float


@dataclass(frozen=True)
class Bucket:
    """Tokens of which each request takes one.

    Attributes:
        size: The most that it holds.
        left: How many it holds.
        rate: How many come a second.
    """

    size: float
    left: float
    rate: float


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Read how long the site asks to wait.

    Args:
        headers: The headers of a 429 or 503. `Retry-After` is in seconds or a date, and
            `X-RateLimit-Reset` an ISO 8601 time that may lack the seconds.

    Returns:
        Seconds, or None where the site says nothing, or nothing that can be meant.
    """
    candidates = (
        _seconds(headers.get("Retry-After")),
        _seconds_until(headers.get("Retry-After"), headers),
        _seconds_until(headers.get("X-RateLimit-Reset"), headers),
    )
    return next((wait for wait in candidates if wait is not None and wait <= ABSURD_WAIT), None)


def is_near_limit(headers: Mapping[str, str]) -> bool:
    """Tell whether the site says that less than a fifth of a limit is left."""
    return headers.get("X-RateLimit-NearLimit", "").strip().lower() == "true"


def is_of_quota(headers: Mapping[str, str]) -> bool:
    """Tell a 429 because an hour's quota is spent from one because requests came too fast."""
    reason = headers.get("RateLimit-Reason", "")
    return "global-based" in reason or "tenant-based" in reason


def quotas(headers: Mapping[str, str]) -> Iterator[Quota]:
    """Read what is left of each quota that the site tells of."""
    left = _number(headers.get("X-RateLimit-Remaining"))
    seconds = _seconds_until(headers.get("X-RateLimit-Reset"), headers)
    if left is not None and seconds is not None and 0 < seconds <= ABSURD_WAIT:
        yield Quota(left, seconds)
    for digits, after in _LEFT.findall(headers.get("RateLimit", "")):
        if 0 < float(after) <= ABSURD_WAIT:
            yield Quota(float(digits), float(after))


def bucket(headers: Mapping[str, str]) -> Bucket | None:
    """Read what is in the token bucket of Data Center, if the site tells."""
    size, left, filled, seconds = (
        _number(headers.get(f"X-RateLimit-{name}"))
        for name in ("Limit", "Remaining", "FillRate", "Interval-Seconds")
    )
    if not size or not filled or not seconds or left is None:
        return None
    return Bucket(size, left, filled / seconds)


def _number(value: str | None) -> float | None:
    if value is None or not _NUMBER.fullmatch(value.strip()):
        return None
    return float(value)


def _seconds(value: str | None) -> float | None:
    if value is None or not value.strip().isdecimal():
        return None
    return float(value)


def _seconds_until(value: str | None, headers: Mapping[str, str]) -> float | None:
    """Return the seconds until a moment, by the site's clock if the answer tells that."""
    if not value or value.strip().isdecimal():
        return None
    moment = _moment(value)
    if moment is None:
        return None
    now = _moment(headers.get("Date", "")) or datetime.now(UTC)
    return max((moment - now).total_seconds(), 0.0)


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
