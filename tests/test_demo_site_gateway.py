"""The Cloud site behind its gateway: tokens that run out, rotate, and lack scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.demo_site import DemoSite, GatewaySite, Wiki

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def wiki() -> Wiki:
    return Wiki.seeded(60)


@pytest.fixture
def site(wiki: Wiki) -> Iterator[GatewaySite]:
    with GatewaySite(wiki) as running:
        yield running


def _ask(site: GatewaySite, **sent: Any) -> requests.Response:
    client = {"client_id": site.client_id, "client_secret": site.client_secret}
    return requests.post(site.oauth_token_url, json={**client, **sent}, timeout=10)


def _refresh(site: GatewaySite, token: str) -> requests.Response:
    return _ask(site, grant_type="refresh_token", refresh_token=token)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _get(url: str, token: str | None = None, **options: Any) -> requests.Response:
    headers = _bearer(token) if token else None
    return requests.get(url, headers=headers, timeout=10, **options)


def test_the_cloud_id_is_told_without_signing_in(site: GatewaySite, wiki: Wiki) -> None:
    host = site.base_url.removesuffix("/wiki")
    assert _get(f"{host}/_edge/tenant_info").json() == {"cloudId": site.cloud_id}
    with DemoSite(wiki) as plain:
        found = _get(f"{plain.base_url.removesuffix('/wiki')}/_edge/tenant_info").json()
    assert found == {"cloudId": site.cloud_id}


def test_links_on_the_gateway_name_the_site(site: GatewaySite) -> None:
    token = site.tokens.issue()
    read = set()
    url = f"{site.gateway_base_url}/api/v2/pages?limit=20&status=current,archived,trashed"
    while url:
        page = _get(url, token).json()
        assert page["_links"]["base"] == site.base_url
        read |= {(row["id"],) for row in page["results"]}
        following = page["_links"].get("next")
        assert following is None or following.startswith("/wiki/api/v2/pages")
        host = site.gateway_base_url.removesuffix("/wiki")
        url = following and host + following
    assert read == site.truth()["pages"]
    assert {request.through for request in site.requests} == {"gateway"}
    assert site.count("/api/v2/pages") == 3


def test_v1_is_on_the_gateway_too(site: GatewaySite) -> None:
    url = f"{site.gateway_base_url}/rest/api/user/current"
    assert _get(url, site.tokens.issue()).json()["type"] == "known"


def test_another_cloud_id_leads_nowhere(site: GatewaySite) -> None:
    url = site.gateway_base_url.replace(site.cloud_id, "0-0-0")
    assert _get(f"{url}/api/v2/pages", site.tokens.issue()).status_code == 404


def test_a_scoped_token_opens_the_gateway_alone(site: GatewaySite) -> None:
    pair = (site.email, site.scoped_token)
    on_gateway = f"{site.gateway_base_url}/api/v2/spaces"
    assert _get(on_gateway, auth=pair).ok
    assert _get(on_gateway, site.scoped_token).ok
    for refused in (
        _get(f"{site.base_url}/api/v2/spaces", auth=pair),
        _get(f"{site.base_url}/api/v2/spaces", site.scoped_token),
        _get(f"{site.base_url}/api/v2/spaces", site.tokens.issue()),
    ):
        assert refused.status_code == 401
        assert refused.headers["Content-Type"].startswith("text/html")


def test_an_unscoped_token_opens_both(site: GatewaySite) -> None:
    for base in (site.base_url, site.gateway_base_url):
        assert _get(f"{base}/api/v2/spaces", auth=(site.email, site.api_token)).ok


def test_a_missing_scope_is_told_apart(site: GatewaySite) -> None:
    token = site.tokens.issue()
    site.tokens.scopes.discard("read:page:confluence")
    refused = _get(f"{site.gateway_base_url}/api/v2/pages", token)
    assert refused.status_code == 401
    assert refused.json() == {"code": 401, "message": "Unauthorized; scope does not match"}
    for path in ("api/v2/spaces", "api/v2/footer-comments", "rest/api/group"):
        assert _get(f"{site.gateway_base_url}/{path}", token).ok


def test_each_refresh_token_works_once(site: GatewaySite) -> None:
    first = site.refresh_token
    answer = _refresh(site, first).json()
    assert answer["refresh_token"] == site.refresh_token != first
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert "read:page:confluence" in answer["scope"].split()
    assert _get(f"{site.gateway_base_url}/api/v2/spaces", answer["access_token"]).ok
    again = _refresh(site, first)
    assert (again.status_code, again.json()["error"]) == (403, "invalid_grant")
    assert again.json()["error_description"] == "Unknown or invalid refresh token."
    assert _refresh(site, answer["refresh_token"]).ok
    assert site.token_requests == {"refresh_token": 3, "refused": 1}
    assert site.count("/oauth/token") == 3


def test_a_leeway_forgives_using_one_twice(site: GatewaySite) -> None:
    now = 0.0
    site.tokens.clock = lambda: now
    site.tokens.leeway = 600
    first = site.refresh_token
    assert _refresh(site, first).ok
    now = 599.0
    assert _refresh(site, first).ok
    now = 1200.0
    assert _refresh(site, first).status_code == 403


def test_a_revoked_refresh_token_is_refused(site: GatewaySite) -> None:
    token = site.refresh_token
    site.revoke_refresh_tokens()
    assert _refresh(site, token).status_code == 403


def test_client_credentials_need_no_refresh_token(site: GatewaySite) -> None:
    form = {"client_id": site.client_id, "client_secret": site.client_secret}
    form["grant_type"] = "client_credentials"
    answer = requests.post(site.oauth_token_url, data=form, timeout=10).json()
    assert "refresh_token" not in answer
    assert _get(f"{site.gateway_base_url}/api/v2/spaces", answer["access_token"]).ok


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        ({"grant_type": "client_credentials", "client_secret": "wrong"}, 401, "access_denied"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_token_requests_are_refused(
    site: GatewaySite, sent: dict[str, str], status: int, error: str
) -> None:
    refused = _ask(site, **sent)
    assert (refused.status_code, refused.json()["error"]) == (status, error)
    assert refused.json()["error_description"]


def test_access_tokens_run_out_by_time_by_use_and_at_once(site: GatewaySite) -> None:
    url = f"{site.gateway_base_url}/api/v2/spaces"
    now = 0.0
    site.tokens.clock = lambda: now
    by_time = site.tokens.issue()
    site.tokens.lifetime_requests = 2
    by_use = site.tokens.issue()
    assert [_get(url, by_use).status_code for _ in range(3)] == [200, 200, 401]
    now = 3599.0
    assert _get(url, by_time).ok
    now = 3600.0
    refused = _get(url, by_time)
    assert (refused.status_code, refused.json()["message"]) == (401, "Unauthorized")
    at_once = site.tokens.issue()
    site.expire_tokens()
    assert _get(url, at_once).status_code == 401


def test_the_resources_of_a_token_are_told(site: GatewaySite) -> None:
    url = f"{site.gateway_url}/oauth/token/accessible-resources"
    (found,) = _get(url, site.tokens.issue()).json()
    assert found["id"] == site.cloud_id
    assert found["url"] == site.base_url.removesuffix("/wiki")
    assert "read:page:confluence" in found["scopes"]
    assert _get(url).status_code == 401


def test_a_redirect_leads_to_another_host(site: GatewaySite, wiki: Wiki) -> None:
    with DemoSite(wiki) as other:
        host = other.base_url.removesuffix("/wiki")
        site.faults.redirect("/api/v2/pages", host)
        pair = (site.email, site.api_token)
        url = f"{site.base_url}/api/v2/pages?limit=1"
        sent = _get(url, auth=pair, allow_redirects=False)
        assert sent.status_code == 302
        assert sent.headers["Location"] == f"{host}/wiki/api/v2/pages?limit=1"
        requests.get(sent.headers["Location"], auth=pair, timeout=10)
        assert other.requests[0].authorization is not None
        _get(sent.headers["Location"])
        assert other.requests[1].authorization is None
        assert _get(f"{site.base_url}/api/v2/spaces", auth=pair).ok
