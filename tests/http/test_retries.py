"""Answers that fail and pass: each is repeated, and the run is complete in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tap_confluence.http import Basic, Client, RateLimit, StopFlag
from tests.http.conftest import ROOT
from tests.running import run_tap, settings_of, truth_by_default
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from requests_mock import Mocker

    from tests.demo_site import DemoSite

FAILURES = ("500", "503", "503-retry-after", "reset", "cut-off", "not-json", "bad-json")
LIMITS = ("429", "429-retry-after", "429-absurd", "429-reset")
LIST = "/api/v2/pages"
DETAILS = "/api/v2/pages/"


@pytest.mark.each_value
@pytest.mark.parametrize("kind", [*FAILURES, "wrong-shape"])
@pytest.mark.parametrize("path", [LIST, DETAILS])
def test_a_failed_answer_is_asked_for_again(site: DemoSite, kind: str, path: str) -> None:
    site.faults.fail_next(2, kind, path)

    with waits_skipped() as waits:
        run = run_tap(settings_of(site), streams=("pages", "page_versions"))

    assert run.exit_status == 0
    assert set(run.keys("pages")) == site.truth()["pages"]
    assert set(run.keys("page_versions")) == site.truth()["page_versions"]
    assert len(waits.retries) == 2
    assert sum("Repeating /api/v2/pages" in line for line in run.log) == 2


@pytest.mark.each_value
@pytest.mark.parametrize("kind", LIMITS)
@pytest.mark.parametrize("path", [LIST, DETAILS])
def test_a_limited_request_is_sent_again_after_a_pause(
    site: DemoSite, kind: str, path: str
) -> None:
    site.faults.fail_next(2, kind, path, retry_after=2)

    with waits_skipped() as waits:
        run = run_tap(settings_of(site), streams=("pages", "page_versions"))

    assert run.exit_status == 0
    assert set(run.keys("page_versions")) == site.truth()["page_versions"]
    assert waits.pauses
    assert max(waits.pauses) < 130
    assert any("all requests wait" in line for line in run.log)


def test_a_limit_without_end_counts_no_retries(site: DemoSite) -> None:
    site.faults.fail_next(12, "429-retry-after", LIST, retry_after=1)

    with waits_skipped():
        run = run_tap(settings_of(site, max_retries=0, max_rate_limit_wait=60), streams=("pages",))

    assert run.exit_status == 0
    assert set(run.keys("pages")) == site.truth()["pages"]


def test_a_site_that_fails_all_the_time_is_read_whole(site: DemoSite) -> None:
    site.faults.fail_rate(0.2, [*FAILURES, *LIMITS], seed=3)

    with waits_skipped():
        run = run_tap(settings_of(site, max_retries=20))

    assert run.exit_status == 0, run.complaints
    for stream, keys in truth_by_default(site).items():
        written = run.keys(stream)
        assert len(written) == len(set(written)), stream
        assert set(written) == keys, stream


def test_a_limit_of_where_files_are_leaves_the_site_alone(requests_mock: Mocker) -> None:
    elsewhere = "https://media.example.com/file"
    limited = {"status_code": 429, "headers": {"Retry-After": "500"}}
    requests_mock.get(elsewhere, [limited, {"content": b"a file"}])
    requests_mock.get(f"{ROOT}{LIST}", json={"results": []})

    with waits_skipped() as waits:
        client = Client(ROOT, Basic("ana@example.com", "secret-token"), RateLimit(), StopFlag())
        with client.open(elsewhere, tag="attachments", signed=False) as response:
            assert response.content == b"a file"
        for _ in range(20):
            client.get(LIST, tag="pages")

    assert [round(pause) for pause in waits.pauses] == [500]
    assert (client.rate_limit.waits, client.total_usage.limited) == (1, 1)


def test_waits_between_retries_grow_by_the_same_amount(site: DemoSite) -> None:
    site.faults.fail_next(5, "500", LIST)

    with waits_skipped() as waits:
        run_tap(settings_of(site), streams=("pages",))

    for place, wait in enumerate(waits.retries, start=1):
        assert 0.7 * place <= wait <= 1.3 * place


@pytest.mark.parametrize(("asked", "waited"), [(7, 7.0), (120, 120.0), (4000, 30.0)])
def test_a_503_is_given_the_time_it_asks_for_within_reason(
    site: DemoSite, asked: int, waited: float
) -> None:
    site.faults.fail_next(1, "503-retry-after", LIST, retry_after=asked)

    with waits_skipped() as waits:
        run_tap(settings_of(site), streams=("pages",))

    assert waits.retries == [waited]


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        ("500", "raise 'max_retries', or have the administrators of the site"),
        ("504", "Lower 'page_size'"),
        ("reset", "'max_retries'"),
        ("cut-off", "'max_retries'"),
        ("not-json", "may answer in its place, such as a proxy"),
        ("wrong-shape", "may answer in its place, such as a proxy"),
    ],
)
def test_a_request_that_fails_every_time_ends_the_run_with_its_state_written(
    site: DemoSite, kind: str, remedy: str
) -> None:
    site.faults.fail_next(1000, kind, "/api/v2/tasks")

    with waits_skipped() as waits:
        run = run_tap(settings_of(site, max_retries=3), streams=("pages", "tasks"))

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert "Gave up on /api/v2/tasks after 4 tries" in complaint
    assert remedy in complaint
    assert len(waits.retries) == 3
    assert run.messages[-1]["type"] == "STATE"
    assert run.state["bookmarks"]["pages"]["replication_key_value"]
    assert "replication_key_value" not in run.state["bookmarks"].get("tasks", {})


def test_a_timeout_is_a_failure_like_any_other(site: DemoSite) -> None:
    site.faults.fail_next(1, "slow", LIST, delay=0.5)

    with waits_skipped() as waits:
        run = run_tap(settings_of(site, request_timeout=0.1), streams=("pages",))

    assert run.exit_status == 0
    assert set(run.keys("pages")) == site.truth()["pages"]
    assert waits.retries


def test_a_quota_that_is_spent_for_too_long_stops_the_run_and_says_when_to_come_back(
    site: DemoSite,
) -> None:
    site.faults.quota(100, reset_in=3000)

    with waits_skipped():
        run = run_tap(settings_of(site, max_rate_limit_wait=600))

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert "'max_rate_limit_wait' (600 s)" in complaint
    assert "Run again after" in complaint
    assert run.messages[-1]["type"] == "STATE"


def test_what_the_requests_have_cost_is_said_at_the_end(site: DemoSite) -> None:
    site.faults.fail_next(2, "500", LIST)
    site.faults.fail_next(1, "429-retry-after", LIST)

    with waits_skipped():
        run = run_tap(settings_of(site), streams=("pages",))

    [said] = [line for line in run.log if "In all:" in line]
    assert "2 retries, 1 rate-limited, 1 pauses of " in said
