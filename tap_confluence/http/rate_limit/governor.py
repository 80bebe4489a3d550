"""How fast requests may leave: one governor for all requests of a run."""

from __future__ import annotations

import itertools
import logging
import math
import random
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import backoff

from tap_confluence.errors import RateLimitError
from tap_confluence.http.rate_limit.headers import asked_wait, is_of_quota
from tap_confluence.http.rate_limit.site_rate import SiteRate
from tap_confluence.http.rate_limit.told_pace import ToldPace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

logger = logging.getLogger("tap-confluence")

LONGEST_UNASKED_WAIT = 60.0
"""Seconds to pause at most when the site says that it limits, but not for how long."""


@dataclass
class Pauses:
    """How often all requests paused, and for how many seconds in all."""

    count: int = 0
    seconds: float = 0.0


class RateLimit:
    """Lets requests leave no faster than the site, or the user, allows.

    Without a ceiling, without a 429 and as long as no answer asks for less, requests leave at once.
    A 429 pauses all of them, once; afterwards they leave at the rate that the site has shown to
    allow.

    Args:
        requests_per_second: The user's ceiling, if any.
        longest_wait: Seconds the site may ask to wait, in one pause or in pauses between which
            no request succeeded.
        clock: Seconds that only grow.
        sleep: Waits for so many seconds, or less when the run is asked to stop.
        pauses: Counts the pauses, if they are not to be counted by themselves.
    """

    def __init__(
        self,
        *,
        requests_per_second: float | None = None,
        longest_wait: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        pauses: Pauses | None = None,
    ) -> None:
        self._pauses = pauses or Pauses()
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
        self._told = ToldPace()
        self._has_said_so = False

    def __str__(self) -> str:
        """Say in words what the limits have cost."""
        return f"{self.waits} pauses of {self.waited:.1f} s in all"

    @property
    def waits(self) -> int:
        """How often all requests paused."""
        return self._pauses.count

    @property
    def waited(self) -> float:
        """Seconds for which they did, in all."""
        return self._pauses.seconds

    def elsewhere(self) -> RateLimit:
        """Return a limit for another host, which knows nothing of the site's.

        The settings hold for it too, and its pauses are counted with those of the site.
        """
        return RateLimit(
            requests_per_second=self._ceiling,
            longest_wait=self._longest_wait,
            clock=self._clock,
            sleep=self._sleep,
            pauses=self._pauses,
        )

    def wait_for_turn(self) -> float:
        """Wait until the next request may leave.

        Returns:
            When the request leaves, by the clock. Give it back to `answered` or `limited`.
        """
        if rest := self._told.rest:
            self._sleep(rest)
        while True:
            with self._lock:
                now = self._clock()
                start = max(now, self._next_start, self._paused_until)
                if start <= now:
                    self._next_start = now + 1.0 / self._rate(now)
                    return now
            self._sleep(start - now)

    def answered(self, headers: Mapping[str, str], *, left_at: float) -> None:
        """Take note of an answer that was not a limit.

        Args:
            headers: The headers of the answer.
            left_at: When the request left, as `wait_for_turn` said.
        """
        with self._lock:
            now = self._clock()
            self._site_rate.answered(now)
            self._told.answered(headers, took=now - left_at)
            if self._told.is_near_limit and not self._has_said_so:
                self._has_said_so = True
                logger.info("The site says that its rate limit is near: requests leave more slowly")
            self._pauses_in_a_row = 0
            self._waited_in_a_row = 0.0

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
            self._pauses.count += 1
            self._pauses.seconds += wait
            self._limited_at = now
            self._paused_until = self._next_start = now + wait
            if not is_of_quota(headers):
                self._site_rate.limited(now, resumes_at=self._paused_until)
        logger.warning("Rate limit of the site reached: all requests wait %.1f s", wait)

    def _rate(self, now: float) -> float:
        """Return requests a second, which may be infinitely many."""
        return min(self._site_rate.at(now), self._ceiling or math.inf, self._told.rate)

    def _unasked_wait(self) -> float:
        growth = backoff.expo(base=2, factor=1, max_value=LONGEST_UNASKED_WAIT)
        growth.send(None)
        wait = next(itertools.islice(growth, self._pauses_in_a_row, None))
        return float(wait) * random.uniform(0.7, 1.3)  # noqa: S311


def _too_long(wait: float, longest: float, headers: Mapping[str, str]) -> str:
    back = datetime.fromtimestamp(time.time() + wait, UTC).strftime("%Y-%m-%d %H:%M UTC")
    reason = headers.get("RateLimit-Reason")
    quota = f" ({reason})" if reason else ""
    return (
        f"The site's rate limit{quota} is spent: it wants a pause of {wait:.0f} s, more than "
        f"'max_rate_limit_wait' ({longest:.0f} s) allows. Run again after {back}; the state is "
        "written and the next run continues from it."
    )
