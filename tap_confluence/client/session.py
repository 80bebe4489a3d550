"""One request to the site: signed, paced, retried, and its answer read as JSON."""

from __future__ import annotations

import itertools
import logging
import random
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import backoff
import msgspec
import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import NewConnectionError

from tap_confluence.client.pace import Pace, asked_wait
from tap_confluence.errors import (
    EndpointGoneError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    SignInError,
    SiteError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from tap_confluence.client.credentials import Credentials
    from tap_confluence.client.workers import StopFlag

    Params = Mapping[str, str | Sequence[str]]

logger = logging.getLogger("tap-confluence")

DEFAULT_USER_AGENT = f"tap-confluence/{version('tap-confluence')}"

REST_V2 = "/api/v2/"

RENEWALS = 3
"""How often to renew credentials for one request: a token may end while others use it up."""

LONGEST_RETRY_WAIT = 30.0
"""Seconds to wait at most before a failed request is repeated."""

POINTS_PER_OBJECT: Mapping[str, int] = {"group": 2, "user": 2, "permissions": 2}
"""What an object costs of the points quota, by the last word of its path; others cost one
(https://developer.atlassian.com/cloud/confluence/rate-limiting/)."""

_decoder = msgspec.json.Decoder(float_hook=Decimal)


class TransientError(Exception):
    """A request failed in a way that may pass: worth repeating.

    Attributes:
        wait: Seconds the site asks to wait, or None.
    """

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass
class Usage:
    """What a part of the run has cost.

    Attributes:
        requests: Requests sent, those included that failed.
        points: Points of the hourly quota that Atlassian counts for apps.
        retries: Requests that were repeated after a failure.
        limited: Requests that were answered 429.
    """

    requests: int = 0
    points: int = 0
    retries: int = 0
    limited: int = 0

    def __str__(self) -> str:
        """Say it in words."""
        return (
            f"{self.requests} requests ({self.points} points of quota), "
            f"{self.retries} retries, {self.limited} rate-limited"
        )


@dataclass(frozen=True)
class Answer:
    """A JSON object and the link header it came with."""

    body: dict[str, Any]
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Client:
    """Sends requests to one Confluence site. Safe to use from several threads.

    Attributes:
        root: The site's root.
        usage: What the run has cost so far, by tag.
        confirm_account: Called before anything is taken for gone, because REST v2 answers 404
            also to credentials that were revoked meanwhile. It raises SignInError.

    Args:
        root: The site's root, such as `https://acme.atlassian.net/wiki`.
        credentials: Sign each request.
        pace: Says when a request may leave.
        stop: Ends every wait when the run is asked to stop.
        max_retries: How often a request is repeated.
        timeout: Seconds to wait for an answer.
        connections: Connections to keep open.
        verify: Whether to verify the certificate, or the path of a CA bundle.
        user_agent: The User-Agent header.
    """

    def __init__(  # noqa: PLR0913 - one argument a transport setting
        self,
        root: str,
        credentials: Credentials,
        pace: Pace,
        stop: StopFlag,
        *,
        max_retries: int = 5,
        timeout: float = 120.0,
        connections: int = 8,
        verify: bool | str = True,
        user_agent: str = DEFAULT_USER_AGENT,
    ) -> None:
        self.root = root
        self.confirm_account: Callable[[], object] | None = None
        self.usage: defaultdict[str, Usage] = defaultdict(Usage)
        self.total_usage = Usage()
        self._pace = pace
        self._stop = stop
        self._max_retries = max_retries
        self._timeout = timeout
        self._clock_offset = 0.0
        self._has_answered = False
        self._usage_lock = threading.Lock()
        self._session = session = requests.Session()
        session.auth = self._credentials = credentials
        session.headers.update({"Accept": "application/json", "User-Agent": user_agent})
        session.proxies.update(get_environ_proxies(root, no_proxy=None))
        session.verify = verify
        # Neither ~/.netrc nor a cookie may sign in instead of the settings.
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections)
        session.mount("https://", adapter)
        session.mount("http://", adapter)

    def get(
        self,
        path: str,
        params: Params | None = None,
        *,
        tag: str,
        max_retries: int | None = None,
        shape: type[dict[str, Any] | list[Any]] = dict,
    ) -> Answer:
        """Get a JSON object from the site.

        Args:
            path: Below the root, such as `/api/v2/pages`.
            params: Query parameters; a sequence repeats its name.
            tag: Under which name to count the request in `usage`.
            max_retries: How often to repeat it at most, if less often than the settings say.
            shape: `list` where the site answers with an array, which is returned as `results`.

        Returns:
            The object and its links.

        Raises:
            RefusedError: The site answered 4xx; its subclasses say why.
            SignInError: The site no longer accepts the credentials.
            SiteError: The site redirects elsewhere.
            RetriesExhaustedError: The request failed each time.
            RateLimitError: The site wants too long a pause.
            StoppedError: The run was asked to stop.
        """
        retries = self._max_retries
        retries = retries if max_retries is None else min(retries, max_retries)
        attempt = backoff.on_exception(
            _waits,
            TransientError,
            max_tries=retries + 1,
            jitter=None,
            on_backoff=lambda details: self._note_retry(tag, path, details),
            logger=None,
        )(self._get_once)
        try:
            return attempt(path, params or {}, tag, shape)
        except NotFoundError:
            if self.confirm_account is not None and path.startswith(REST_V2):
                self.confirm_account()
            raise
        except TransientError as error:
            message = (
                f"Gave up on {path} after {retries + 1} tries: {error}. The state is "
                "written; run again to continue, or raise 'max_retries' or 'request_timeout'."
            )
            raise RetriesExhaustedError(message) from error

    def site_time(self) -> datetime:
        """Return the present moment by the site's clock, as its last `Date` header told it."""
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self._clock_offset, UTC)

    def _get_once(self, path: str, params: Params, tag: str, shape: type) -> Answer:
        response = self._send(path, params, tag)
        for _ in range(RENEWALS):
            refused = str(response.request.headers.get("Authorization", ""))
            if response.status_code != HTTPStatus.UNAUTHORIZED or (
                not self._credentials.renew(refused)
            ):
                break
            response = self._send(path, params, tag)
        status = response.status_code
        if status != HTTPStatus.OK:
            raise _refusal(response, path)
        try:
            body = _decoder.decode(response.content)
        except (msgspec.DecodeError, RecursionError) as error:
            kind = response.headers.get("Content-Type", "an unknown type")
            message = f"the answer is not JSON but {kind}, {len(response.content)} bytes"
            raise TransientError(message) from error
        if not isinstance(body, shape):
            message = f"the answer is a JSON {type(body).__name__}, not a {shape.__name__}"
            raise TransientError(message)
        if isinstance(body, list):
            body = {"results": body}
        self._count_points(tag, path, body)
        return Answer(body, response.links)

    def _send(self, path: str, params: Params, tag: str) -> requests.Response:
        """Send a request, again and again while the site only says that it limits."""
        while True:
            left_at = self._pace.wait_for_turn()
            self._count(tag, requests=1)
            try:
                response = self._session.get(
                    f"{self.root}{path}",
                    params=params,
                    timeout=self._timeout,
                    allow_redirects=False,
                )
            except (
                requests.ConnectionError,
                requests.Timeout,
                requests.exceptions.ChunkedEncodingError,
                requests.exceptions.ContentDecodingError,
            ) as error:
                if not self._has_answered and _is_out_of_reach(error):
                    raise SiteError(_unreachable(self.root, error)) from error
                raise TransientError(_short(error)) from error
            self._has_answered = True
            self._read_clock(response)
            if not _is_limited(response):
                self._pace.answered(response.headers)
                return response
            self._count(tag, limited=1)
            self._pace.limited(response.headers, left_at=left_at)

    def _read_clock(self, response: requests.Response) -> None:
        try:
            moment = parsedate_to_datetime(response.headers["Date"])
        except (KeyError, ValueError):
            return
        self._clock_offset = moment.timestamp() - datetime.now(UTC).timestamp()

    def _note_retry(self, tag: str, path: str, details: Any) -> None:
        self._stop.check()
        self._count(tag, retries=1)
        logger.warning(
            "Repeating %s in %.1f s: %s", path, details["wait"], details.get("exception")
        )

    def _count(
        self, tag: str, *, requests: int = 0, points: int = 0, retries: int = 0, limited: int = 0
    ) -> None:
        with self._usage_lock:
            for usage in (self.usage[tag], self.total_usage):
                usage.requests += requests
                usage.points += points
                usage.retries += retries
                usage.limited += limited

    def _count_points(self, tag: str, path: str, body: Mapping[str, Any]) -> None:
        results = body.get("results")
        objects = len(results) if isinstance(results, list) else 1
        price = POINTS_PER_OBJECT.get(path.rsplit("/", 1)[-1], 1)
        self._count(tag, points=1 + price * objects)


