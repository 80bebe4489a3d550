"""One request to the site: signed, paced, retried, and its answer read as JSON."""

from __future__ import annotations

import itertools
import logging
import random
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import backoff
import requests

from tap_confluence.decoding import NestedTooDeeplyError, NotJSONError, decode
from tap_confluence.errors import (
    AnswerTooLargeError,
    ForbiddenError,
    NotFoundError,
    RetriesExhaustedError,
    SiteError,
)
from tap_confluence.http.auth.credentials import Bearer
from tap_confluence.http.lists.page_sizes import PageSizes
from tap_confluence.http.lists.row_keys import identified, unidentified
from tap_confluence.http.responses import (
    BETWEEN,
    LONGEST_RETRY_WAIT,
    SLOW,
    UNSTEADY,
    TransientError,
    is_further,
    is_limited,
    is_out_of_reach,
    refusal,
    short,
    unreachable,
)
from tap_confluence.http.transport.bounds import (
    TooManyBytesError,
    UnboundedAnswerError,
    read_within,
)
from tap_confluence.http.transport.session import DEFAULT_USER_AGENT, Session
from tap_confluence.http.transport.site_access import certificate_refusal, hang_up_hint
from tap_confluence.http.usage import Usage, points_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from tap_confluence.http.auth.credentials import Credentials
    from tap_confluence.http.rate_limit.governor import RateLimit
    from tap_confluence.http.threads.stop_flag import StopFlag
    from tap_confluence.http.transport.site_access import SiteAccess

    Params = Mapping[str, str | Sequence[str]]

logger = logging.getLogger("tap-confluence")

REST_V2 = "/api/v2/"

RENEWALS = 3
"""How often to renew credentials for one request: a token may end while others use it up."""

FIRST_RELEASE = datetime(2004, 3, 25, tzinfo=UTC)
"""When Confluence 1.0 came out: a clock that is further behind is none."""

AS_IT_IS = {"Accept": "*/*", "Accept-Encoding": "identity"}
"""Headers to get a file with, not an encoding of it."""

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """A JSON object and what it came with.

    Attributes:
        body: The object.
        links: The link header.
        size: How many bytes it had.
    """

    body: dict[str, Any]
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    size: int = 0


