"""How fast a site asks to be asked, by the headers of its answers, before it refuses anything."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tap_confluence.http.rate_limit.headers import bucket, is_near_limit, quotas

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tap_confluence.http.rate_limit.headers import Bucket, Quota

REST = 0.25
"""Of the time that an answer takes: how long each request waits while the site is near a limit and
does not say how much is left. So a fifth of the rate is given up, whatever the rate is."""

LONGEST_REST = 1.0
"""Seconds."""

SLOWEST_NEAR_LIMIT = 1.0
"""Requests a second that leave at least, however little is left of a quota: once it is spent, the
site says how long to wait, and nothing was lost by it."""

SPARED = 0.5
"""The share of a token bucket below which no more is taken than comes in."""

FEWEST = 1 / 16
"""The share of what comes into a bucket that a run takes even when nothing is in it."""

SMOOTHED_OVER = 10
"""Answers over which the time that one takes is averaged."""


class ToldPace:
    """The pace that answers ask for.

    Nothing but the last answer counts, so that the pace is back at once when the site says so.

    Attributes:
        rate: Requests a second that may leave at most; infinitely many while nothing is said.
        rest: Seconds for which each request waits besides.
        is_near_limit: Whether the site says that a limit is near.
    """

    def __init__(self) -> None:
        self.rate = math.inf
        self.rest = 0.0
        self.is_near_limit = False
        self._latency = 0.0
        self._spending = Spending()

    def answered(self, headers: Mapping[str, str], *, took: float) -> None:
        """Take note of an answer that was not a limit, and of the seconds that it took."""
        self._latency += (took - self._latency) / (SMOOTHED_OVER if self._latency else 1)
        self.rate, self.rest = math.inf, 0.0
        self.is_near_limit = is_near_limit(headers)
        lasting = self._spending.rate(quotas(headers))
        if tokens := bucket(headers):
            self.rate = _sustained(tokens)
        elif not self.is_near_limit:
            return
        elif lasting is not None:
            self.rate = max(lasting, SLOWEST_NEAR_LIMIT)
        else:
            self.rest = min(REST * self._latency, LONGEST_REST)


class Spending:
    """What a request costs of a quota, by what was left of it before and after."""

    def __init__(self) -> None:
        self._had = -math.inf
        self._answers = 0

    def rate(self, told: Iterable[Quota]) -> float | None:
        """Return the requests a second with which what is left lasts until there is more.

        Args:
            told: What an answer says is left, if anything.
        """
        quota = min(told, key=lambda each: each.left / each.seconds, default=None)
        if quota is None:
            return None
        self._answers += 1
        if quota.left > self._had:
            # It was filled up again, or this is the first answer.
            self._had, self._answers = quota.left, 0
        # What others spend meanwhile is in it, and so leaves this run its part.
        cost = max((self._had - quota.left) / max(self._answers, 1), 1.0)
        return quota.left / cost / quota.seconds


def _sustained(tokens: Bucket) -> float:
    """Return the rate at which a bucket stays about as full as it should.

    All runs that share it see the same, and so come to equal parts of it.
    """
    # Only whole tokens are told: of an empty bucket half a one may be there.
    share = max(tokens.left, 0.5) / tokens.size / SPARED
    return math.inf if share > 1 else tokens.rate * max(share, FEWEST)
