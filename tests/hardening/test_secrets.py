"""No secret of the settings is in any byte that a run leaves behind, however it ends."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DemoSite, GatewaySite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.forked import run_forked
from tests.hardening.distortion import Distortion
from tests.hardening.odd_sites import OddCloud, OddDataCenter, settings_for
from tests.running import everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WRONG = "this-secret-opens-nothing"
DEBUG = {"TAP_CONFLUENCE_LOGLEVEL": "DEBUG", "LOGLEVEL": "DEBUG"}
MEDIA_TOKEN = "token="  # noqa: S105 - what stands before one in a URL

TROUBLES: dict[str, Callable[[Any], None]] = {
    "nothing": lambda _: None,
    "server errors": lambda site: site.faults.fail_next(500, "500", "/"),
    "resets": lambda site: site.faults.fail_next(500, "reset", "/"),
    "redirects": lambda site: site.faults.redirect("/", "https://example.invalid"),
    "odd headers": lambda site: _distort(site, "odd headers"),
    "odd bodies": lambda site: _distort(site, "odd body"),
    "odd rows": lambda site: _distort(site, "odd rows"),
}


@pytest.fixture(params=["cloud", "data center"])
def site(request: pytest.FixtureRequest) -> Iterator[OddCloud | OddDataCenter]:
    kind = OddCloud if request.param == "cloud" else OddDataCenter
    with kind(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


@pytest.mark.each_value
@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_secret_is_logged_when_the_site_is_in_trouble(
    site: OddCloud | OddDataCenter, trouble: str, tmp_path: Path
) -> None:
    TROUBLES[trouble](site)
    config = settings_for(site, attachment_download_dir=str(tmp_path))
    _check(config, _secrets(config), tmp_path)


def test_no_secret_is_logged_when_it_is_wrong(
    site: OddCloud | OddDataCenter, tmp_path: Path
) -> None:
    name = "api_token" if isinstance(site, DemoSite) else "personal_access_token"
    config = settings_for(site) | {name: WRONG}
    assert _check(config, _secrets(config), tmp_path) == 1


@pytest.mark.parametrize("password", [DataCenterSite.password, WRONG])
def test_no_password_is_logged(password: str, tmp_path: Path) -> None:
    with OddDataCenter(Wiki.seeded(pages=12, seed=7)) as site:
        config = settings_for(site) | {"username": site.username, "password": password}
        del config["personal_access_token"]
        _check(config, _secrets(config), tmp_path)


@pytest.mark.parametrize("trouble", ["nothing", "wrong secret", "used refresh token", "500"])
def test_no_token_of_oauth_is_logged(trouble: str, tmp_path: Path) -> None:
    with GatewaySite(Wiki.seeded(pages=12, seed=7)) as site:
        kept = tmp_path / "token.json"
        credentials = {
            "client_id": site.client_id,
            "client_secret": WRONG if trouble == "wrong secret" else site.client_secret,
            "refresh_token": site.refresh_token,
            "token_file": str(kept),
        }
        if trouble == "used refresh token":
            site.revoke_refresh_tokens()
        elif trouble == "500":
            site.faults.fail_next(500, "500", "/wiki")
        config = {
            "base_url": site.base_url,
            "api_gateway_url": site.gateway_url,
            "oauth_token_url": site.oauth_token_url,
            "oauth_credentials": credentials,
            "anchor_date": "2000-01-01",
            "max_retries": 0,
        }
        run = run_forked(config, catalog=everything(), environment=DEBUG)
        tokens = {"demo-access-", "demo-refresh-token-", credentials["client_secret"]}
        assert not any(token in run.stdout + run.stderr for token in tokens)
        assert "Traceback" not in run.stderr


def _distort(site: OddCloud | OddDataCenter, kind: str) -> None:
    site.distortion = Distortion(1, 0.3, (kind,))


def _secrets(config: dict[str, Any]) -> set[bytes]:
    """Return the secrets of the settings as they are, and as they are sent."""
    plain = {config[name] for name in SECRET if name in config}
    name = config.get("email") or config.get("username") or ""
    pairs = {base64.b64encode(f"{name}:{secret}".encode()).decode() for secret in plain}
    return {text.encode() for text in plain | pairs}


SECRET = ("api_token", "personal_access_token", "password")


def _check(config: dict[str, Any], secrets: set[bytes], files: Path) -> int:
    """Run with the most talkative log, and look for the secrets in all that it leaves."""
    assert secrets
    run = run_forked(config, catalog=everything(), environment=DEBUG)
    left = [run.stdout.encode(), run.stderr.encode()]
    left += [path.read_bytes() for path in files.rglob("*") if path.is_file()]
    for secret in secrets:
        assert not any(secret in each for each in left)
    assert MEDIA_TOKEN not in run.stderr
    assert "Traceback" not in run.stderr
    return run.exit_status
