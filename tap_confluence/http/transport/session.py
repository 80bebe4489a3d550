"""The one way to the network: sessions that sign in with nothing but the settings."""

from __future__ import annotations

import os
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import requests
from requests.utils import get_environ_proxies, prepend_scheme_if_needed, select_proxy
from typing_extensions import override
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from tap_confluence.errors import SettingsError
from tap_confluence.http.transport.bounds import BoundedAdapter
from tap_confluence.redaction import MASK, keep_secret

if TYPE_CHECKING:
    from tap_confluence.http.transport.site_access import SiteAccess

DEFAULT_USER_AGENT = f"tap-confluence/{version('tap-confluence')}"

SOCKS = ("socks4", "socks4a", "socks5", "socks5h")
PROXY_SCHEMES = ("http", "https", *SOCKS)


class Session(requests.Session):  # noqa: TID251 - it is what stands for it
    """Goes through the proxies of the environment, and takes nothing else from it.

    Neither `~/.netrc` nor a cookie may sign in instead of the settings, and no variable may say
    whom to trust.

    Args:
        verify: Whether to verify certificates, or the path of a CA bundle.
        user_agent: The User-Agent header.
        connections: Connections to keep open.
        site: What only the site gets besides.
    """

    def __init__(
        self,
        *,
        verify: bool | str = True,
        user_agent: str = DEFAULT_USER_AGENT,
        connections: int = 1,
        site: SiteAccess | None = None,
    ) -> None:
        super().__init__()
        self._site = site
        self._proxies_to: dict[str, dict[str, str]] = {}
        self.headers.update({"Accept": "application/json", "User-Agent": user_agent})
        self.verify = verify
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = BoundedAdapter(pool_connections=1, pool_maxsize=connections)
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        if site is not None and site.tls is not None:
            own = BoundedAdapter(site.tls, pool_connections=1, pool_maxsize=connections)
            self.mount(site.prefix, own)

    @override
    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if self._site is not None and self._site.holds_for(str(request.url)):
            request.headers.update(self._site.headers)
        return super().send(request, **kwargs)

    @override
    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._proxies_to:
            self._proxies_to[root] = proxies_to(root)
        proxies = {**self._proxies_to[root], **(proxies or {})}
        return super().merge_environment_settings(url, proxies, stream, verify, cert)


def proxies_to(root: str) -> dict[str, str]:
    """Return the proxies through which the environment has a host reached.

    Args:
        root: The host with its scheme, such as `https://acme.atlassian.net`.

    Returns:
        Their URLs, as `requests` takes them.

    Raises:
        SettingsError: The proxy of this host cannot be used.
    """
    proxies = get_environ_proxies(root, no_proxy=None)
    proxy = select_proxy(root, proxies)
    if not proxy:
        return {}
    before, _, _ = proxy.rpartition("@")
    _, separator, after = before.partition("://")
    name, _, password = (after if separator else before).partition(":")
    if password:
        for each in (password, unquote(password)):
            keep_secret(each, (name, unquote(name)))
    if problem := _proxy_problem(proxy):
        message = (
            f"{_variable(urlsplit(root).scheme)} names the proxy '{_shown(proxy)}', {problem}. A "
            "proxy is "
            "given as http://proxy.example.com:3128, with user:password@ before the host if it "
            "asks for them, in which special characters are percent-encoded."
        )
        raise SettingsError(message)
    return proxies


def named_proxy(url: str) -> str:
    """Name the proxy through which a URL is asked for, and what names it, without its password."""
    proxy = select_proxy(url, get_environ_proxies(url, no_proxy=None))
    variable = _variable(urlsplit(url).scheme)
    variable = variable[0].lower() + variable[1:]
    return f"the proxy '{_shown(proxy)}' that {variable} names" if proxy else "a proxy on the way"


def _shown(proxy: str) -> str:
    """Return the address of a proxy without its credentials."""
    before, at, host = proxy.rpartition("@")
    scheme, separator, _ = before.partition("://")
    return f"{scheme if separator else ''}{separator}{MASK}@{host}" if at else proxy


def _proxy_problem(proxy: str) -> str | None:
    """Say why a proxy cannot be used; None if it can."""
    try:
        parts = parse_url(prepend_scheme_if_needed(proxy, "http"))
    except (LocationParseError, ValueError):
        return "which is no URL: its port is above 65535 or no number, or its host is no name"
    if not parts.host:
        return "which has no host" if "://" in proxy else "which has no scheme"
    if parts.scheme not in PROXY_SCHEMES:
        return f"whose scheme is none of {', '.join(PROXY_SCHEMES)}"
    if parts.scheme in SOCKS and find_spec("socks") is None:
        return "which needs the package PySocks: install 'requests[socks]' beside the tap"
    return None


def _variable(scheme: str) -> str:
    """Say where the proxy of a scheme is named."""
    wanted = (f"{scheme}_proxy", "all_proxy")
    for name in wanted:
        # As in the standard library, that in small letters counts first.
        for spelling in (name, *os.environ):
            if spelling.lower() == name and os.environ.get(spelling):
                return f"The environment variable {spelling}"
    return "The system's network settings"
