"""A site with a limit, and runs that ask it as fast as they may, in simulated time."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tap_confluence.http.rate_limit.governor import RateLimit
from tests.http.simulated_time import SimulatedTime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WORKERS = 8
MINUTE = 60.0


class LimitedRun:
    """One of the runs, which knows nothing of the others.

    Attributes:
        rate_limit: What paces it.
        allowed: When its requests were answered.
        refused: When they were refused.
    """

    def __init__(self, time: SimulatedTime) -> None:
        self.rate_limit = RateLimit(clock=time.clock, sleep=time.sleep)
        self.allowed: list[float] = []
        self.refused: list[float] = []

    def answered_in(self, start: float, end: float) -> int:
        """Count the requests that were answered in a time."""
        return sum(start <= at < end for at in self.allowed)


class LimitedSite:
    """A site with a token bucket, and runs with eight requests in flight each.

    Args:
        rate: Requests a second that it allows in the long run.
        burst: Requests that it allows at once after a rest.
        latency: Seconds an answer takes on average.
        runs: How many runs share it.
        retry_after: What a refusal says of how long to wait, if anything.
        tells: Whether answers have the headers of Data Center.
    """

    def __init__(  # noqa: PLR0913
        self,
        rate: float,
        *,
        burst: float,
        latency: float = 0.1,
        runs: int = 1,
        retry_after: str | None = None,
        tells: bool = False,
    ) -> None:
        self.time = SimulatedTime()
        self.runs = [LimitedRun(self.time) for _ in range(runs)]
        self.rate = rate
        self._burst = self._tokens = burst
        self._filled_at = 0.0
        self._latency = latency
        self._retry_after = retry_after
        self._tells = tells
        self._dice = Random(1)

    def serve(self, minutes: float) -> None:
        """Let all runs ask until so much time has passed since the beginning."""
        end = minutes * MINUTE
        self.time.run([self._asking(run, end) for run in self.runs for _ in range(WORKERS)])

    def refused_in(self, minute: int) -> int:
        """Count the refusals in one minute."""
        return self.refused_between(minute * MINUTE, (minute + 1) * MINUTE)

    def refused_between(self, start: float, end: float) -> int:
        """Count the refusals in a time."""
        return sum(start <= at < end for run in self.runs for at in run.refused)

    def answered_between(self, start: float, end: float) -> list[int]:
        """Count the answers in a time, run by run."""
        return [run.answered_in(start, end) for run in self.runs]

    def used_after(self, start: float, end: float) -> float:
        """Return the share of what was allowed that was used in a time."""
        return sum(self.answered_between(start, end)) / (end - start) / self.rate

    def _asking(self, run: LimitedRun, end: float) -> Callable[[], None]:
        def ask() -> None:
            while self.time.now < end:
                left_at = run.rate_limit.wait_for_turn()
                under_way = self._latency * self._dice.uniform(0.5, 1.5)
                self.time.sleep(under_way / 2)
                is_allowed = self._take()
                headers = self._headers(is_allowed=is_allowed)
                self.time.sleep(under_way / 2)
                if is_allowed:
                    run.allowed.append(self.time.now)
                    run.rate_limit.answered(headers, left_at=left_at)
                else:
                    run.refused.append(self.time.now)
                    run.rate_limit.limited(headers, left_at=left_at)

        return ask

    def _take(self) -> bool:
        now = self.time.now
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self.rate)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _headers(self, *, is_allowed: bool) -> Mapping[str, str]:
        headers = {}
        if self._tells:
            headers = {
                "X-RateLimit-Limit": f"{self._burst:.0f}",
                "X-RateLimit-Remaining": str(int(self._tokens)),
                "X-RateLimit-Interval-Seconds": "1",
                "X-RateLimit-FillRate": f"{self.rate:.0f}",
            }
        if self._retry_after is not None and not is_allowed:
            headers["Retry-After"] = self._retry_after
        return headers
