"""The pace that a site asks for before it refuses anything, in simulated time."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from tap_confluence.http.rate_limit.governor import RateLimit
from tests.http.limited_site import MINUTE, LimitedSite
from tests.http.simulated_time import SimulatedTime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LATENCY = 0.1
NEAR = {"X-RateLimit-NearLimit": "true"}
QUOTA_SPENT = {"RateLimit-Reason": "confluence-quota-tenant-based"}
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def seconds_for(
    requests: int, headers: Callable[[float], Mapping[str, str]], *, workers: int = 8
) -> float:
    """Return how long so many requests take to a site whose answers have headers by the time."""
    time = SimulatedTime()
    pace = RateLimit(clock=time.clock, sleep=time.sleep)
    to_ask = iter(range(requests))

    def ask() -> None:
        for _ in to_ask:
            left_at = pace.wait_for_turn()
            time.sleep(LATENCY)
            while "Retry-After" in (told := headers(time.now)):
                pace.limited(told, left_at=left_at)
                left_at = pace.wait_for_turn()
                time.sleep(LATENCY)
            pace.answered(told, left_at=left_at)

    time.run([ask] * workers)
    return time.now


@pytest.mark.parametrize("workers", [1, 8, 32])
@pytest.mark.parametrize("requests", [50, 1000])
def test_near_a_limit_a_fifth_of_the_rate_is_given_up_and_no_more(
    requests: int, workers: int
) -> None:
    unhindered = seconds_for(requests, lambda _: {}, workers=workers)

    slowed = seconds_for(requests, lambda _: NEAR, workers=workers)

    assert slowed <= 1.25 * unhindered + LATENCY
    assert slowed > unhindered


def test_slow_answers_are_not_waited_for_longer_than_a_second_more() -> None:
    time = SimulatedTime()
    pace = RateLimit(clock=time.clock, sleep=time.sleep)

    def ask() -> None:
        for _ in range(10):
            left_at = pace.wait_for_turn()
            time.sleep(20)
            pace.answered(NEAR, left_at=left_at)

    time.run([ask])

    assert time.now == 10 * 20 + 9


def test_what_is_no_longer_near_a_limit_is_asked_as_fast_as_before() -> None:
    def for_two_seconds(now: float) -> Mapping[str, str]:
        return NEAR if now < 2 else {}

    unhindered = seconds_for(1000, lambda _: {})

    assert seconds_for(1000, for_two_seconds) <= unhindered + 0.5 + LATENCY


class QuotaSite:
    """A site that allows so many requests a minute, and tells what is left of them."""

    def __init__(self, allowed: int, cost: int = 1) -> None:
        self.allowed = allowed
        self.refused = 0
        self.cost = cost
        self._minute = 0
        self._left = allowed

    def answer(self, now: float) -> Mapping[str, str]:
        minute, seconds = divmod(now, MINUTE)
        if minute > self._minute:
            self._minute, self._left = int(minute), self.allowed
        if self._left < self.cost:
            self.refused += 1
            return {"Retry-After": str(math.ceil(MINUTE - seconds)), **QUOTA_SPENT}
        self._left -= self.cost
        reset = NOON + timedelta(seconds=(minute + 1) * MINUTE)
        return {
            "Date": format_datetime(NOON + timedelta(seconds=minute * MINUTE + seconds)),
            "X-RateLimit-Limit": str(self.allowed),
            "X-RateLimit-Remaining": str(self._left),
            "X-RateLimit-Reset": reset.strftime("%Y-%m-%dT%H:%MZ"),
            "X-RateLimit-NearLimit": str(self._left * 5 < self.allowed).lower(),
        }


@pytest.mark.parametrize("cost", [1, 10])
def test_what_is_left_near_a_limit_lasts_until_there_is_more(cost: int) -> None:
    site = QuotaSite(600 * cost, cost)

    took = seconds_for(1500, site.answer)

    assert site.refused <= 4
    assert took <= 2.5 * MINUTE


def test_a_run_that_needs_less_than_is_left_is_hardly_slowed() -> None:
    site = QuotaSite(600)
    site.answer(0.0)
    unhindered = seconds_for(450, lambda _: {})

    assert seconds_for(450, site.answer) <= unhindered + LATENCY


def test_numbers_that_allow_more_than_is_asked_slow_nothing() -> None:
    plenty = {
        **NEAR,
        "Date": format_datetime(NOON),
        "X-RateLimit-Remaining": "12000",
        "X-RateLimit-Reset": "2026-11-28T12:02Z",
    }
    unhindered = seconds_for(500, lambda _: {})

    assert seconds_for(500, lambda _: plenty) <= unhindered + LATENCY


def test_however_little_is_left_a_request_a_second_leaves() -> None:
    """Until the site says how long to wait."""
    little = {**NEAR, "RateLimit": '"tenant-app-quota";r=1;t=3000'}

    assert seconds_for(50, lambda _: little) <= 51


def test_a_bucket_whose_filling_is_told_is_not_emptied() -> None:
    site = LimitedSite(10, burst=30, tells=True)

    site.serve(minutes=5)

    assert site.refused_between(0, 5 * MINUTE) == 0
    assert site.used_after(MINUTE, 5 * MINUTE) >= 0.95


def test_a_full_bucket_is_taken_from_at_once() -> None:
    full = {
        "X-RateLimit-Limit": "100",
        "X-RateLimit-Remaining": "60",
        "X-RateLimit-FillRate": "10",
        "X-RateLimit-Interval-Seconds": "60",
    }
    unhindered = seconds_for(40, lambda _: {})

    assert seconds_for(40, lambda _: full) == pytest.approx(unhindered)


def test_a_large_bucket_that_others_have_emptied_is_not_left_to_them() -> None:
    empty = {
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-FillRate": "16",
        "X-RateLimit-Interval-Seconds": "1",
    }

    assert 40 <= seconds_for(50, lambda _: empty) <= 50
