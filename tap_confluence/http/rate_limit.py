"""How fast requests may leave: one governor for all requests of a run."""

from __future__ import annotations

import itertools
import logging
import math
import random
import threading
import time
from collections import deque
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import backoff

from tap_confluence.errors import RateLimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

logger = logging.getLogger("tap-confluence")

ABSURD_WAIT = 86_400.0
"""Seconds. No Confluence limit lasts a day; Data Center sends 2**63-1 for a blocked endpoint."""

LONGEST_UNASKED_WAIT = 60.0
"""Seconds to pause at most when the site says that it limits, but not for how long."""

NEAR_LIMIT_FACTOR = 0.5
"""What is left of the rate while `X-RateLimit-NearLimit` is true."""

MEASURED_OVER = 20.0
"""Seconds over which the rate of answered requests is measured."""

BURST = 1.0
"""Seconds. So much of its rate a limit is taken to let through at once after a rest."""

MARGIN = 0.97
"""What is used of the measured rate."""

DOUBLED_IN = 5.0
"""Seconds in which the rate doubles after the first 429."""

PROBED_IN = 60.0
PROBE = 0.05
"""How much the rate has grown after so many seconds without a 429; four times as much after twice
as many."""

CAUTIOUS = 1.0
"""Requests a second to begin with where hardly any were answered that could tell the rate."""

SLOWEST = 0.1
FASTEST = 1000.0
"""Requests a second between which the rate is learned."""


