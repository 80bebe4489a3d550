"""What goes over the network beside the settings, which is nothing, and through which proxies."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DemoSite, GatewaySite, Wiki
from tests.forked import run_forked
from tests.http.other_sites import other_site
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from pathlib import Path

    from tests.running import Run

PASSWORD = "pr0xy-p4ssword"  # noqa: S105 - of no proxy
PROXY = f"http://user:{PASSWORD}@127.0.0.1"


@pytest.fixture
def gateway() -> Iterator[GatewaySite]:
    with GatewaySite(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials for whatever is on this host."""
    path = tmp_path / ".netrc"
    path.write_text("machine 127.0.0.1 login stranger password from-netrc\n")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))


@pytest.mark.usefixtures("netrc")
@pytest.mark.parametrize("signs_in_by", ["OAuth", "a client", "a token with scopes"])
def test_nothing_of_netrc_is_sent(gateway: GatewaySite, tmp_path: Path, signs_in_by: str) -> None:
    config: dict[str, Any] = {
        "base_url": gateway.base_url,
        "api_gateway_url": gateway.gateway_url,
        "oauth_token_url": gateway.oauth_token_url,
    }
    client = {"client_id": gateway.client_id, "client_secret": gateway.client_secret}
    token = {
        "refresh_token": gateway.refresh_token,
        "token_file": str(tmp_path / "token.json"),
    }
    ways: dict[str, dict[str, Any]] = {
        "OAuth": {"oauth_credentials": client | token},
        "a client": {"oauth_credentials": client},
        "a token with scopes": {"api_token": gateway.scoped_token, "use_api_gateway": True},
    }

    run = run_tap(config | ways[signs_in_by], streams=("groups",))

    assert run.exit_status == 0, run.stderr
    unsigned = ("/oauth/token", "/_edge/tenant_info")
    sent = [r.authorization for r in gateway.requests if r.path.endswith(unsigned)]
    assert sent
    assert set(sent) == {None}
    assert not any("Basic" in (request.authorization or "") for request in gateway.requests)


@pytest.fixture
def unproxied(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def complaint_of(run: Run) -> str:
    assert (run.exit_status, run.stdout) == (1, "")
    assert "Traceback" not in run.stderr
    assert PASSWORD not in run.stderr
    [complaint] = run.complaints
    return complaint


@pytest.mark.usefixtures("unproxied")
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("proxy", "why"),
    [
        (f"{PROXY}:99999", "its port is above 65535"),
        (f"http://user:{PASSWORD}@[::1", "is no URL"),
        (f"user:{PASSWORD}@proxy.invalid:3128", "has no scheme"),
        ("proxy:3128", "has no scheme"),
        (f"ftp://user:{PASSWORD}@127.0.0.1:21", "whose scheme is none of http, https"),
        (f"http://user:{PASSWORD}@:3128", "has no host"),
        (f"http://user:a//{PASSWORD}@[::1", "is no URL"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(
    site: DemoSite, monkeypatch: pytest.MonkeyPatch, variable: str, proxy: str, why: str
) -> None:
    monkeypatch.setenv(variable, proxy)

    complaint = complaint_of(run_tap(settings_of(site)))

    assert f"The environment variable {variable} names the proxy" in complaint
    assert why in complaint
    assert "http://proxy.example.com:3128" in complaint
    assert site.requests == []


@pytest.mark.usefixtures("unproxied")
@pytest.mark.skipif(find_spec("socks") is not None, reason="PySocks is there")
def test_a_socks_proxy_needs_a_package_that_is_named(
    site: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", f"socks5://user:{PASSWORD}@127.0.0.1:1080")

    assert "PySocks" in complaint_of(run_tap(settings_of(site)))


@pytest.mark.usefixtures("unproxied")
@pytest.mark.parametrize("address", ["token server", "tenant info"])
def test_a_bad_proxy_is_named_before_the_gateway_is_asked(
    gateway: GatewaySite, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"{PROXY}:99999")
    config: dict[str, Any] = {
        "base_url": gateway.base_url,
        "api_gateway_url": gateway.gateway_url,
        "oauth_token_url": gateway.oauth_token_url,
        "oauth_credentials": {
            "client_id": gateway.client_id,
            "client_secret": gateway.client_secret,
        },
    }
    if address == "token server":
        config["cloud_id"] = gateway.cloud_id

    assert "HTTP_PROXY" in complaint_of(run_tap(config))


def test_a_proxy_that_does_not_answer_shows_no_password(site: DemoSite) -> None:
    run = run_forked(
        settings_of(site, max_retries=0),
        environment={
            "HTTP_PROXY": f"{PROXY}:1",
            "NO_PROXY": "",
            "no_proxy": "",
            "TAP_CONFLUENCE_LOGLEVEL": "DEBUG",
            "LOGLEVEL": "DEBUG",
        },
    )

    complaint = complaint_of(run)
    assert "Cannot reach" in complaint
    assert "through the proxy" in complaint


@pytest.mark.usefixtures("unproxied")
def test_a_proxy_gets_its_own_credentials_and_the_site_only_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    received: list[Message] = []
    with other_site(404, received=received) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.replace("//", f"//user:{PASSWORD}@"))
        run = run_tap(
            {"base_url": "http://wiki.invalid/wiki", "email": "a@example.com", "api_token": "mine"}
        )

    assert PASSWORD not in run.stderr
    assert received[0]["Proxy-Authorization"].startswith("Basic ")
    assert received[0]["Authorization"].startswith("Basic ")
    assert received[0]["Proxy-Authorization"] != received[0]["Authorization"]


@pytest.mark.parametrize("kind", ["missing", "no certificates", "no name"])
def test_a_ca_bundle_that_cannot_be_used_is_named(
    site: DemoSite, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "bundle.pem"
    if kind == "no certificates":
        path.write_text("nothing to trust\n")
    elif kind == "no name":
        path = path / "x\x00y"

    complaint = complaint_of(run_tap(settings_of(site, ca_bundle=str(path))))

    assert "'ca_bundle'" in complaint
    assert "bundle.pem" in complaint
    assert site.requests == []


@pytest.mark.parametrize("name", ["api_gateway_url", "oauth_token_url"])
def test_no_address_has_credentials_in_it(name: str, site: DemoSite) -> None:
    config = settings_of(site, **{name: f"https://user:{PASSWORD}@gateway.example.com"})

    assert f"'{name}'" in complaint_of(run_tap(config))
