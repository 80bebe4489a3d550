"""The rate that a site is found to allow, by runs that exist only in simulated time."""

from __future__ import annotations

import random
from random import Random

import pytest

from tap_confluence.http.rate_limit.governor import RateLimit
from tests.http.limited_site import MINUTE, WORKERS, LimitedSite
from tests.http.simulated_time import SimulatedTime

SHARDS = 8


@pytest.fixture(autouse=True)
def _same_pauses_each_time() -> None:
    random.seed(1)


@pytest.mark.parametrize(("rate", "latency"), [(10, 0.05), (10, 0.3), (3, 0.1)])
def test_a_limit_is_met_about_once_a_minute_and_nearly_all_of_it_is_used(
    rate: float, latency: float
) -> None:
    site = LimitedSite(rate, burst=rate, latency=latency)

    site.serve(minutes=10)

    assert site.refused_between(MINUTE, 10 * MINUTE) <= 10
    assert site.used_after(MINUTE, 10 * MINUTE) >= 0.9


@pytest.mark.parametrize("burst", [3, 100])
def test_a_limit_is_also_found_where_it_allows_other_bursts_than_expected(burst: float) -> None:
    site = LimitedSite(10, burst=burst)

    site.serve(minutes=10)

    assert site.refused_between(5 * MINUTE, 10 * MINUTE) <= 6
    assert site.used_after(5 * MINUTE, 10 * MINUTE) >= 0.9


def test_a_limit_below_one_request_a_second_is_found_too() -> None:
    site = LimitedSite(0.5, burst=1)

    site.serve(minutes=20)

    assert site.refused_between(10 * MINUTE, 20 * MINUTE) <= 14
    assert site.used_after(10 * MINUTE, 20 * MINUTE) >= 0.8


@pytest.mark.parametrize(("rate", "then", "found_in"), [(2, 4, 5), (5, 20, 5), (20, 2, 1)])
def test_a_limit_that_changes_is_found_again(rate: float, then: float, found_in: float) -> None:
    site = LimitedSite(rate, burst=rate)
    site.serve(minutes=3)

    site.rate = then
    site.serve(minutes=3 + found_in + 2)

    found_at = (3 + found_in) * MINUTE
    assert site.used_after(found_at, found_at + 2 * MINUTE) >= 0.85
    assert site.refused_between(found_at, found_at + 2 * MINUTE) <= 6


def test_nothing_waits_while_the_site_does_not_limit() -> None:
    site = LimitedSite(1000, burst=1000)

    site.serve(minutes=1)

    assert site.refused_in(0) == 0
    assert site.used_after(0, MINUTE) == pytest.approx(WORKERS / 0.1 / 1000, rel=0.1)


@pytest.mark.parametrize(
    ("retry_after", "tells"), [(None, False), ("1", False), (None, True), ("0", True)]
)
def test_shards_that_know_nothing_of_each_other_share_one_limit(
    retry_after: str | None,
    tells: bool,  # noqa: FBT001
) -> None:
    site = LimitedSite(20, burst=20, runs=SHARDS, retry_after=retry_after, tells=tells)

    site.serve(minutes=4)

    shares = site.answered_between(MINUTE, 4 * MINUTE)
    assert site.used_after(MINUTE, 4 * MINUTE) >= 0.9
    assert min(shares) >= sum(shares) / SHARDS / 2
    assert site.refused_between(MINUTE, 4 * MINUTE) <= 0.02 * sum(shares)


def test_refusals_that_have_nothing_to_do_with_the_rate_do_not_bring_it_down() -> None:
    """Seven of 45 requests, one after the other, are refused wherever they come."""
    refused = set(Random(1).sample(range(45), 7))
    time = SimulatedTime()
    pace = RateLimit(clock=time.clock, sleep=time.sleep)

    def ask() -> None:
        for number in range(45):
            left_at = pace.wait_for_turn()
            time.sleep(0.1)
            if number in refused:
                pace.limited({"Retry-After": "1"}, left_at=left_at)
            else:
                pace.answered({}, left_at=left_at)

    time.run([ask])

    unhindered = 45 * 0.1 + pace.waited
    assert pace.waits == 7
    assert time.now <= 2.5 * unhindered


def test_a_spent_quota_says_nothing_about_the_rate() -> None:
    time = SimulatedTime()
    pace = RateLimit(clock=time.clock, sleep=time.sleep)
    spent = {"Retry-After": "600", "RateLimit-Reason": "confluence-quota-tenant-based"}

    def ask() -> None:
        pace.limited(spent, left_at=pace.wait_for_turn())
        for _ in range(50):
            pace.answered({}, left_at=pace.wait_for_turn())

    time.run([ask])

    assert time.now == 600
