"""What it means when the site gives no answer, or another than hoped for."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from tap_confluence.decoding import NestedTooDeeplyError, NotJSONError, decode
from tap_confluence.errors import (
    EndpointGoneError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    ScopeError,
    SignInError,
    SiteError,
)
from tap_confluence.http.bounds import UnboundedAnswerError
from tap_confluence.http.rate_limit import asked_wait
from tap_confluence.redaction import redact


class TransientError(Exception):
    """A request failed in a way that may pass: worth repeating.

    Attributes:
        wait: Seconds the site asks to wait, or None.
    """

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def refusal(response: requests.Response, path: str) -> Exception:  # noqa: PLR0911
    """Say what an answer other than 200 means."""
    status = response.status_code
    said = _what_it_says(response)
    match status:
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wait = asked_wait(response.headers)
            return TransientError(f"the site answered {status} {response.reason}", wait)
        case _ if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            host = _host_of(response.headers.get("Location", "")) or "another page"
            return SiteError(
                f"The site redirects {path} to {host}. Point 'domain' or 'base_url' at the "
                "Confluence site itself."
            )
        case HTTPStatus.UNAUTHORIZED if "scope" in said.lower():
            return ScopeError(said[:300], status)
        case HTTPStatus.UNAUTHORIZED:
            return SignInError(
                f"The site refuses the credentials ({path} answered 401). The token or password "
                "may be mistyped, expired or revoked. If it is an API token with scopes, set "
                "'use_api_gateway' to true."
            )
        case HTTPStatus.FORBIDDEN:
            return ForbiddenError(said[:300], status)
        case HTTPStatus.NOT_FOUND:
            return NotFoundError(said[:300], status)
        case HTTPStatus.GONE:
            return EndpointGoneError(said[:300], status)
        case _ if status >= HTTPStatus.BAD_REQUEST:
            return RefusedError(f"{path} answered {status}: {said[:300]}", status, said)
        case _:
            return TransientError(f"the site answered {status} {response.reason}")


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
    return f"{type(error).__name__} ({type(cause).__name__})"


def is_out_of_reach(error: Exception) -> bool:
    """Tell a host that cannot be connected to from a connection that broke."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(
        error,
        requests.exceptions.SSLError | requests.ConnectTimeout | requests.exceptions.ProxyError,
    ) or isinstance(reason, NewConnectionError)


def unreachable(root: str, error: Exception) -> str:
    """Say what to do about a host that cannot be connected to."""
    host = urlsplit(root).netloc
    if isinstance(error, requests.exceptions.SSLError):
        return (
            f"The certificate of {host} cannot be verified. Set 'ca_bundle' to the PEM file of "
            "your certificate authority."
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return (
            f"Cannot reach {host} through the proxy that the environment names: {short(error)}. "
            "Check HTTP_PROXY, HTTPS_PROXY or ALL_PROXY, and NO_PROXY for what needs none."
        )
    return (
        f"Cannot reach {host}: {short(error)}. Check 'domain' or 'base_url', and the network "
        "between here and the site."
    )
