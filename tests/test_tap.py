"""The tap as a whole: what every Singer tap must do, and what must not depend on chance."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk.testing import SuiteConfig, get_tap_test_class

from tap_confluence.tap import TapConfluence
from tests.demo_site import DemoSite, Wiki
from tests.running import run_command, run_tap, settings_of, signals_left_alone
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Run

SETTINGS: dict[str, Any] = {
    "base_url": "http://127.0.0.1/wiki",
    "email": DemoSite.email,
    "api_token": DemoSite.api_token,
    "anchor_date": "2000-01-01",
}
"""The SDK wants the settings before there is a site; the address is filled in once there is."""

with signals_left_alone():
    StandardTests = get_tap_test_class(
        TapConfluence,
        config=SETTINGS,
        suite_config=SuiteConfig(max_records_limit=1000),
        parse_env_config=False,
    )
NOT_NULL = "test_tap_stream_attribute_not_null"
# The SDK takes a property for one that is never null when null is one of the types in `oneOf`.
StandardTests.params[NOT_NULL] = [
    param for param in StandardTests.params[NOT_NULL] if not param.id.endswith("properties.value")
]


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=40, seed=7)) as site:
        yield site


class TestTapConfluence(StandardTests):  # type: ignore[valid-type,misc]
    """The standard tests of the SDK, against a live site."""

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def standard_site(cls) -> Iterator[DemoSite]:
        with DemoSite(Wiki.seeded(pages=20, seed=7)) as site, signals_left_alone():
            SETTINGS["base_url"] = site.base_url
            yield site


def comparable(run: Run) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the messages without their moments, and the bookmarks at the end.

    When a STATE message is due depends on how long the run takes.
    """
    timed = {"time_extracted", "version"}
    messages = [{k: v for k, v in m.items() if k not in timed} for m in run.messages]
    bookmarks = run.state["bookmarks"].items()
    return (
        [message for message in messages if message["type"] != "STATE"],
        {name: entry.get("replication_key_value") for name, entry in bookmarks},
    )


@pytest.mark.parametrize("replies_in_lists", [True, False])
def test_many_requests_in_flight_give_the_same_output_as_one(*, replies_in_lists: bool) -> None:
    with DemoSite(Wiki.seeded(pages=20, seed=7), replies_in_lists=replies_in_lists) as site:
        one = run_tap(settings_of(site, max_concurrency=1, page_size=20))
        many = run_tap(settings_of(site, max_concurrency=8, page_size=20))

    assert comparable(one) == comparable(many)


def test_output_does_not_depend_on_which_answers_fail() -> None:
    with DemoSite(Wiki.seeded(pages=20, seed=7)) as site:
        smooth = run_tap(settings_of(site))
        site.faults.fail_rate(0.1, ["500", "reset", "429", "not-json"], seed=5)
        with waits_skipped():
            rough = run_tap(settings_of(site, max_retries=20))

    assert comparable(smooth) == comparable(rough)


def test_no_secret_is_in_the_output_or_the_log_at_any_level(site: DemoSite) -> None:
    pair = f"{site.email}:{site.api_token}".encode()
    site.faults.forbid(r"/api/v2/pages/\d+", 403)
    site.faults.deny_scope("/api/v2/tasks")

    run = run_command(settings_of(site), environment={"TAP_CONFLUENCE_LOGLEVEL": "DEBUG"})

    assert run.exit_status == 1
    assert "DEBUG" in run.stderr
    for written in (run.stdout, run.stderr):
        assert site.api_token not in written
        assert base64.b64encode(pair).decode().rstrip("=") not in written
        assert base64.b64encode(site.api_token.encode()).decode().rstrip("=") not in written
        assert "Authorization" not in written


def test_an_error_does_not_show_a_secret_either() -> None:
    token = "a-very-secret-token"  # noqa: S105
    config = {"base_url": "http://127.0.0.1:1/wiki", "email": "ana@example.com", "api_token": token}

    run = run_command(config, environment={"TAP_CONFLUENCE_LOGLEVEL": "DEBUG"})

    assert run.exit_status == 1
    assert token not in run.stderr


@pytest.mark.parametrize("bookmarks", [[], {"pages": "2024-01-01"}])
def test_a_state_of_something_else_is_refused(site: DemoSite, bookmarks: Any) -> None:
    run = run_tap(settings_of(site), state={"bookmarks": bookmarks})

    assert run.exit_status == 1
    assert run.stdout == ""
    assert "not a Singer state" in run.complaints[0]


def test_a_bookmark_that_is_no_moment_is_refused_and_named(site: DemoSite) -> None:
    entry = {"replication_key": "modifiedAt", "replication_key_value": "yesterday"}

    run = run_tap(settings_of(site), state={"bookmarks": {"pages": entry}})

    assert run.exit_status == 1
    assert run.stdout == ""
    assert "'yesterday' of 'pages'" in run.complaints[0]


def test_a_bookmark_in_the_future_is_warned_of(site: DemoSite) -> None:
    entry = {"replication_key": "modifiedAt", "replication_key_value": "2999-01-01T00:00:00.000Z"}

    run = run_tap(settings_of(site), state={"bookmarks": {"groups": entry}}, streams=("groups",))

    assert run.exit_status == 0
    assert any("lies in the future" in line for line in run.log)


def test_credentials_revoked_in_the_middle_are_not_taken_for_deletions(site: DemoSite) -> None:
    streams = ("pages", "page_versions", "page_labels")

    def revoke(number: int, path: str) -> None:
        del path
        if number == 40:
            # REST v2 answers credentials that are refused with 404.
            site._authorization = "Basic another"  # noqa: SLF001

    authorization = site._authorization  # noqa: SLF001
    site.faults.before_request = revoke
    first = run_tap(settings_of(site), streams=streams)
    site.faults.before_request = None
    site._authorization = authorization  # noqa: SLF001
    second = run_tap(settings_of(site), state=first.state, streams=streams)

    assert first.exit_status == 1
    assert "does not accept the credentials" in first.complaints[0]
    assert first.activated == set()
    for stream in streams:
        assert {*first.keys(stream), *second.keys(stream)} == site.truth()[stream], stream


def test_records_may_be_written_in_batches(site: DemoSite, tmp_path: Any) -> None:
    batches = {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": f"file://{tmp_path}"},
    }

    run = run_tap(settings_of(site, batch_config=batches), streams=("groups",))

    assert run.exit_status == 0
    [batch] = [message for message in run.messages if message["type"] == "BATCH"]
    assert batch["stream"] == "groups"
    assert run.activated == set()
    assert json.dumps(batch["manifest"]).count(str(tmp_path)) >= 1
