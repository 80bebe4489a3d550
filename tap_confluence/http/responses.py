"""What it means when the site gives no answer, or another than hoped for."""

from __future__ import annotations

from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from tap_confluence.decoding import NestedTooDeeplyError, NotJSONError, decode
from tap_confluence.errors import (
    EndpointGoneError,
    ForbiddenError,
    NotFoundError,
    RefusedCredentialsError,
    RefusedError,
    ScopeError,
    SiteError,
)
from tap_confluence.http.rate_limit.headers import asked_wait
from tap_confluence.http.transport.bounds import UnboundedAnswerError
from tap_confluence.http.transport.certificates import certificate_fault, tls_reason
from tap_confluence.http.transport.session import named_proxy
from tap_confluence.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


PROXY_REFUSES = " 407 "
"""What is in the error of a tunnel that a proxy does not open to somebody it does not know."""

LATER_RUN = "A place in a list is kept for a while only: run again."
FIRST_AGAIN = (
    "Run again first, as the list was given up to there. If it stays so, give the account the "
    "right."
)

SEARCH = (
    "If the search index of the site is being rebuilt, run again afterwards; otherwise report this "
    "line to the authors of tap-confluence, with the release of the site."
)

PLACES = ("cursor", "pageCursor")
"""The query parameters that say where in a list to go on."""

BETWEEN = "Something between here and the site may answer in its place, such as a proxy."
SMALLER = "Lower 'page_size', or have the time-out of the proxy before the site raised."
BROKEN = (
    "If it stays so, raise 'max_retries', or have the administrators of the site look into its log."
)
SLOW = "Raise 'request_timeout' if the site is slow, or lower 'page_size'."
LONGEST_RETRY_WAIT = 30.0
"""Seconds to wait at most before a failed request is repeated, unless the site asks for more."""

LONGEST_ASKED_WAIT = 300.0
"""Seconds that a site may ask to wait before a failed request is repeated. Who asks for more is not
waited for that long: it may as well be back before."""

UNSTEADY = "Raise 'max_retries' if the network is unsteady."


class TransientError(Exception):
    """A request failed in a way that may pass: worth repeating.

    Attributes:
        wait: Seconds the site asks to wait, or None.
        remedy: What to do about it if it does not pass.
    """

    def __init__(self, message: str, wait: float | None = None, *, remedy: str = BROKEN) -> None:
        super().__init__(message)
        self.wait = wait
        self.remedy = remedy

    def wait_before_retry(self, unasked: float) -> float:
        """Return how long to wait before the request is repeated, in seconds.

        Args:
            unasked: How long to wait if the site does not ask for more.
        """
        asked = self.wait or 0.0
        return max(unasked, asked if asked <= LONGEST_ASKED_WAIT else LONGEST_RETRY_WAIT)


def refusal(response: requests.Response, path: str) -> Exception:  # noqa: C901, PLR0911
    """Say what an answer other than 200 means."""
    status = response.status_code
    said = _what_it_says(response)
    match status:
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wait = asked_wait(response.headers)
            remedy = SMALLER if status == HTTPStatus.GATEWAY_TIMEOUT else BROKEN
            message = f"the site answered {status} {response.reason}"
            return TransientError(message, wait, remedy=remedy)
        case _ if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            host = _host_of(response.headers.get("Location", "")) or "another page"
            return SiteError(
                f"The site redirects {path} to {host}. Point 'domain' or 'base_url' at the "
                "Confluence site itself."
            )
        case HTTPStatus.UNAUTHORIZED if "scope" in said.lower():
            return ScopeError(said[:300], status)
        case HTTPStatus.UNAUTHORIZED:
            return RefusedCredentialsError(
                f"The site refuses the credentials ({path} answered 401). The token or password "
                "may be mistyped, expired or revoked."
            )
        case HTTPStatus.FORBIDDEN if _is_further(response):
            return ForbiddenError(said[:300], status, remedy=FIRST_AGAIN)
        case HTTPStatus.FORBIDDEN:
            return ForbiddenError(said[:300], status)
        case HTTPStatus.NOT_FOUND:
            return NotFoundError(said[:300], status)
        case HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            return SiteError(proxy_wants_credentials(str(response.request.url)))
        case HTTPStatus.GONE:
            return EndpointGoneError(said[:300], status)
        case _ if status >= HTTPStatus.BAD_REQUEST:
            message = f"{path} answered {status}: {said[:300]}"
            return RefusedError(message, status, said, remedy=_remedy_of(response, path))
        case _:
            return TransientError(f"the site answered {status} {response.reason}")


