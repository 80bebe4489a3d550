"""How many requests a second a site allows, learned from what it refuses."""

from __future__ import annotations

import math
from collections import deque

MEASURED_OVER = 20.0
"""Seconds over which the rate of answered requests is measured."""

MEASURED_WELL = 0.95
"""What of a rate is measured at least where nothing but that rate is in the way."""

BURST = 1.0
"""Seconds. So much of its rate a limit is taken to let through at once after a rest."""

CAUTIOUS = 1.0
"""Requests a second to begin with where hardly any were answered that could tell the rate."""

DOUBLED_IN = 3.0
"""Seconds in which the rate doubles while the limit is searched for."""

TELLING = 20
"""So many requests are answered between two refusals that tell where the limit is."""

SEARCHES = 8
"""After so many refusals the limit is taken for found, however close together they were: it may
be far below one request a second."""

TOGETHER = 8
"""Refusals between which fewer requests are answered are of one moment at which the limit was
exceeded: all but the first only pause, and hold the rate at what was answered."""

KEPT = 0.85
"""What is left of the rate after a refusal."""

CURVE = 1.5e-5
"""Requests a second, by the cube of seconds: how the rate comes back, and then exceeds."""

SLOW = 1.0
"""Requests a second below which the rate comes back more slowly: there a refusal costs more."""

SLOWEST = 0.1
FASTEST = 1000.0
"""Requests a second between which the rate is learned."""


class SiteRate:
    """Requests a second that a site allows.

    There is no limit before the first refusal. After it the rate starts from what was answered,
    and doubles every few seconds until the limit is found. From then on each refusal takes a share
    of the rate, which comes back along the curve of TCP CUBIC (RFC 9438): fast at first, slowly
    about where the limit was, and ever faster beyond. It rises by the same amount however high the
    rate is, and falls by a share of it, so that runs that know nothing of each other come to about
    equal parts of one limit.
    """

    def __init__(self) -> None:
        self._answers: deque[float] = deque(maxlen=int(FASTEST * MEASURED_OVER))
        self._first_answer = math.inf
        self._resumed_at = math.inf
        self._refusals = 0
        self._answers_since = 0
        self._is_found = False
        self._start = math.inf
        self._plateau = math.inf

    def at(self, now: float) -> float:
        """Return the rate at a time; infinite while no limit is known."""
        if not self._refusals:
            return math.inf
        seconds = max(now - self._resumed_at, 0.0)
        if not self._is_found:
            rate = self._start * math.exp2(min(seconds / DOUBLED_IN, 100.0))
        else:
            curve = CURVE * min(self._plateau / SLOW, 1.0)
            back_in = math.cbrt((self._plateau - self._start) / curve)
            rate = self._plateau + curve * (seconds - back_in) ** 3
        return min(rate, FASTEST)

    def answered(self, now: float) -> None:
        """Take note that the site allowed a request."""
        self._first_answer = min(self._first_answer, now)
        if not self._refusals:
            self._resumed_at = self._first_answer
        self._answers_since += 1
        self._answers.append(now)

    def limited(self, now: float, *, resumes_at: float) -> None:
        """Take note that the site refused a request, and from when on it may allow some."""
        if not self._refusals:
            self._refusals = 1
            self._start = max(self._measure(now, since=self._resumed_at), CAUTIOUS)
        elif self._answers_since:
            # As long as nothing was answered, another refusal says nothing about the rate.
            self._refusals += 1
            self._lower(now)
        self._answers_since = 0
        self._resumed_at = resumes_at

    def _lower(self, now: float) -> None:
        rate = self.at(now)
        # Pauses included, as what was answered in spite of them is allowed for certain.
        achieved = max(
            self._measure(now, since=self._resumed_at), self._measure(now, since=self._first_answer)
        )
        rate = max(min(achieved, rate), rate / 2, SLOWEST)
        self._is_found |= self._answers_since >= TELLING or self._refusals > SEARCHES
        if not self._is_found:
            self._start = rate
        elif self._answers_since < TOGETHER and self._plateau < math.inf:
            self._start = rate
            self._plateau = max(rate, KEPT * self._plateau)
        else:
            self._start = KEPT * rate
            # Who is refused below where the limit was shares it with others, and gives way to them.
            gives_way = rate < self._plateau < math.inf
            self._plateau = (rate + self._start) / 2 if gives_way else rate

    def _measure(self, now: float, *, since: float) -> float:
        """Return the rate at which the site has answered lately."""
        seconds = min(max(now - since, 0.0), MEASURED_OVER)
        answers = sum(1 for at in self._answers if at >= now - seconds)
        # What the site let through at once after a rest was before a time that is long enough.
        return answers / (seconds if seconds == MEASURED_OVER else seconds + BURST)
