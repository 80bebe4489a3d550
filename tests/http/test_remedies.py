"""What a message tells to do fits what went wrong, on both deployments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.http.other_sites import other_site
from tests.running import run_tap, settings_of
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

Site = DemoSite | DataCenterSite
GATEWAY = "use_api_gateway"


@pytest.fixture
def cloud() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=20, seed=3)) as site:
        yield site


@pytest.fixture
def data_center() -> Iterator[DataCenterSite]:
    with DataCenterSite(Wiki.seeded(pages=20, seed=3)) as site:
        yield site


def settings(site: Site, **more: Any) -> Json:
    if isinstance(site, DemoSite):
        return settings_of(site, **more)
    token = {"base_url": site.base_url, "personal_access_token": site.personal_access_token}
    return {**token, "anchor_date": "2000-01-01", **more}


def run_at(site: Site, *streams: str, **more: Any) -> Run:
    with waits_skipped():
        return run_tap(settings(site, max_concurrency=1, **more), streams=streams)


def complaint_of(run: Run) -> str:
    assert run.exit_status == 1
    assert "Traceback" not in run.stderr
    [complaint] = run.complaints
    return complaint


def refuse_nth(site: Site, path: str, number: int, status: int, times: int = 1) -> None:
    """Refuse some requests for a path, from its n-th on."""
    asked = 0

    def count(_: int, asked_path: str) -> None:
        nonlocal asked
        asked += asked_path == path
        if asked_path == path and number <= asked < number + times:
            site.faults.forbid(path, status)
        elif asked_path == path:
            site.faults.forget_forbidden()

    site.faults.before_request = count


def test_one_refusal_amid_a_list_is_tried_again(cloud: DemoSite) -> None:
    refuse_nth(cloud, "/api/v2/pages", 3, 403)

    run = run_at(cloud, "pages", page_size=5)

    assert run.exit_status == 0, run.complaints
    assert set(run.keys("pages")) == cloud.truth()["pages"]


def test_a_list_that_is_refused_from_its_middle_on_is_to_be_run_again_first(
    cloud: DemoSite,
) -> None:
    refuse_nth(cloud, "/api/v2/pages", 3, 403, times=100)

    complaint = complaint_of(run_at(cloud, "pages", "groups", page_size=5))

    assert "Run again first, as the list was given up to there" in complaint
    assert "the scope read:page:confluence" in complaint


def test_a_list_that_is_refused_from_its_beginning_wants_a_right(cloud: DemoSite) -> None:
    cloud.faults.forbid("/api/v2/pages", 403)

    complaint = complaint_of(run_at(cloud, "pages"))

    assert "'pages' needs a right the account lacks" in complaint
    assert "Give the account the right" in complaint
    assert "Run again first" not in complaint
    assert cloud.count("/api/v2/pages") == 1


def test_a_scope_that_lacks_is_all_that_is_asked_for(cloud: DemoSite) -> None:
    cloud.faults.deny_scope("/api/v2/tasks")

    complaint = complaint_of(run_at(cloud, "tasks"))

    assert "'tasks' needs the scope read:task:confluence" in complaint
    assert "Give the token the scope." in complaint
    assert "the right" not in complaint


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (410, "install the newest one"),
        (400, "report this line to its authors"),
        (405, "report this line to its authors"),
    ],
)
def test_what_no_right_changes_is_not_said_to_want_one(
    cloud: DemoSite, data_center: DataCenterSite, status: int, remedy: str
) -> None:
    cloud.faults.forbid("/api/v2/tasks", status)
    data_center.faults.forbid("/rest/api/group", status)

    for site, stream in ((cloud, "tasks"), (data_center, "groups")):
        complaint = complaint_of(run_at(site, stream, "spaces"))

        assert f"'{stream}' cannot be read (" in complaint
        assert remedy in complaint
        assert "Or deselect the stream" in complaint
        assert not any(word in complaint for word in ("scope", "the right", GATEWAY))


def test_a_search_that_is_refused_on_data_center_is_not_for_want_of_a_right(
    data_center: DataCenterSite,
) -> None:
    first = run_tap(settings(data_center), streams=("attachments",))
    assert first.exit_status == 0
    data_center.faults.forbid("/rest/api/content/search", 400)

    with waits_skipped():
        run = run_tap(settings(data_center), first.state, streams=("attachments",))

    complaint = complaint_of(run)
    assert "/rest/api/content/search answered 400" in complaint
    assert "index of the site is being rebuilt" in complaint
    assert not any(word in complaint for word in ("scope", "the right", GATEWAY))


def test_a_bad_token_of_data_center_is_not_sent_to_the_gateway(
    data_center: DataCenterSite,
) -> None:
    mistyped = {"personal_access_token": "mistyped-token"}

    run = run_at(data_center, "spaces", **mistyped)

    complaint = complaint_of(run)
    assert run.stdout == ""
    assert "mistyped, expired or revoked" in complaint
    assert GATEWAY not in complaint
    assert "mistyped-token" not in complaint


def test_a_wrong_password_of_data_center_is_not_sent_to_the_gateway(
    data_center: DataCenterSite,
) -> None:
    config = {"base_url": data_center.base_url, "username": "ana", "password": "wrong-password"}

    run = run_tap(config, streams=("spaces",))

    assert GATEWAY not in complaint_of(run)


SECRET = "0123456789-secret"  # noqa: S105 - of nobody
LICENCE = f"Current user not permitted to use\nConfluence; token {SECRET}"


@pytest.mark.parametrize("kind", ["cloud", "data center"])
def test_a_missing_licence_is_said_in_the_words_of_the_site(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HTTP_PROXY", raising=False)
    body = json.dumps({"statusCode": 403, "message": LICENCE})
    ways: dict[str, Json] = {
        "cloud": {"email": "ana@example.com", "api_token": SECRET},
        "data center": {"personal_access_token": SECRET},
    }
    with other_site(403, body, "application/json") as url:
        run = run_tap({"base_url": f"{url}/wiki", **ways[kind]})

    complaint = complaint_of(run)
    assert run.stdout == ""
    assert "'Current user not permitted to use Confluence; token ***'" in complaint
    assert "has no licence: have an administrator give it access" in complaint
    assert kind == "cloud" or GATEWAY not in complaint


@pytest.mark.parametrize("page_size", [250, 5])
def test_a_list_that_takes_too_long_is_to_be_read_in_smaller_pages(
    cloud: DemoSite, page_size: int
) -> None:
    cloud.faults.fail_next(100, "504", "/api/v2/pages")

    complaint = complaint_of(run_at(cloud, "pages", page_size=page_size, max_retries=1))

    assert "504" in complaint
    assert "Lower 'page_size'" in complaint
    assert "request_timeout" not in complaint


def test_no_answer_in_time_is_no_matter_of_retries(cloud: DemoSite) -> None:
    cloud.faults.fail_next(100, "slow", "/api/v2/tasks", delay=1.0)

    run = run_at(cloud, "tasks", max_retries=0, request_timeout=0.2)

    assert "Raise 'request_timeout'" in complaint_of(run)