class RateLimit:
    """Lets requests leave no faster than the site, or the user, allows.

    Without a ceiling and without a 429, requests leave at once. A 429 pauses all of them, once;
    afterwards they leave at the rate that the site has shown to allow.

    Attributes:
        waits: How often all requests paused.
        waited: Seconds for which they did, in all.

    Args:
        requests_per_second: The user's ceiling, if any.
        longest_wait: Seconds the site may ask to wait, in one pause or in pauses between which
            no request succeeded.
        clock: Seconds that only grow.
        sleep: Waits for so many seconds, or less when the run is asked to stop.
    """

    def __init__(
        self,
        *,
        requests_per_second: float | None = None,
        longest_wait: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.waits = 0
        self.waited = 0.0
        self._ceiling = requests_per_second
        self._site_rate = SiteRate()
        self._longest_wait = longest_wait
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_start = 0.0
        self._paused_until = 0.0
        self._limited_at = -math.inf
        self._pauses_in_a_row = 0
        self._waited_in_a_row = 0.0
        self._near_limit_rate = math.inf

    def __str__(self) -> str:
        """Say in words what the site's limit has cost."""
        return f"{self.waits} pauses of {self.waited:.1f} s in all"

    def wait_for_turn(self) -> float:
        """Wait until the next request may leave.

        Returns:
            When the request leaves, by the clock. Give it back to `limited`.
        """
        while True:
            with self._lock:
                now = self._clock()
                start = max(now, self._next_start, self._paused_until)
                if start <= now:
                    self._next_start = now + 1.0 / self._rate(now)
                    return now
            self._sleep(start - now)

    def answered(self, headers: Mapping[str, str]) -> None:
        """Take note of an answer that was not a limit.

        Args:
            headers: The headers of the answer.
        """
        with self._lock:
            now = self._clock()
            self._site_rate.answered(now)
            self._pauses_in_a_row = 0
            self._waited_in_a_row = 0.0
            if headers.get("X-RateLimit-NearLimit", "").lower() != "true":
                self._near_limit_rate = math.inf
            elif self._near_limit_rate == math.inf:
                self._near_limit_rate = NEAR_LIMIT_FACTOR * max(
                    self._site_rate.measure(now), CAUTIOUS
                )

    def limited(self, headers: Mapping[str, str], *, left_at: float) -> None:
        """Pause all requests because the site answered 429.

        Args:
            headers: The headers of the answer.
            left_at: When the request left, as `wait_for_turn` said. Requests that were in flight
                when the pause began do not prolong it.

        Raises:
            RateLimitError: The pause would be longer than the settings allow.
        """
        with self._lock:
            now = self._clock()
            if left_at < self._limited_at:
                return
            asked = asked_wait(headers)
            # A site that limits again after no wait at all did not mean it.
            is_meant = asked is not None and (asked > 0 or not self._pauses_in_a_row)
            wait = asked if asked is not None and is_meant else self._unasked_wait()
            self._waited_in_a_row += wait
            if self._waited_in_a_row > self._longest_wait:
                raise RateLimitError(_too_long(wait, self._longest_wait, headers))
            self._pauses_in_a_row += 1
            self.waits += 1
            self.waited += wait
            self._limited_at = now
            self._paused_until = self._next_start = now + wait
            self._site_rate.limited(now, resumes_at=self._paused_until)
        logger.warning("Rate limit of the site reached: all requests wait %.1f s", wait)

    def _rate(self, now: float) -> float:
        """Return requests a second, which may be infinitely many."""
        return min(self._site_rate.at(now), self._ceiling or math.inf, self._near_limit_rate)

    def _unasked_wait(self) -> float:
        growth = backoff.expo(base=2, factor=1, max_value=LONGEST_UNASKED_WAIT)
        growth.send(None)
        wait = next(itertools.islice(growth, self._pauses_in_a_row, None))
        return float(wait) * random.uniform(0.7, 1.3)  # noqa: S311


class SiteRate:
    """Requests a second that a site allows, learned from its 429s.

    There is no limit before the first 429. After it the rate starts from the one that was answered
    and doubles every few seconds, until a second 429 tells where the limit is. From then on it
    stays just below what was answered and exceeds it after a minute, the more boldly the longer
    nothing comes of it.
    """

    def __init__(self) -> None:
        self._answers: deque[float] = deque(maxlen=int(FASTEST * MEASURED_OVER))
        self._resumed_at = math.inf
        self._limits = 0
        self._known = math.inf

    def at(self, now: float) -> float:
        """Return the rate at a time; infinite while no limit is known."""
        if not self._limits:
            return math.inf
        seconds = max(now - self._resumed_at, 0.0)
        if self._limits == 1:
            growth = math.exp2(min(seconds / DOUBLED_IN, 100.0))
        else:
            growth = 1.0 + PROBE * (seconds / PROBED_IN) ** 2
        return min(MARGIN * self._known * growth, FASTEST)

    def answered(self, now: float) -> None:
        """Take note that the site allowed a request."""
        if not self._limits:
            self._resumed_at = min(self._resumed_at, now)
        self._answers.append(now)

    def limited(self, now: float, *, resumes_at: float) -> None:
        """Take note that the site refused a request, and from when on it may allow some."""
        rate = min(self.at(now), FASTEST)
        if not self._limits:
            self._known = max(self.measure(now), CAUTIOUS)
            self._limits = 1
        elif any(at >= self._resumed_at for at in self._answers):
            # As long as nothing was answered, another 429 says nothing about the rate.
            self._known = max(min(self.measure(now), rate), rate / 2, SLOWEST)
            self._limits += 1
        self._resumed_at = resumes_at

    def measure(self, now: float) -> float:
        """Return the rate at which the site has answered lately."""
        since = max(min(self._resumed_at, now), now - MEASURED_OVER)
        answers = sum(1 for at in self._answers if at >= since)
        return answers / (now - since + BURST)


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Read how long the site asks to wait.

    Args:
        headers: The headers of a 429 or 503. `Retry-After` is in seconds or a date, and
            `X-RateLimit-Reset` an ISO 8601 time that may lack the seconds
            (https://developer.atlassian.com/cloud/confluence/rate-limiting/).

    Returns:
        Seconds, or None where the site says nothing, or nothing that can be meant.
    """
    candidates = (
        _seconds(headers.get("Retry-After")),
        _seconds_until(headers.get("Retry-After")),
        _seconds_until(headers.get("X-RateLimit-Reset")),
    )
    return next((wait for wait in candidates if wait is not None and wait <= ABSURD_WAIT), None)


def _seconds(value: str | None) -> float | None:
    if value is None or not value.strip().isdecimal():
        return None
    return float(value)


def _seconds_until(value: str | None) -> float | None:
    if not value or value.strip().isdecimal():
        return None
    try:
        timestamp = datetime.fromisoformat(value.strip())
    except ValueError:
        try:
            timestamp = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
    if timestamp.tzinfo is None:
        timestamp = timestamp.replace(tzinfo=UTC)
    return max((timestamp - datetime.now(UTC)).total_seconds(), 0.0)


def _too_long(wait: float, longest: float, headers: Mapping[str, str]) -> str:
    back = datetime.fromtimestamp(time.time() + wait, UTC).strftime("%Y-%m-%d %H:%M UTC")
    reason = headers.get("RateLimit-Reason")
    quota = f" ({reason})" if reason else ""
    return (
        f"The site's rate limit{quota} is spent: it wants a pause of {wait:.0f} s, more than "
        f"'max_rate_limit_wait' ({longest:.0f} s) allows. Run again after {back}; the state is "
        "written and the next run continues from it."
    )
