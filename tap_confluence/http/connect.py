"""From the settings to a client: where the site is, how to sign in, how to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from urllib3.util.ssl_ import create_urllib3_context

from tap_confluence.http import (
    Basic,
    Bearer,
    Client,
    Credentials,
    OAuth,
    RateLimit,
    find_cloud_id,
    gateway_root,
)
from tap_confluence.http.transport.session import DEFAULT_USER_AGENT, Session
from tap_confluence.http.transport.site_access import SiteAccess
from tap_confluence.settings import site_url
from tap_confluence.settings.client_certificate import CERTIFICATE, load_client_certificate
from tap_confluence.settings.extra_headers import EXTRA_HEADERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_confluence.http import StopFlag


def connect(config: Mapping[str, Any], stop: StopFlag) -> Client:
    """Make the client for the site of the settings.

    Args:
        config: Checked settings.
        stop: Ends every wait when the run is asked to stop.

    Raises:
        SiteError: The site does not tell its place on the gateway.
        SignInError: The kept refresh token cannot be read.
        SettingsError: The proxy to the site, or the client certificate, cannot be used.
    """
    rate_limit = RateLimit(
        requests_per_second=config.get("requests_per_second"),
        longest_wait=config["max_rate_limit_wait"],
        sleep=stop.sleep,
    )
    return Client(
        _root(config),
        _credentials(config),
        rate_limit,
        stop,
        max_retries=config["max_retries"],
        timeout=config["request_timeout"],
        connections=config["max_concurrency"],
        verify=_verify(config),
        user_agent=_user_agent(config),
        site=_access(config),
    )


def _access(config: Mapping[str, Any]) -> SiteAccess:
    """Return what only the site gets besides credentials.

    Raises:
        SettingsError: The client certificate cannot be used.
    """
    tls = None
    if config.get(CERTIFICATE):
        tls = create_urllib3_context()
        load_client_certificate(tls, config)
    return SiteAccess(site_url(config), config.get(EXTRA_HEADERS) or {}, tls)


def _root(config: Mapping[str, Any]) -> str:
    site = site_url(config)
    if not (config["use_api_gateway"] or config.get("oauth_credentials")):
        return site
    cloud_id = config.get("cloud_id") or find_cloud_id(
        site, _session(config), timeout=config["request_timeout"]
    )
    return gateway_root(config["api_gateway_url"], cloud_id)


def _credentials(config: Mapping[str, Any]) -> Credentials:
    if oauth := config.get("oauth_credentials"):
        return OAuth(
            oauth,
            config["oauth_token_url"],
            _session(config),
            timeout=config["request_timeout"],
        )
    if token := config.get("personal_access_token"):
        return Bearer(token)
    if username := config.get("username"):
        return Basic(username, config["password"])
    if email := config.get("email"):
        return Basic(email, config["api_token"])
    return Bearer(config["api_token"])


def _session(config: Mapping[str, Any]) -> Session:
    return Session(verify=_verify(config), user_agent=_user_agent(config), site=_access(config))


def _user_agent(config: Mapping[str, Any]) -> str:
    return config.get("user_agent") or DEFAULT_USER_AGENT


def _verify(config: Mapping[str, Any]) -> bool | str:
    if not config["verify_ssl"]:
        return False
    return config.get("ca_bundle") or True
