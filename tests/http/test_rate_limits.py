"""What pauses all requests, and for how long, in simulated time."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest

from tap_confluence.errors import RateLimitError
from tap_confluence.http.rate_limit.governor import RateLimit
from tests.http.simulated_time import SimulatedTime

WORKERS = 8


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


def test_a_limit_of_another_host_neither_pauses_nor_slows_the_site() -> None:
    time = SimulatedTime()
    pace = RateLimit(clock=time.clock, sleep=time.sleep)
    files = pace.elsewhere()
    left_at: list[float] = []

    def ask() -> None:
        files.limited({"Retry-After": "60"}, left_at=files.wait_for_turn())
        left_at.extend(pace.wait_for_turn() for _ in range(20))
        left_at.append(files.wait_for_turn())

    time.run([ask])

    assert left_at == [0.0] * 20 + [60.0]
    assert (pace.waits, pace.waited) == (1, 60.0)


def test_the_users_ceiling_is_kept() -> None:
    time = SimulatedTime()
    pace = RateLimit(requests_per_second=4, clock=time.clock, sleep=time.sleep)
    left_at: list[float] = []

    def ask() -> None:
        for _ in range(10):
            left_at.append(pace.wait_for_turn())
            pace.answered({}, left_at=left_at[-1])

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
            pace.answered({}, left_at=left_at[-1])

    time.run([ask])

    gaps = [later - earlier for earlier, later in itertools.pairwise(left_at)]
    assert min(gaps) == pytest.approx(0.25)


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
