"""What a site, or a proxy before it, wants besides credentials: a certificate, and headers.

Nobody but the site gets to see either. Where a request goes is compared with the origin of the
site, and so no redirect, token server, media store or gateway has them.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING, TypeGuard
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PORTS = {"http": 80, "https": 443}

ALERTS = {
    "CERTIFICATE_EXPIRED": "it has expired: have it renewed",
    "CERTIFICATE_REVOKED": "it was revoked: get another one",
    "UNKNOWN_CA": "it does not know who issued it, or the chain to them is incomplete",
    "UNKNOWN": "it does not accept it",
    "BAD_CERTIFICATE": "it does not accept it",
    "UNSUPPORTED_CERTIFICATE": "it is not of a kind that it takes",
    "ACCESS_DENIED": "it does not let its owner in",
}
"""What a site says of a certificate that it refuses, in words of TLS (RFC 8446, section 6.2)."""

ASKED_FOR = ("CERTIFICATE_REQUIRED", "HANDSHAKE_FAILURE")
"""What it says where it lacks one."""


@dataclass(frozen=True)
class SiteAccess:
    """What only one site gets.

    Attributes:
        root: The URL of the site, whose origin counts.
        headers: Sent with each request to it.
        tls: Makes connections to it, with a client certificate; None for the usual ones.
    """

    root: str
    headers: Mapping[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None

    @property
    def prefix(self) -> str:
        """What the URLs of the site begin with, and no others do."""
        parts = urlsplit(self.root)
        return f"{parts.scheme}://{parts.netloc}/"

    def holds_for(self, url: str) -> bool:
        """Tell whether a URL is one of the site."""
        return _origin(url) == _origin(self.root)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, parts.hostname, parts.port or PORTS.get(scheme)


def certificate_refusal(error: BaseException, host: str, *, has_certificate: bool) -> str | None:
    """Say that the other side refuses the certificate, or the lack of one, if it does.

    Args:
        error: How a request failed.
        host: Where it went.
        has_certificate: Whether a client certificate is set.
    """
    causes = [*_causes_of(error)]
    alert = next((each.reason for each in causes if _is_alert(each)), None)
    if any(isinstance(each, ssl.SSLEOFError) for each in causes):
        # It need not say why.
        alert = ASKED_FOR[0]
    if alert is None:
        return None
    if any(name in alert for name in ASKED_FOR):
        if has_certificate:
            return f"{host} does not accept 'client_certificate': it may be that for another site."
        return f"{host} hangs up or asks for a client certificate: set 'client_certificate'."
    why = next((words for name, words in ALERTS.items() if name in alert), None)
    return why and f"{host} refuses 'client_certificate': {why}."


def hang_up_hint(error: BaseException, *, has_certificate: bool) -> str:
    """Say what it may mean that the other side hangs up on who has just connected."""
    if not any(isinstance(each, ConnectionError | HTTPException) for each in _causes_of(error)):
        return ""
    wants = "may not accept 'client_certificate'" if has_certificate else "may ask for one"
    return f", as a site does that wants a client certificate: it {wants}"


def _is_alert(error: BaseException) -> TypeGuard[ssl.SSLError]:
    return isinstance(error, ssl.SSLError) and "ALERT" in str(error.reason)


def _causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it goes back to."""
    waiting = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        further = (getattr(cause, "reason", None), *cause.args, cause.__cause__, cause.__context__)
        waiting += [each for each in further if isinstance(each, BaseException)]