def _waits() -> Generator[float, TransientError, None]:
    """Wait longer by the same amount each time, or as long as the site asks."""
    error = yield 0.0
    for attempt in itertools.count(1):
        wait = attempt * random.uniform(0.7, 1.3)  # noqa: S311
        error = yield min(max(wait, error.wait or 0.0), LONGEST_RETRY_WAIT)


def _refusal(response: requests.Response, path: str) -> Exception:  # noqa: PLR0911
    """Say what an answer other than 200 means."""
    status = response.status_code
    said = _what_it_says(response)
    match status:
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wait = asked_wait(response.headers)
            return TransientError(f"the site answered {status} {response.reason}", wait)
        case _ if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            host = urlsplit(response.headers.get("Location", "")).hostname or "another page"
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


def _is_limited(response: requests.Response) -> bool:
    """Tell a rate limit from other refusals: proxies before Data Center also answer it 403."""
    return response.status_code == HTTPStatus.TOO_MANY_REQUESTS or (
        response.status_code == HTTPStatus.FORBIDDEN and "Retry-After" in response.headers
    )


def _what_it_says(response: requests.Response) -> str:
    """Return the message of an error answer, from v1's or v2's envelope, on one line."""
    try:
        body = _decoder.decode(response.content)
    except (msgspec.DecodeError, RecursionError):
        return str(response.reason or response.status_code)
    if not isinstance(body, dict):
        return str(response.reason or response.status_code)
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    first = first if isinstance(first, dict) else {}
    said = body.get("message") or first.get("detail") or first.get("title") or response.reason
    return " ".join(str(said).split())


def _short(error: Exception) -> str:
    """Name a transport error without the URL, whose query may be long."""
    cause: BaseException = error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__ or cause
    return f"{type(error).__name__} ({type(cause).__name__})"


def _is_out_of_reach(error: Exception) -> bool:
    """Tell a host that cannot be connected to from a connection that broke."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(
        error,
        requests.exceptions.SSLError | requests.ConnectTimeout | requests.exceptions.ProxyError,
    ) or isinstance(reason, NewConnectionError)


def _unreachable(root: str, error: Exception) -> str:
    host = urlsplit(root).netloc
    if isinstance(error, requests.exceptions.SSLError):
        return (
            f"The certificate of {host} cannot be verified. Set 'ca_bundle' to the PEM file of "
            "your certificate authority."
        )
    return (
        f"Cannot reach {host}: {_short(error)}. Check 'domain' or 'base_url', and the network "
        "between here and the site."
    )