def _remedy_of(response: requests.Response, path: str) -> str | None:
    """Return what to do about a refusal of what was asked for, if that is known."""
    if response.status_code != HTTPStatus.BAD_REQUEST:
        return None
    if _is_further(response):
        return LATER_RUN
    return SEARCH if path.endswith("/search") else None


def is_further(params: Mapping[str, str | Sequence[str]]) -> bool:
    """Tell by the query parameters whether another page of a list is asked for than its first."""
    return any(map(params.get, PLACES)) or params.get("start", "0") != "0"


def _is_further(response: requests.Response) -> bool:
    query = parse_qsl(urlsplit(str(response.request.url)).query)
    return is_further(dict(query))


def _host_of(location: str) -> str | None:
    try:
        return urlsplit(redact(location)).hostname
    except ValueError:
        return None


def is_limited(response: requests.Response) -> bool:
    """Tell a rate limit from other refusals: proxies before Data Center also answer it 403."""
    return response.status_code == HTTPStatus.TOO_MANY_REQUESTS or (
        response.status_code == HTTPStatus.FORBIDDEN and "Retry-After" in response.headers
    )


def _what_it_says(response: requests.Response) -> str:
    """Return the message of an error answer, from v1's or v2's envelope, on one line."""
    try:
        body = decode(response.content)
    except NotJSONError:
        return str(response.reason or response.status_code)
    if not isinstance(body, dict):
        return str(response.reason or response.status_code)
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    first = first if isinstance(first, dict) else {}
    words = (body.get("message"), first.get("detail"), first.get("title"), body.get("reason"))
    said = next(filter(None, words), response.reason)
    # Before it is cut short, for what is left of a secret would not be known as one.
    return " ".join(redact(str(said)).split())


def why_unreadable(error: Exception) -> str:
    """Say why there is nothing to be read in an answer, with nothing of what is in it."""
    tells = isinstance(error, UnboundedAnswerError | NestedTooDeeplyError)
    return str(error) if tells else type(error).__name__


def short(error: Exception) -> str:
    """Name a transport error without the URL, whose query may be long."""
    cause: BaseException = error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__ or cause
    fault = certificate_fault(error)
    words = fault.words if fault else type(cause).__name__
    if type(cause) is HTTPException:
        # Others repeat what came; this one says of which kind there was too much.
        words = str(cause)
    return f"{type(error).__name__} ({words})"


def is_out_of_reach(error: Exception) -> bool:
    """Tell a host that cannot be connected to from a connection that broke."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(
        error,
        requests.exceptions.SSLError | requests.ConnectTimeout | requests.exceptions.ProxyError,
    ) or isinstance(reason, NewConnectionError)


def unreachable(url: str, error: Exception) -> str:
    """Say what to do about a host that cannot be connected to.

    Args:
        url: What was asked for there, or the root of the host.
        error: Why it cannot.
    """
    host = urlsplit(url).netloc.rpartition("@")[2]
    if fault := certificate_fault(error):
        return f"The certificate of {host} {fault.words}. {fault.remedy}"
    if isinstance(error, requests.exceptions.ProxyError):
        if PROXY_REFUSES in str(error):
            return proxy_wants_credentials(url)
        return (
            f"Cannot reach {host} through {named_proxy(url)}: {short(error)}. Check that variable, "
            "and NO_PROXY for what needs no proxy."
        )
    if isinstance(error, requests.exceptions.SSLError):
        return (
            f"Cannot speak TLS with {host}: {tls_reason(error)}. Check the port and whether the "
            "address begins with https:// or http://, and what intercepts TLS on the way."
        )
    return (
        f"Cannot reach {host}: {short(error)}. Check 'domain' or 'base_url', and the network "
        "between here and the site."
    )


def proxy_wants_credentials(url: str) -> str:
    """Say what to do about a proxy that wants to know who asks (407)."""
    proxy = named_proxy(url)
    return (
        f"{proxy[0].upper()}{proxy[1:]} wants a user name and a password that it accepts (407). "
        "Set it to http://user:password@proxy.example.com:3128, with special characters "
        "percent-encoded."
    )