class Client:
    """Sends requests to one Confluence site. Safe to use from several threads.

    Attributes:
        root: The site's root.
        rate_limit: Says when a request may leave.
        usage: What the run has cost so far, by tag.
        page_sizes: What the site gives of lists in time.
        unidentified: Rows that were left out because they came without their key, by tag.
        account: Who has signed in, if the site tells.
        confirm_account: Called before anything is taken for gone, because credentials may have
            been revoked meanwhile: REST v2 then answers 404, and a site that is open to the public
            with less. It raises SignInError.
        on_answer: Called with each answer, also with one that only says that the site limits.

    Args:
        root: The site's root, such as `https://acme.atlassian.net/wiki`.
        credentials: Sign each request.
        rate_limit: Says when a request may leave.
        stop: Ends every wait when the run is asked to stop.
        max_retries: How often a request is repeated.
        timeout: Seconds to wait for an answer.
        connections: Connections to keep open.
        verify: Whether to verify the certificate, or the path of a CA bundle.
        user_agent: The User-Agent header.
        site: What only the site gets besides credentials.
    """

    def __init__(  # noqa: PLR0913 - one argument a transport setting
        self,
        root: str,
        credentials: Credentials,
        rate_limit: RateLimit,
        stop: StopFlag,
        *,
        max_retries: int = 5,
        timeout: float = 120.0,
        connections: int = 8,
        verify: bool | str = True,
        user_agent: str = DEFAULT_USER_AGENT,
        site: SiteAccess | None = None,
    ) -> None:
        self.root = root
        self._site = site
        self.account: str | None = None
        self.confirm_account: Callable[[], object] | None = None
        self.on_answer: Callable[[requests.Response], object] | None = None
        self.usage: defaultdict[str, Usage] = defaultdict(Usage)
        self.total_usage = Usage()
        self.unidentified: Counter[str] = Counter()
        self.rate_limit = rate_limit
        self._elsewhere = rate_limit.elsewhere()
        self.page_sizes = PageSizes()
        self._stop = stop
        self._max_retries = max_retries
        self._timeout = timeout
        self._clock_lag = 0.0
        self._has_answered = False
        self._usage_lock = threading.Lock()
        self._of_thread = threading.local()
        make = partial(
            Session, verify=verify, user_agent=user_agent, connections=connections, site=site
        )
        self._session = make()
        self._session.auth = self._credentials = credentials
        self._stranger = make()

    def get(  # noqa: PLR0913
        self,
        path: str,
        params: Params | None = None,
        *,
        tag: str,
        max_retries: int | None = None,
        most_bytes: int | None = None,
        shape: type[dict[str, Any] | list[Any]] = dict,
    ) -> Answer:
        """Get a JSON object from the site.

        Args:
            path: Below the root, such as `/api/v2/pages`.
            params: Query parameters; a sequence repeats its name.
            tag: Under which name to count the request in `usage`.
            max_retries: How often to repeat it at most, if less often than the settings say.
            most_bytes: How large the answer may be, if not as large as any.
            shape: `list` where the site answers with an array, which is returned as `results`.

        Returns:
            The object and its links.

        Raises:
            RefusedError: The site answered 4xx; its subclasses say why.
            SignInError: The site no longer accepts the credentials.
            SiteError: The site redirects elsewhere.
            AnswerTooLargeError: The answer has more than `most_bytes`.
            RetriesExhaustedError: The request failed each time.
            RateLimitError: The site wants too long a pause.
            StoppedError: The run was asked to stop.
        """
        retries = self._max_retries
        retries = retries if max_retries is None else min(retries, max_retries)
        call = partial(self._ask_once, path, params or {}, None, tag, shape, most_bytes=most_bytes)
        return self._ask(call, path, params or {}, tag, retries=retries)

    def post(self, path: str, question: dict[str, Any], *, tag: str) -> Answer:
        """Get a JSON object by asking for it in the body of a request.

        Only for what reads, such as `/api/v2/users-bulk`: it is repeated like any other request.

        Args:
            path: Below the root.
            question: What to send, as JSON.
            tag: Under which name to count the request in `usage`.

        Returns:
            The object and its links.

        Raises:
            ConfluenceError: As for `get`.
        """
        call = partial(self._ask_once, path, {}, question, tag, dict)
        return self._ask(call, path, {}, tag, retries=self._max_retries)

    @property
    def signs_in_by_token(self) -> bool:
        """Whether the credentials are a token by itself, without a name."""
        return isinstance(self._credentials, Bearer)

    def site_time(self) -> datetime:
        """Return the present time by the site's clock, as its last `Date` header told it.

        A clock that is ahead of the one here may be wrong, and what goes by it would pass over
        changes. One that is behind at worst has some read again, so the earlier one counts.
        """
        return datetime.now(UTC) - timedelta(seconds=self._clock_lag)

    @property
    def tries_once(self) -> bool:
        """Whether the calling thread repeats none of its requests."""
        return getattr(self._of_thread, "tries_once", False)

    def once(self, call: Callable[[], T]) -> T:
        """Run a call in the calling thread, and repeat none of the requests that it sends."""
        self._of_thread.tries_once = True
        try:
            return call()
        finally:
            self._of_thread.tries_once = False

    def _ask(
        self, call: Callable[[], Answer], path: str, params: Params, tag: str, *, retries: int
    ) -> Answer:
        try:
            return self.repeat(call, path, tag=tag, retries=retries)
        except NotFoundError:
            if self.confirm_account is not None and path.startswith(REST_V2):
                self.confirm_account()
            raise
        except ForbiddenError:
            if not is_further(params):
                raise
            # The list was given up to there, so that this may be of a moment.
            return self.repeat(call, path, tag=tag, retries=retries)

    def repeat(
        self, call: Callable[[], T], path: str, *, tag: str, retries: int | None = None
    ) -> T:
        """Run a call, again and again while it raises TransientError.

        Args:
            call: What to run.
            path: What it asks for, to name it by.
            tag: Under which name the retries are counted.
            retries: How often to repeat it at most, if not as often as the settings say.

        Raises:
            RetriesExhaustedError: It failed each time.
        """
        retries = self._max_retries if retries is None else retries
        if self.tries_once:
            retries = 0
        attempt = backoff.on_exception(
            _waits,
            TransientError,
            max_tries=retries + 1,
            jitter=None,
            on_backoff=lambda details: self._note_retry(tag, path, details),
            logger=None,
        )(call)
        try:
            return attempt()
        except TransientError as error:
            message = (
                f"Gave up on {path} after {retries + 1} tries: {error}. The state is "
                f"written; run again to continue. {error.remedy}"
            )
            raise RetriesExhaustedError(message) from error

    def _ask_once(  # noqa: PLR0913
        self,
        path: str,
        params: Params,
        question: dict[str, Any] | None,
        tag: str,
        shape: type,
        *,
        most_bytes: int | None = None,
    ) -> Answer:
        method = "GET" if question is None else "POST"
        url = f"{self.root}{path}"
        response = self._send_signed(
            tag, method, url, most_bytes=most_bytes, params=params, json=question
        )
        if response.status_code != HTTPStatus.OK:
            raise refusal(response, path)
        try:
            body = decode(response.content)
        except NestedTooDeeplyError as error:
            message = f"the answer cannot be read, {error}"
            raise TransientError(message) from error
        except NotJSONError as error:
            kind = response.headers.get("Content-Type", "an unknown type")
            message = f"the answer is not JSON but {kind}, {len(response.content)} bytes"
            raise TransientError(message, remedy=BETWEEN) from error
        if not isinstance(body, shape):
            message = f"the answer is a JSON {type(body).__name__}, not a {shape.__name__}"
            raise TransientError(message, remedy=BETWEEN)
        if isinstance(body, list):
            body = {"results": body}
        if isinstance(body.get("results"), list):
            rows = identified(path, body["results"])
            if left_out := len(body["results"]) - len(rows):
                with self._usage_lock:
                    self.unidentified[tag] += left_out
                for words in unidentified(body["results"], rows):
                    logger.debug(
                        "Skipping a row of '%s' without a key, in %s: %s", tag, path, words
                    )
            body["results"] = rows
        self._count(tag, points=points_of(path, body))
        return Answer(body, response.links, len(response.content))

    def open(
        self, url: str, params: Params | None = None, *, tag: str, signed: bool
    ) -> requests.Response:
        """Send one GET, whose answer of any status is read as it comes. It has to be closed.

        Args:
            url: The whole URL.
            params: Query parameters.
            tag: Under which name to count the request.
            signed: Whether to send the credentials. Without them it may lead to another host.

        Raises:
            TransientError: There was no answer.
        """
        options: dict[str, Any] = {"params": params, "stream": True, "headers": AS_IT_IS}
        if signed:
            response = self._send_signed(tag, "GET", url, **options)
            self._count(tag, points=1)
            return response
        return self._send(self._stranger, tag, "GET", url, **options)

    def _send_signed(self, tag: str, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request with credentials, which are renewed if they have ended."""
        response = self._send(self._session, tag, method, url, **options)
        for _ in range(RENEWALS):
            refused = str(response.request.headers.get("Authorization", ""))
            if response.status_code != HTTPStatus.UNAUTHORIZED or (
                not self._credentials.renew(refused)
            ):
                break
            response.close()
            response = self._send(self._session, tag, method, url, **options)
        return response

    def _send(
        self,
        session: Session,
        tag: str,
        method: str,
        url: str,
        *,
        most_bytes: int | None = None,
        **options: Any,
    ) -> requests.Response:
        """Send a request, again and again while the site only says that it limits.

        Raises:
            AnswerTooLargeError: The answer has more than `most_bytes`.
            TransientError: There was no answer that can be used.
        """
        rate_limit = self.rate_limit if session is self._session else self._elsewhere
        while True:
            self._stop.check()
            left_at = rate_limit.wait_for_turn()
            self._count(tag, requests=1)
            try:
                response = self._request(session, method, url, most_bytes, **options)
            except (
                requests.ConnectionError,
                requests.Timeout,
                requests.exceptions.ChunkedEncodingError,
                requests.exceptions.ContentDecodingError,
            ) as error:
                hint = "" if self._has_answered else self._look_for_certificate(url, error)
                if not self._has_answered and is_out_of_reach(error):
                    raise SiteError(unreachable(url, error)) from error
                remedy = SLOW if isinstance(error, requests.Timeout) else UNSTEADY
                raise TransientError(short(error) + hint, remedy=remedy) from error
            except UnboundedAnswerError as error:
                raise TransientError(str(error)) from error
            self._has_answered = True
            if self.on_answer is not None:
                self.on_answer(response)
            if session is self._session:
                self._read_clock(response)
            if not is_limited(response):
                rate_limit.answered(response.headers, left_at=left_at)
                return response
            self._count(tag, limited=1)
            response.close()
            rate_limit.limited(response.headers, left_at=left_at)

    def _request(
        self, session: Session, method: str, url: str, most_bytes: int | None, **options: Any
    ) -> requests.Response:
        """Send a request once."""
        options = {"timeout": self._timeout, "allow_redirects": False, **options}
        if most_bytes is None:
            return session.request(method, url, **options)
        response = session.request(method, url, **{**options, "stream": True})
        try:
            read_within(response, most_bytes)
        except TooManyBytesError as error:
            message = f"Gave up on {urlsplit(url).path}: {error}"
            raise AnswerTooLargeError(message) from error
        return response

    def _look_for_certificate(self, url: str, error: Exception) -> str:
        """Find out whether the first request has failed for want of a client certificate.

        Returns:
            That it may have, in words to add to how it failed; empty if not.

        Raises:
            SiteError: It has; no retry changes that.
        """
        parts = urlsplit(url)
        if parts.scheme != "https":
            return ""
        has = self._site is not None and self._site.tls is not None and self._site.holds_for(url)
        if why := certificate_refusal(error, parts.netloc, has_certificate=has):
            raise SiteError(why) from error
        return hang_up_hint(error, has_certificate=has)

    def _read_clock(self, response: requests.Response) -> None:
        try:
            timestamp = parsedate_to_datetime(response.headers["Date"])
        except (KeyError, ValueError, OverflowError):
            return
        # Without an offset it is in UTC (RFC 5322, section 3.3).
        timestamp = timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
        if timestamp >= FIRST_RELEASE:
            self._clock_lag = max((datetime.now(UTC) - timestamp).total_seconds(), 0.0)

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


def _waits() -> Generator[float, TransientError, None]:
    """Wait longer by the same amount each time, or as long as the site asks."""
    error = yield 0.0
    for attempt in itertools.count(1):
        wait = min(attempt * random.uniform(0.7, 1.3), LONGEST_RETRY_WAIT)  # noqa: S311
        error = yield error.wait_before_retry(wait)
