"""The demo site misbehaves on request, and can be steered over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.demo_site.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(60)) as running:
        yield running


@pytest.fixture
def reader(site: DemoSite) -> Reader:
    return Reader(site)


def _steer(site: DemoSite, what: str, sent: dict[str, Any] | None = None) -> Any:
    url = f"{site.base_url.removesuffix('/wiki')}/_demo/{what}"
    if sent is None:
        return requests.get(url, timeout=10).json()
    response = requests.post(url, json=sent, timeout=10)
    response.raise_for_status()
    return response.json()


@pytest.mark.parametrize(
    ("kind", "status", "header"),
    [
        ("429", 429, None),
        ("429-retry-after", 429, ("Retry-After", "1")),
        ("429-absurd", 429, ("Retry-After", "9223372036854775807")),
        ("500", 500, None),
        ("503", 503, None),
        ("503-retry-after", 503, ("Retry-After", "1")),
    ],
)
def test_statuses_and_their_headers(
    reader: Reader, kind: str, status: int, header: tuple[str, str] | None
) -> None:
    reader.site.faults.fail_next(2, kind, "/api/v2/pages")
    assert reader.get("/api/v2/spaces").status_code == 200
    for _ in range(2):
        response = reader.get("/api/v2/pages")
        assert response.status_code == status
        assert response.headers.get("Retry-After") == (header[1] if header else None)
    assert reader.get("/api/v2/pages").status_code == 200
    assert [request.status for request in reader.site.requests] == [200, status, status, 200]


def test_the_reset_of_a_limit_lacks_seconds_and_lies_ahead(reader: Reader) -> None:
    reader.site.faults.fail_next(1, "429-reset")
    reset = reader.get("/api/v2/pages").headers["X-RateLimit-Reset"]
    assert len(reset) == len("2026-03-26T16:00Z")
    assert datetime.fromisoformat(reset) > datetime.now(tz=UTC)


@pytest.mark.parametrize("kind", ["reset", "cut-off"])
def test_connections_break(reader: Reader, kind: str) -> None:
    reader.site.faults.fail_next(1, kind)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        reader.get("/api/v2/pages")
    assert reader.site.requests[0].status == 0
    assert reader.get("/api/v2/pages").status_code == 200


def test_answers_that_are_not_what_they_should_be(reader: Reader) -> None:
    for kind in ("not-json", "bad-json"):
        reader.site.faults.fail_next(1, kind)
        response = reader.get("/api/v2/pages")
        assert response.status_code == 200
        with pytest.raises(requests.JSONDecodeError):
            response.json()
    reader.site.faults.fail_next(1, "wrong-shape")
    assert reader.get("/api/v2/pages").json() == []
    reader.site.faults.fail_next(1, "slow", delay=0.01)
    assert reader.get("/api/v2/pages").json()["results"]


def test_an_unknown_kind_of_failure_is_an_error(site: DemoSite) -> None:
    with pytest.raises(ValueError, match="no such kind"):
        site.faults.fail_next(1, "418")


def test_a_share_of_requests_fails_the_same_way_each_time(reader: Reader) -> None:
    seen = []
    for _ in range(2):
        reader.site.faults.fail_rate(0.4, ["500", "503"], seed=3)
        seen.append([reader.get("/api/v2/spaces?limit=1").status_code for _ in range(30)])
    assert seen[0] == seen[1]
    assert set(seen[0]) == {200, 500, 503}


def test_a_missing_scope_is_401(reader: Reader) -> None:
    reader.site.faults.deny_scope("/api/v2/tasks")
    response = reader.get("/api/v2/tasks")
    assert response.status_code == 401
    assert response.json() == {"code": 401, "message": "Unauthorized; scope does not match"}
    assert reader.get("/api/v2/pages").status_code == 200


@pytest.mark.parametrize("status", [403, 404])
def test_single_objects_can_be_refused(reader: Reader, status: int) -> None:
    first, second = reader.ids("pages", limit=250)[:2]
    reader.site.faults.forbid(rf"/api/v2/pages/{first}(/.*)?", status)
    assert reader.get(f"/api/v2/pages/{first}").status_code == status
    assert reader.get(f"/api/v2/pages/{first}/labels").status_code == status
    assert reader.get(f"/api/v2/pages/{second}").status_code == 200


def test_the_bucket_lets_a_burst_through_and_no_more(reader: Reader) -> None:
    reader.site.faults.requests_per_second = 5
    reader.site.faults.send_retry_after = True
    responses = [reader.get("/api/v2/spaces?limit=1") for _ in range(12)]
    statuses = [response.status_code for response in responses]
    assert statuses[:5] == [200] * 5
    assert 429 in statuses
    assert responses[statuses.index(429)].headers["Retry-After"] == "1"
    reader.site.faults.requests_per_second = None
    assert reader.get("/api/v2/spaces").status_code == 200


def test_a_quota_is_spent_by_rows(reader: Reader) -> None:
    reader.site.faults.quota(30, reset_in=3600)
    response = reader.get("/api/v2/pages?limit=26")
    assert response.headers["X-RateLimit-Limit"] == "30"
    assert response.headers["X-RateLimit-Remaining"] == "3"
    assert response.headers["X-RateLimit-NearLimit"] == "true"
    reader.get("/api/v2/pages?limit=26")
    response = reader.get("/api/v2/pages?limit=1")
    assert response.status_code == 429
    assert response.headers["RateLimit-Reason"] == "confluence-quota-tenant-based"


def test_a_hook_runs_before_each_request(reader: Reader) -> None:
    seen = []

    def hook(index: int, path: str) -> None:
        seen.append((index, path))
        if index == 1:
            reader.site.wiki.add_page(title="Made meanwhile")

    reader.site.faults.before_request = hook
    rows = reader.rows("pages", limit=40)
    assert seen == [(0, "/api/v2/pages"), (1, "/api/v2/pages")]
    assert rows[-1]["title"] == "Made meanwhile"


def test_requests_that_come_in_slowly_side_by_side_have_numbers_of_their_own(
    site: DemoSite,
) -> None:
    numbers: list[int] = []
    site.faults.before_request = lambda number, _path: numbers.append(number)
    address = urlsplit(site.base_url)
    connections = [HTTPConnection(address.hostname or "", address.port) for _ in range(2)]
    for connection in connections:
        connection.putrequest("POST", f"{address.path}/rest/api/content/search")
        connection.putheader("Content-Length", "2")
        connection.endheaders()
    ends = time.monotonic() + 10
    while len(site.requests) < len(connections) and time.monotonic() < ends:
        time.sleep(0.01)

    for connection in connections:
        connection.send(b"{}")
    for connection in connections:
        connection.getresponse().read()
        connection.close()

    assert sorted(numbers) == [0, 1]


def test_faults_can_be_cleared(reader: Reader) -> None:
    reader.site.faults.deny_scope("/")
    reader.site.faults.fail_next(5, "500")
    reader.site.faults.clear()
    assert reader.get("/api/v2/pages").status_code == 200


def test_requests_are_recorded_and_counted(reader: Reader) -> None:
    page = reader.ids("pages", limit=250)[0]
    reader.get(f"/api/v2/pages/{page}/labels?limit=3&limit=4")
    assert len(reader.site.requests) == 2
    assert reader.site.count("/api/v2/pages") == 2
    assert reader.site.count(f"/wiki/api/v2/pages/{page}") == 1
    recorded = reader.site.requests[-1]
    assert (recorded.method, recorded.path) == ("GET", f"/api/v2/pages/{page}/labels")
    assert recorded.query == {"limit": ["3", "4"]}
    told = _steer(reader.site, "requests")
    assert told["total"] == 2
    assert told["by_path"]["/api/v2/pages/{id}/labels"] == 1
    _steer(reader.site, "requests/clear", {})
    assert len(reader.site.requests) == 0


def test_changes_and_faults_come_over_http(reader: Reader) -> None:
    page = _steer(reader.site, "change", {"do": "add_page", "args": {"title": "From afar"}})
    assert reader.object(f"pages/{page['result']}")["title"] == "From afar"
    assert [page["result"]] in _steer(reader.site, "truth")["pages"]
    fault = {"name": "fail_next", "args": {"n": 1, "kind": "503"}}
    _steer(reader.site, "faults", fault)
    assert reader.get("/api/v2/pages").status_code == 503
    _steer(reader.site, "faults", {"name": "empty_pages", "args": {"value": True}})
    assert reader.site.empty_pages
    with pytest.raises(requests.HTTPError):
        _steer(reader.site, "change", {"do": "drop", "args": {}})


def test_the_command_says_where_it_serves_and_ends_when_told() -> None:
    command = [sys.executable, "-m", "tests.demo_site", "--pages", "30", "--no-replies-in-lists"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        told = json.loads(process.stdout.readline())
        url = f"{told['base_url']}/rest/api/user/current"
        user = requests.get(url, auth=(told["email"], told["api_token"]), timeout=10).json()
        assert user["type"] == "known"
        assert told["pid"] == process.pid
        process.terminate()
        assert process.wait(10) == 0


@pytest.mark.parametrize("make", [DemoSite, DataCenterSite])
def test_what_the_site_itself_gets_wrong_is_told_when_it_stops(make: Any) -> None:
    site = make(Wiki.plain())
    site.start()

    def go_wrong(_number: int, _path: str) -> None:
        raise KeyError(7)

    site.faults.before_request = go_wrong
    url = f"{site.base_url}/rest/api/space"
    path = urlsplit(url).path
    assert requests.get(url, timeout=10).status_code == 500

    with pytest.raises(ExceptionGroup) as told:
        site.stop()

    [error] = told.value.exceptions
    assert repr(error) == "KeyError(7)"
    assert error.__notes__ == [f"as it was asked for GET {path}"]
    site.stop()
