"""How fast requests may leave: one governor for all requests of a run."""

from __future__ import annotations

import itertools
import logging
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

THROUGHPUT_WINDOW = 2.0
"""Seconds over which the rate of answered requests is measured."""

SETTLED_AFTER = 30.0
"""Seconds without a limit after which the present rate counts as nearly right."""

PROBE_AFTER = 60.0
"""Seconds to keep a rate that works before trying a higher one."""

NEAR_LIMIT_FACTOR = 0.5
"""What is left of the rate while `X-RateLimit-NearLimit` is true."""


class Pace:
    """Lets requests leave no faster than the site, or the user, allows.

    Without a ceiling and without a 429, requests leave at once. A 429 pauses all of them, once;
    afterwards the rate is the one that worked, less a margin, and grows again slowly (additive
    increase, multiplicative decrease).

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
        self._ceiling = requests_per_second
        self._longest_wait = longest_wait
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._rate = requests_per_second
        self._next_start = 0.0
        self._paused_until = 0.0
        self._limited_at = -SETTLED_AFTER
        self._grown_at = 0.0
        self._answered: deque[float] = deque(maxlen=10_000)
        self._pauses_in_a_row = 0
        self._waited_in_a_row = 0.0
        self._near_limit = False

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
                    rate = self._current_rate(now)
                    self._next_start = now + 1.0 / rate if rate else 0.0
                    return now
            self._sleep(start - now)

    def answered(self, headers: Mapping[str, str]) -> None:
        """Take note of an answer that was not a limit.

        Args:
            headers: The headers of the answer.
        """
        with self._lock:
            self._answered.append(self._clock())
            self._pauses_in_a_row = 0
            self._waited_in_a_row = 0.0
            self._near_limit = headers.get("X-RateLimit-NearLimit", "").lower() == "true"

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
            wait = self._unasked_wait() if asked is None else asked
            self._waited_in_a_row += wait
            if self._waited_in_a_row > self._longest_wait:
                raise RateLimitError(_too_long(wait, self._longest_wait, headers))
            self._slow_down(now)
            self._pauses_in_a_row += 1
            self.waits += 1
            self._paused_until = now + wait
            self._next_start = self._paused_until
        logger.warning("Rate limit of the site reached: all requests wait %.1f s", wait)

    def _current_rate(self, now: float) -> float | None:
        """Return requests a second, after letting a rate that works grow; None is unlimited."""
        if self._rate is None:
            return None
        settled_for = now - self._limited_at
        if self._rate != self._ceiling and settled_for > PROBE_AFTER:
            seconds = now - max(self._grown_at, self._limited_at + PROBE_AFTER)
            self._rate += 0.01 * self._rate * max(seconds, 0.0)
            self._rate = min(self._rate, self._ceiling) if self._ceiling else self._rate
            self._grown_at = now
        return self._rate * (NEAR_LIMIT_FACTOR if self._near_limit else 1.0)

    def _slow_down(self, now: float) -> None:
        settled = now - self._limited_at > SETTLED_AFTER
        if self._rate is None or (self._rate == self._ceiling and not settled):
            reached = self._throughput(now)
            self._rate = max(min(reached, self._rate or reached) * 0.7, 0.1)
        else:
            self._rate = max(self._rate * (0.95 if settled else 0.7), 0.1)
        self._limited_at = self._grown_at = now

    def _throughput(self, now: float) -> float:
        recent = sum(1 for at in reversed(self._answered) if now - at <= THROUGHPUT_WINDOW)
        return max(recent / THROUGHPUT_WINDOW, 1.0)

    def _unasked_wait(self) -> float:
        growth = backoff.expo(base=2, factor=1, max_value=LONGEST_UNASKED_WAIT)
        growth.send(None)
        wait = next(itertools.islice(growth, self._pauses_in_a_row, None))
        return float(wait) * random.uniform(0.7, 1.3)  # noqa: S311


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Read how long the site asks to wait.

    Args:
        headers: The headers of a 429 or 503. `Retry-After` is in seconds or a date, and
            `X-RateLimit-Reset` an ISO 8601 moment that may lack the seconds
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
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _too_long(wait: float, longest: float, headers: Mapping[str, str]) -> str:
    back = datetime.fromtimestamp(time.time() + wait, UTC).strftime("%Y-%m-%d %H:%M UTC")
    reason = headers.get("RateLimit-Reason")
    quota = f" ({reason})" if reason else ""
    return (
        f"The site's rate limit{quota} is spent: it wants a pause of {wait:.0f} s, more than "
        f"'max_rate_limit_wait' ({longest:.0f} s) allows. Run again after {back}; the state is "
        "written and the next run continues from it."
    )
