"""One request: what it carries, where it goes, and what is made of its answer."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import requests

from tap_confluence.errors import (
    ConfluenceError,
    EndpointGoneError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    SignInError,
    SiteError,
)
from tap_confluence.http import Basic, Client, RateLimit, Usage
from tests.http.conftest import ROOT
from tests.http.other_sites import other_site
from tests.running import captured_log
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

    from requests_mock import Mocker

    from tap_confluence.http import StopFlag

PATH = "/api/v2/pages"
SECRETS = ("secret-token", "YW5hQGV4YW1wbGUuY29tOnNlY3JldC10b2tlbg")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_takes_no_credentials_along(
    client: Client, requests_mock: Mocker, status: int
) -> None:
    elsewhere = requests_mock.get("https://elsewhere.example.com/wiki/api/v2/pages", json={})
    requests_mock.get(
        f"{ROOT}{PATH}",
        status_code=status,
        headers={"Location": "https://elsewhere.example.com/wiki/api/v2/pages"},
    )

    with pytest.raises(SiteError, match=r"redirects /api/v2/pages to elsewhere\.example\.com"):
        client.get(PATH, tag="pages")

    assert not elsewhere.called


def test_no_cookie_is_sent_back(stop: StopFlag) -> None:
    received: list[Message] = []
    cookie = "JSESSIONID=1; Path=/"
    with other_site(200, "{}", "application/json", received=received, Set_Cookie=cookie) as url:
        client = Client(url, Basic("ana@example.com", "secret-token"), RateLimit(), stop)
        client.get(PATH, tag="pages")
        client.get(PATH, tag="pages")

    assert [request["Cookie"] for request in received] == [None, None]


def test_a_password_in_netrc_is_not_used(
    client: Client, requests_mock: Mocker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.example.com login eve password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert requests.utils.get_netrc_auth(ROOT) == ("eve", "other")
    requests_mock.get(f"{ROOT}{PATH}", json={})

    client.get(PATH, tag="pages")

    header = requests_mock.request_history[-1].headers["Authorization"]
    assert header == "Basic YW5hQGV4YW1wbGUuY29tOnNlY3JldC10b2tlbg=="


def test_credentials_with_letters_of_any_alphabet_are_sent_as_utf_8(
    requests_mock: Mocker, stop: StopFlag
) -> None:
    requests_mock.get(f"{ROOT}{PATH}", json={})

    Client(ROOT, Basic("zoë", "пароль"), RateLimit(), stop).get(PATH, tag="pages")

    assert (
        requests_mock.request_history[-1].headers["Authorization"]
        == "Basic em/DqzrQv9Cw0YDQvtC70Yw="
    )


def test_the_request_says_who_asks_and_what_it_wants(client: Client, requests_mock: Mocker) -> None:
    requests_mock.get(f"{ROOT}{PATH}", json={})

    client.get(PATH, {"status": ["current", "archived"]}, tag="pages")

    [sent] = requests_mock.request_history
    assert sent.headers["User-Agent"].startswith("tap-confluence/")
    assert sent.headers["Accept"] == "application/json"
    assert sent.url == f"{ROOT}{PATH}?status=current&status=archived"


def test_numbers_keep_all_their_digits(client: Client, requests_mock: Mocker) -> None:
    requests_mock.get(f"{ROOT}{PATH}", text='{"value": 0.10000000000000000001}')

    body = client.get(PATH, tag="pages").body

    assert body["value"] == Decimal("0.10000000000000000001")


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (
            (401, {"code": 401, "message": "Unauthorized; scope does not match"}),
            ScopeError,
            "scope",
        ),
        ((401, {}), SignInError, "credentials"),
        ((403, {"statusCode": 403, "message": "Not permitted"}), ForbiddenError, "Not permitted"),
        ((404, {"errors": [{"title": "No such page", "detail": None}]}), NotFoundError, "No such"),
        ((404, {"errors": [{"title": "A", "detail": "Line\none"}]}), NotFoundError, "Line one"),
        ((410, {"message": "Gone for good"}), EndpointGoneError, "Gone for good"),
        ((400, {"errors": [{"title": "Bad cursor"}]}), RefusedError, "answered 400: Bad cursor"),
        ((400, {"errors": ["Bad"]}), RefusedError, "answered 400"),
        ((400, ["Bad"]), RefusedError, "answered 400"),
    ],
)
def test_a_refusal_is_not_repeated_and_keeps_what_the_site_says(
    client: Client,
    requests_mock: Mocker,
    answer: tuple[int, object],
    error: type[Exception],
    said: str,
) -> None:
    status, body = answer
    requests_mock.get(f"{ROOT}{PATH}", status_code=status, json=body)

    with pytest.raises(error, match=said):
        client.get(PATH, tag="pages")

    assert requests_mock.call_count == 1


def test_a_refusal_in_html_is_named_not_shown(client: Client, requests_mock: Mocker) -> None:
    page = "<html><body><form id='form-login'></form></body></html>"
    requests_mock.get(f"{ROOT}{PATH}", status_code=404, reason="Not Found", text=page)

    with pytest.raises(NotFoundError, match=r"^Not Found$"):
        client.get(PATH, tag="pages")


@pytest.mark.parametrize("status", [200, 401, 403, 404, 500])
def test_an_answer_that_repeats_the_credentials_is_not_shown(
    client: Client, requests_mock: Mocker, status: int
) -> None:
    echoed = f"Authorization: Basic {SECRETS[1]}== is secret-token"
    requests_mock.get(f"{ROOT}{PATH}", status_code=status, text=f"<pre>{echoed}</pre>")

    with captured_log() as log, waits_skipped(), pytest.raises(ConfluenceError) as raised:
        client.get(PATH, tag="pages")

    for secret in SECRETS:
        assert secret not in str(raised.value)
        assert secret not in log.getvalue()


def test_a_connection_error_does_not_show_the_query(client: Client, requests_mock: Mocker) -> None:
    requests_mock.get(f"{ROOT}{PATH}", exc=requests.ConnectionError(f"{ROOT}{PATH}?cursor=long"))
    # Only a site that was never reached is taken for a wrong one.
    requests_mock.get(f"{ROOT}/rest/api/user/current", json={})
    client.get("/rest/api/user/current", tag="sign-in")

    with waits_skipped(), pytest.raises(RetriesExhaustedError) as raised:
        client.get(PATH, tag="pages")

    assert "cursor" not in str(raised.value)
    assert "ConnectionError" in str(raised.value)


def test_requests_points_and_retries_are_counted_by_stream(
    client: Client, requests_mock: Mocker
) -> None:
    requests_mock.get(
        f"{ROOT}{PATH}", [{"status_code": 500}, {"json": {"results": [{"id": "1"}, {"id": "2"}]}}]
    )
    requests_mock.get(f"{ROOT}/rest/api/group", json={"results": [{"id": "1"}, {"id": "2"}]})

    with waits_skipped():
        client.get(PATH, tag="pages")
        client.get("/rest/api/group", tag="groups")

    assert client.usage["pages"] == Usage(requests=2, points=3, retries=1)
    assert client.usage["groups"] == Usage(requests=1, points=5)


def test_the_sites_clock_is_told(client: Client, requests_mock: Mocker) -> None:
    requests_mock.get(f"{ROOT}{PATH}", json={}, headers={"Date": "Thu, 02 Jan 2020 03:04:05 GMT"})

    client.get(PATH, tag="pages")

    assert client.site_time().isoformat().startswith("2020-01-02T03:04")


@pytest.mark.parametrize(
    "date",
    [
        *("Mon, 02 Jan 2040 03:04:05 GMT", "Fri, 31 Dec 9999 23:59:59 -1400", "tomorrow", ""),
        *("Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 -0000"),
    ],
)
def test_a_clock_that_cannot_be_right_is_not_believed(
    client: Client, requests_mock: Mocker, date: str
) -> None:
    requests_mock.get(f"{ROOT}{PATH}", json={}, headers={"Date": date})
    before = datetime.now(UTC)

    client.get(PATH, tag="pages")

    assert before <= client.site_time() <= datetime.now(UTC)
