"""Credentials as files and people hand them over: with line ends, in any script, or spoilt."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import GatewaySite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.http.other_sites import other_site
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from pathlib import Path

    from tests.demo_site import DemoSite

AROUND = ("\n", "\r\n", " \t\n")
STREAM = ("groups",)


@pytest.fixture
def data_center() -> Iterator[DataCenterSite]:
    with DataCenterSite(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


@pytest.mark.parametrize("end", AROUND)
def test_an_api_token_and_an_address_may_come_with_white_space(site: DemoSite, end: str) -> None:
    config = settings_of(site, email=f" {site.email}{end}", api_token=f"{end}{site.api_token}{end}")

    assert run_tap(config, streams=STREAM).exit_status == 0


@pytest.mark.parametrize("end", AROUND)
def test_a_personal_access_token_may_come_with_white_space(
    data_center: DataCenterSite, end: str
) -> None:
    token = f" {data_center.personal_access_token}{end}"

    run = run_tap(
        {"base_url": data_center.base_url, "personal_access_token": token}, streams=STREAM
    )

    assert run.exit_status == 0, run.stderr


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_user_name_and_a_password_may_come_with_line_ends(
    data_center: DataCenterSite, end: str
) -> None:
    name, password = f"{data_center.username}{end}", f"{data_center.password}{end}"
    config = {"base_url": data_center.base_url, "username": name, "password": password}

    assert run_tap(config, streams=STREAM).exit_status == 0


def test_the_credentials_of_oauth_may_come_with_white_space(tmp_path: Path) -> None:
    with GatewaySite(Wiki.seeded(pages=12, seed=7)) as site:
        credentials = {
            "client_id": f"{site.client_id}\n",
            "client_secret": f" {site.client_secret}\r\n",
            "refresh_token": f"{site.refresh_token}\n",
            "access_token": "ended-long-ago\n",
            "token_file": str(tmp_path / "token.json"),
        }
        config = {
            "base_url": site.base_url,
            "api_gateway_url": site.gateway_url,
            "oauth_token_url": site.oauth_token_url,
            "oauth_credentials": credentials,
        }

        run = run_tap(config, streams=STREAM)

    assert run.exit_status == 0, run.stderr


@pytest.mark.parametrize(
    ("name", "password"),
    [("ana", "pässwörd “quoted”"), ("анна", "пароль"), ("ana", "  spaces are part of it  ")],
)
def test_basic_credentials_are_sent_in_utf_8(name: str, password: str) -> None:
    received: list[Message] = []
    with other_site(404, received=received) as url:
        run_tap({"base_url": f"{url}/wiki", "username": name, "password": password})

    [scheme, sent] = received[0]["Authorization"].split()
    assert scheme == "Basic"
    assert base64.b64decode(sent).decode() == f"{name}:{password}"


SPOILT = {
    "a line break": "hun\nter2-hunter2",
    "a null": "hunter2\x00hunter2",
    "half a character": "hunter2\ud800hunter2",
}
SPOILT_TOKENS = {
    **SPOILT,
    "a typographic quote": "“hunter2-hunter2”",
    "a space": "hunter2 hunter2",
    "another script": "hünter2-hunter2",
}


def complaint_about(site: DemoSite | DataCenterSite, config: dict[str, Any]) -> str:
    """Return the line that says what is wrong, before the site is asked anything."""
    run = run_tap({"base_url": site.base_url, **config})
    assert (run.exit_status, run.stdout) == (1, "")
    assert site.requests == []
    assert "hunter2" not in run.stderr
    assert "Traceback" not in run.stderr
    [complaint] = run.complaints
    return complaint


@pytest.mark.parametrize("spoilt", SPOILT_TOKENS)
def test_a_token_that_cannot_be_sent_is_refused_by_name(site: DemoSite, spoilt: str) -> None:
    token = SPOILT_TOKENS[spoilt]
    oauth = {"client_id": "id", "client_secret": "s", "access_token": token}

    pat = complaint_about(site, {"personal_access_token": token})
    access = complaint_about(site, {"deployment": "cloud", "oauth_credentials": oauth})
    scoped = complaint_about(
        site, {"api_token": token, "use_api_gateway": True, "cloud_id": site.cloud_id}
    )

    assert "'personal_access_token' contains" in pat
    assert "'oauth_credentials.access_token' contains" in access
    assert "'api_token' contains" in scoped


@pytest.mark.parametrize("spoilt", SPOILT)
@pytest.mark.parametrize(
    "name", ["email", "api_token", "username", "password", "client_id", "client_secret"]
)
def test_a_secret_with_a_control_character_is_refused_by_name(
    site: DemoSite, name: str, spoilt: str
) -> None:
    good = {
        "email": {"email": "ana@example.com", "api_token": "token"},
        "username": {"username": "ana", "password": "password"},
        "client_id": {"client_id": "id", "client_secret": "secret"},
    }
    [parts] = [each for each in good.values() if name in each]
    given: dict[str, Any] = {**parts, name: SPOILT[spoilt]}
    if "client_id" in given:
        given = {"deployment": "cloud", "oauth_credentials": given}

    assert f"{name}' contains a line break" in complaint_about(site, given)


@pytest.mark.parametrize("agent", ["tap\nX-Forged: 1", "tap “1”", "tap\x00"])
def test_a_user_agent_that_cannot_be_sent_is_refused(site: DemoSite, agent: str) -> None:
    config = settings_of(site, user_agent=agent)

    assert "'user_agent' contains" in complaint_about(site, config)


def test_a_name_with_a_colon_is_refused(site: DemoSite) -> None:
    config = {"username": "a:b", "password": "hunter2-hunter2"}

    assert "'username' contains a colon" in complaint_about(site, config)


@pytest.mark.parametrize("empty", ["", "\n", "  "])
def test_a_secret_of_nothing_but_white_space_is_missing(site: DemoSite, empty: str) -> None:
    config = settings_of(site, api_token=empty)

    assert "'api_token' is missing" in complaint_about(site, config)
    oauth = {"client_id": "id", "client_secret": empty}
    assert "'oauth_credentials.client_secret' is empty" in complaint_about(
        site, {"deployment": "cloud", "oauth_credentials": oauth}
    )
