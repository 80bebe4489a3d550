from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import GatewaySite, Wiki
from tests.running import run_tap
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Config = dict[str, Any]


@pytest.fixture
def gateway() -> Iterator[GatewaySite]:
    with GatewaySite(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


@pytest.fixture
def oauth(gateway: GatewaySite, tmp_path: Path) -> Config:
    return {
        "base_url": gateway.base_url,
        "api_gateway_url": gateway.gateway_url,
        "oauth_token_url": gateway.oauth_token_url,
        "anchor_date": "2000-01-01",
        "oauth_credentials": {
            "client_id": gateway.client_id,
            "client_secret": gateway.client_secret,
            "refresh_token": gateway.refresh_token,
            "token_file": str(tmp_path / "token.json"),
        },
    }


def pages_of(site: GatewaySite) -> set[str]:
    return {page_id for (page_id,) in site.truth()["pages"]}


def test_a_run_signed_in_by_oauth_reads_all_pages_through_the_gateway(
    gateway: GatewaySite, oauth: Config
) -> None:
    run = run_tap(oauth)

    assert run.exit_status == 0, run.stderr
    assert {page["id"] for page in run.records["pages"]} == pages_of(gateway)
    signed = [request for request in gateway.requests if request.authorization]
    assert signed
    assert {request.through for request in signed} == {"gateway"}


@pytest.mark.parametrize("way", ["byte-order-mark", "raw-control-characters"])
def test_gateway_and_token_server_may_write_json_loosely(
    gateway: GatewaySite, oauth: Config, way: str
) -> None:
    gateway.faults.spelling = way

    run = run_tap({**oauth, "max_retries": 0}, streams=("pages",))

    assert run.exit_status == 0, run.stderr
    assert {page["id"] for page in run.records["pages"]} == pages_of(gateway)


def test_the_rotated_refresh_token_is_kept_for_the_next_run(
    gateway: GatewaySite, oauth: Config, tmp_path: Path
) -> None:
    given = oauth["oauth_credentials"]["refresh_token"]

    assert run_tap(oauth).exit_status == 0

    kept = json.loads((tmp_path / "token.json").read_text())
    assert kept["refresh_token"] == gateway.refresh_token != given
    assert given not in (tmp_path / "token.json").read_text()
    assert run_tap(oauth).exit_status == 0, "the given token is used up, the kept one is not"
    assert gateway.token_requests["refused"] == 0


def test_the_token_file_is_readable_by_its_owner_only(oauth: Config, tmp_path: Path) -> None:
    run_tap(oauth)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"token.json": 0o600, "token.json.lock": 0o600}


def test_a_newly_authorised_refresh_token_replaces_the_kept_one(
    gateway: GatewaySite, oauth: Config, tmp_path: Path
) -> None:
    (tmp_path / "token.json").write_text(json.dumps({"refresh_token": "old", "origin": "other"}))

    assert run_tap(oauth).exit_status == 0
    assert json.loads((tmp_path / "token.json").read_text())["refresh_token"] == (
        gateway.refresh_token
    )


def test_tokens_that_expire_in_mid_run_are_renewed(gateway: GatewaySite, oauth: Config) -> None:
    gateway.tokens.lifetime_requests = 10

    run = run_tap(oauth)

    assert run.exit_status == 0, run.stderr
    assert {page["id"] for page in run.records["pages"]} == pages_of(gateway)
    assert gateway.token_requests["refresh_token"] > 1


def test_a_refused_refresh_token_is_one_clear_line(gateway: GatewaySite, oauth: Config) -> None:
    gateway.revoke_refresh_tokens()

    run = run_tap(oauth)

    assert (run.exit_status, run.stdout) == (1, "")
    assert "invalid_grant" in run.stderr
    assert "set the new 'refresh_token'" in run.stderr
    assert "Traceback" not in run.stderr
    assert oauth["oauth_credentials"]["client_secret"] not in run.stderr


@pytest.mark.parametrize(
    ("kind", "asked", "waited"),
    [
        ("429-retry-after", 17, 17.0),
        ("503-retry-after", 17, 17.0),
        ("429-retry-after", 120, 120.0),
        ("429-retry-after", 4000, 30.0),
        ("429", 0, None),
    ],
)
def test_a_token_server_that_limits_is_asked_again_when_it_says(
    gateway: GatewaySite, oauth: Config, kind: str, asked: int, waited: float | None
) -> None:
    gateway.faults.fail_next(2, kind, "/oauth/token", retry_after=asked)

    with waits_skipped() as waits:
        run = run_tap(oauth, streams=("pages",))

    assert run.exit_status == 0, run.stderr
    assert {page["id"] for page in run.records["pages"]} == pages_of(gateway)
    assert len(waits.retries) == 2
    assert waited is None or waits.retries == [waited, waited]


@pytest.mark.parametrize("kind", ["429-retry-after", "503-retry-after", "429", "503"])
def test_a_site_that_limits_is_asked_for_its_id_again(
    gateway: GatewaySite, oauth: Config, kind: str
) -> None:
    gateway.faults.fail_next(2, kind, "/../_edge/tenant_info", retry_after=17)

    with waits_skipped() as waits:
        run = run_tap(oauth, streams=("pages",))

    assert run.exit_status == 0, run.stderr
    assert {page["id"] for page in run.records["pages"]} == pages_of(gateway)
    assert len(waits.retries) == 2
    assert kind in {"429", "503"} or waits.retries == [17.0, 17.0]


def test_a_client_signs_in_for_itself_without_a_refresh_token(
    gateway: GatewaySite, oauth: Config
) -> None:
    credentials = oauth["oauth_credentials"]
    own = {name: credentials[name] for name in ("client_id", "client_secret")}

    run = run_tap({**oauth, "oauth_credentials": own})

    assert run.exit_status == 0, run.stderr
    assert set(gateway.token_requests) == {"client_credentials"}


@pytest.mark.parametrize("email", [None, "someone@example.com"])
def test_an_api_token_with_scopes_works_through_the_gateway(
    gateway: GatewaySite, oauth: Config, email: str | None
) -> None:
    config = {key: value for key, value in oauth.items() if key != "oauth_credentials"}
    config |= {"api_token": gateway.scoped_token, "use_api_gateway": True}
    if email:
        config["email"] = gateway.email

    run = run_tap(config)

    assert run.exit_status == 0, run.stderr
    assert {page["id"] for page in run.records["pages"]} == pages_of(gateway)


def test_an_api_token_with_scopes_at_the_site_itself_is_diagnosed(gateway: GatewaySite) -> None:
    run = run_tap(
        {
            "base_url": gateway.base_url,
            "email": gateway.email,
            "api_token": gateway.scoped_token,
        }
    )

    assert (run.exit_status, run.stdout) == (1, "")
    assert "set 'use_api_gateway' to true" in run.stderr


def test_a_missing_scope_names_the_stream_and_leaves_the_others(
    gateway: GatewaySite, oauth: Config
) -> None:
    gateway.tokens.scopes.discard("read:task:confluence")

    run = run_tap(oauth)

    assert run.exit_status == 1
    assert "'tasks' needs the scope read:task:confluence" in run.stderr
    assert {page["id"] for page in run.records["pages"]} == pages_of(gateway)


def test_an_unwritable_token_file_is_one_clear_line(oauth: Config, tmp_path: Path) -> None:
    oauth["oauth_credentials"]["token_file"] = str(tmp_path / "missing" / "token.json")

    run = run_tap(oauth)

    assert (run.exit_status, run.stdout) == (1, "")
    assert "token_file" in run.stderr
    assert "Traceback" not in run.stderr
