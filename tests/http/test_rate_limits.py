"""The pace of requests, against sites that exist only in simulated time."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tap_confluence.errors import RateLimitError
from tap_confluence.http.rate_limit import RateLimit, asked_wait
from tests.http.simulated_time import SimulatedTime

WORKERS = 8
MINUTE = 60.0


class LimitedSite:
    """A site with a token bucket, and clients that ask it as fast as they may.

    Args:
        rate: Requests a second that it allows in the long run.
        burst: Requests that it allows at once after a rest.
        latency: Seconds an answer takes on average.
    """

    def __init__(self, rate: float, *, burst: float, latency: float = 0.1) -> None:
        self.time = SimulatedTime()
        self.rate_limit = RateLimit(clock=self.time.clock, sleep=self.time.sleep)
        self.allowed: list[float] = []
        self.refused: list[float] = []
        self.rate = rate
        self._burst = self._tokens = burst
        self._filled_at = 0.0
        self._latency = latency
        self._dice = Random(1)

    def serve(self, minutes: float) -> None:
        """Let all clients ask for so long."""
        end = minutes * MINUTE
        self.time.run([lambda: self._ask_until(end)] * WORKERS)

    def refused_in(self, minute: int) -> int:
        """Count the refusals in one minute."""
        return sum(minute * MINUTE <= at < (minute + 1) * MINUTE for at in self.refused)

    def used_after(self, start: float, end: float) -> float:
        """Return the share of what was allowed that was used in a time."""
        return sum(start <= at < end for at in self.allowed) / (end - start) / self.rate

    def _ask_until(self, end: float) -> None:
        while self.time.now < end:
            left_at = self.rate_limit.wait_for_turn()
            under_way = self._latency * self._dice.uniform(0.5, 1.5)
            self.time.sleep(under_way / 2)
            is_allowed = self._take()
            self.time.sleep(under_way / 2)
            if is_allowed:
                self.allowed.append(self.time.now)
                self.rate_limit.answered({})
            else:
                self.refused.append(self.time.now)
                self.rate_limit.limited({}, left_at=left_at)

    def _take(self) -> bool:
        now = self.time.now
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self.rate)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


@pytest.mark.parametrize(("rate", "latency"), [(10, 0.05), (10, 0.3), (3, 0.1)])
def test_a_limit_is_met_at_most_once_a_minute_and_nearly_all_of_it_is_used(
    rate: float, latency: float
) -> None:
    site = LimitedSite(rate, burst=rate, latency=latency)

    site.serve(minutes=10)

    assert [site.refused_in(minute) for minute in range(1, 10) if site.refused_in(minute) > 1] == []
    assert site.used_after(MINUTE, 10 * MINUTE) >= 0.9


@pytest.mark.parametrize("burst", [3, 100])
def test_a_limit_is_also_found_where_it_allows_other_bursts_than_expected(burst: float) -> None:
    site = LimitedSite(10, burst=burst)

    site.serve(minutes=10)

    assert sum(site.refused_in(minute) for minute in range(5, 10)) <= 5
    assert site.used_after(5 * MINUTE, 10 * MINUTE) >= 0.9


def test_a_limit_below_one_request_a_second_is_found_too() -> None:
    site = LimitedSite(0.5, burst=1)

    site.serve(minutes=20)

    assert sum(site.refused_in(minute) for minute in range(10, 20)) <= 10
    assert site.used_after(10 * MINUTE, 20 * MINUTE) >= 0.8


def test_a_limit_that_is_raised_is_used() -> None:
    site = LimitedSite(2, burst=2)
    site.serve(minutes=3)

    site.rate = 4
    site.serve(minutes=15)

    assert site.used_after(13 * MINUTE, 15 * MINUTE) >= 0.9


def test_nothing_waits_while_the_site_does_not_limit() -> None:
    site = LimitedSite(1000, burst=1000)

    site.serve(minutes=1)

    assert site.refused == []
    assert site.used_after(0, MINUTE) == pytest.approx(WORKERS / 0.1 / 1000, rel=0.1)


def test_a_429_to_each_of_eight_requests_in_flight_pauses_once() -> None:
    time = SimulatedTime()
    pace = RateLimit(clock=time.clock, sleep=time.sleep)

    def ask() -> None:
        left_at = pace.wait_for_turn()
        time.sleep(0.1)
        pace.limited({"Retry-After": "5"}, left_at=left_at)

    time.run([ask] * WORKERS)
    resumed_at: list[float] = []
    time.run([lambda: resumed_at.append(pace.wait_for_turn())])

    assert pace.waits == 1
    assert resumed_at == [pytest.approx(5.1)]


def test_the_users_ceiling_is_kept() -> None:
    time = SimulatedTime()
    pace = RateLimit(requests_per_second=4, clock=time.clock, sleep=time.sleep)
    left_at: list[float] = []

    def ask() -> None:
        for _ in range(10):
            left_at.append(pace.wait_for_turn())
            pace.answered({})

    time.run([ask] * WORKERS)

    gaps = [later - earlier for earlier, later in itertools.pairwise(left_at)]
    assert gaps == [pytest.approx(0.25)] * (10 * WORKERS - 1)


def test_a_limit_above_the_users_ceiling_does_not_lift_it() -> None:
    time = SimulatedTime()
    pace = RateLimit(requests_per_second=4, clock=time.clock, sleep=time.sleep)
    left_at: list[float] = []

    def ask() -> None:
        pace.limited({"Retry-After": "1"}, left_at=pace.wait_for_turn())
        for _ in range(200):
            left_at.append(pace.wait_for_turn())
            pace.answered({})

    time.run([ask])

    gaps = [later - earlier for earlier, later in itertools.pairwise(left_at)]
    assert min(gaps) == pytest.approx(0.25)


def test_near_its_limit_the_site_is_asked_half_as_often() -> None:
    time = SimulatedTime()
    pace = RateLimit(clock=time.clock, sleep=time.sleep)
    left_at: list[float] = []

    def ask(count: int, headers: dict[str, str]) -> None:
        for _ in range(count):
            left_at.append(pace.wait_for_turn())
            time.sleep(0.1)
            pace.answered(headers)

    time.run([lambda: ask(200, {})])
    time.run([lambda: ask(50, {"X-RateLimit-NearLimit": "true"})])
    slowed = left_at[-1] - left_at[-2]
    time.run([lambda: ask(3, {"X-RateLimit-NearLimit": "false"})])

    assert slowed == pytest.approx(0.2, rel=0.1)
    assert left_at[-1] - left_at[-2] == pytest.approx(0.1)


def test_pauses_that_the_site_does_not_ask_for_grow_while_nothing_is_answered() -> None:
    time = SimulatedTime()
    pace = RateLimit(clock=time.clock, sleep=time.sleep)

    def ask() -> None:
        for _ in range(8):
            pace.limited({}, left_at=pace.wait_for_turn())
        pace.wait_for_turn()

    time.run([ask])

    for place, pause in enumerate(time.slept):
        expected = min(2**place, 60)
        assert 0.7 * expected <= pause <= 1.3 * expected


def test_a_pause_longer_than_allowed_ends_the_run_and_says_when_to_come_back() -> None:
    pace = RateLimit(longest_wait=600)
    left_at = pace.wait_for_turn()
    back = datetime.now(UTC) + timedelta(seconds=1800)

    with pytest.raises(RateLimitError) as raised:
        pace.limited(
            {"Retry-After": "1800", "RateLimit-Reason": "confluence-quota-tenant-based"},
            left_at=left_at,
        )

    message = str(raised.value)
    assert "confluence-quota-tenant-based" in message
    assert "'max_rate_limit_wait' (600 s)" in message
    [named] = re.findall(r"Run again after (.* UTC)", message)
    moment = datetime.strptime(named, "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
    assert abs(moment - back) <= timedelta(minutes=1)


def pauses_of_a_site_that_always_limits(retry_after: str) -> list[float]:
    """Return for how long one waits for it, one pause after the other, until the run gives up."""
    time = SimulatedTime()
    pace = RateLimit(longest_wait=100, clock=time.clock, sleep=time.sleep)
    failures: list[RateLimitError] = []

    def ask() -> None:
        try:
            while True:
                pace.limited({"Retry-After": retry_after}, left_at=pace.wait_for_turn())
        except RateLimitError as error:
            failures.append(error)

    time.run([ask])
    assert len(failures) == 1
    return time.slept


def test_pauses_between_which_nothing_is_answered_add_up_to_the_longest() -> None:
    assert pauses_of_a_site_that_always_limits("40") == [40, 40]


def test_a_site_that_asks_for_no_wait_again_and_again_is_waited_for() -> None:
    assert len(pauses_of_a_site_that_always_limits("0")) < 20


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17),
        ({"Retry-After": " 0 "}, 0),
        ({"Retry-After": "9223372036854775807"}, None),
        ({"Retry-After": "9223372036854775807", "X-RateLimit-Limit": "0"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"X-RateLimit-Reset": "in a while"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_a_site_asks_for_is_read(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert asked_wait(headers) == seconds


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("Retry-After", "%a, %d %b %Y %H:%M:%S GMT"),
        ("X-RateLimit-Reset", "%Y-%m-%dT%H:%M:%SZ"),
        ("X-RateLimit-Reset", "%Y-%m-%dT%H:%M:%S.000Z"),
        ("X-RateLimit-Reset", "%Y-%m-%dT%H:%MZ"),
    ],
)
def test_the_moment_that_a_site_names_is_waited_for(name: str, layout: str) -> None:
    moment = (datetime.now(UTC) + timedelta(minutes=30)).replace(second=0, microsecond=0)

    wait = asked_wait({name: moment.strftime(layout)})

    assert wait is not None
    assert abs(wait - (moment - datetime.now(UTC)).total_seconds()) < 5


def test_a_moment_that_has_passed_is_not_waited_for() -> None:
    assert asked_wait({"X-RateLimit-Reset": "2020-01-01T00:00Z"}) == 0
