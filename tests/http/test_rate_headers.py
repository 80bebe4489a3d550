"""What is read of a rate limit in the headers of answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_confluence.http.rate_limit.headers import (
    Bucket,
    Quota,
    asked_wait,
    bucket,
    is_near_limit,
    is_of_quota,
    quotas,
)

NOON = "Sat, 28 Nov 2026 12:00:00 GMT"


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


def test_a_moment_is_told_from_the_clock_of_the_site() -> None:
    """The clock here is years apart from it."""
    assert asked_wait({"Date": NOON, "X-RateLimit-Reset": "2026-11-28T12:05Z"}) == 300
    assert asked_wait({"Date": NOON, "Retry-After": "Sat, 28 Nov 2026 12:00:07 GMT"}) == 7


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"X-RateLimit-Remaining": "120", "X-RateLimit-Reset": "2026-11-28T12:10Z"}, [(120, 600)]),
        ({"RateLimit": '"global-app-quota";r=11000;t=600'}, [(11000, 600)]),
        (
            {"RateLimit": '"global-app-quota";r=9;t=60, "tenant-app-quota";r=1;t=6'},
            [(9, 60), (1, 6)],
        ),
        ({"X-RateLimit-Remaining": "120"}, []),
        ({"X-RateLimit-Remaining": "120", "X-RateLimit-Reset": "2026-11-28T11:59Z"}, []),
        ({"X-RateLimit-Remaining": "120", "X-RateLimit-Reset": "2036-11-28T11:59Z"}, []),
        ({"X-RateLimit-Remaining": "-1", "X-RateLimit-Reset": "2026-11-28T12:10Z"}, []),
        ({"X-RateLimit-Remaining": "NaN", "X-RateLimit-Reset": "2026-11-28T12:10Z"}, []),
        ({"X-Beta-RateLimit-Remaining": "1", "Beta-RateLimit": '"global-app-quota";r=1;t=6'}, []),
        ({}, []),
    ],
)
def test_what_is_left_of_a_quota_is_read(
    headers: dict[str, str], told: list[tuple[float, float]]
) -> None:
    found = list(quotas({"Date": NOON, **headers}))

    assert found == [Quota(left, seconds) for left, seconds in told]


OF_BUCKET = {
    "X-RateLimit-Limit": "20",
    "X-RateLimit-Remaining": "7",
    "X-RateLimit-FillRate": "30",
    "X-RateLimit-Interval-Seconds": "60",
}


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, Bucket(20, 7, 0.5)),
        ({"X-RateLimit-Remaining": "0"}, Bucket(20, 0, 0.5)),
        ({"X-RateLimit-Limit": "0"}, None),
        ({"X-RateLimit-FillRate": "0"}, None),
        ({"X-RateLimit-Interval-Seconds": "0"}, None),
        ({"X-RateLimit-Interval-Seconds": ""}, None),
        ({"X-RateLimit-FillRate": "inf"}, None),
        ({"X-RateLimit-Remaining": "-3"}, None),
        ({"X-RateLimit-Limit": "9" * 400}, None),
    ],
)
def test_the_bucket_of_data_center_is_read(headers: dict[str, str], told: Bucket | None) -> None:
    assert bucket({**OF_BUCKET, **headers}) == told


@pytest.mark.parametrize(
    ("value", "is_near"),
    [("true", True), ("TRUE", True), (" true", True), ("false", False), ("maybe", False)],
)
def test_whether_a_limit_is_near_is_read(value: str, is_near: bool) -> None:  # noqa: FBT001
    assert is_near_limit({"X-RateLimit-NearLimit": value}) == is_near
    assert not is_near_limit({"X-Beta-RateLimit-NearLimit": value})


@pytest.mark.parametrize(
    ("reason", "is_spent"),
    [
        ("confluence-quota-global-based", True),
        ("confluence-quota-tenant-based", True),
        ("conf-global-based", True),
        ("confluence-burst-based", False),
        ("", False),
    ],
)
def test_a_spent_quota_is_told_from_a_burst(reason: str, is_spent: bool) -> None:  # noqa: FBT001
    assert is_of_quota({"RateLimit-Reason": reason}) == is_spent
