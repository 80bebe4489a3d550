"""One file from the site, read in pieces, wherever the site says it is kept."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit

import requests
from typing_extensions import override

from tap_confluence.errors import ForbiddenError, NotFoundError, RefusedError
from tap_confluence.http.rate_limit.headers import asked_wait
from tap_confluence.http.responses import TransientError, refusal, short
from tap_confluence.http.transport.bounds import (
    MEGABYTE,
    BoundedResponse,
    UnboundedAnswerError,
    promised_size,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_confluence.http.client import Client

PIECE = 1 << 16
"""Bytes kept in memory."""

MOST_REDIRECTS = 5

MOST_UNTOLD_BYTES = 2048 * MEGABYTE
"""The most bytes of a file of which the site does not say how large it is. It takes uploads of
100 MB where nobody has set more."""

LOGIN = "/login"
"""How the path begins to which Data Center sends whom it does not let see a file."""

GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
FORBIDDEN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class TooLargeError(Exception):
    """A file has more bytes than wanted."""


class MisdirectedError(RefusedError):
    """The site redirects to where nothing is fetched from."""


@dataclass(frozen=True)
class Source:
    """Where a file is on the site.

    Attributes:
        path: Below the site's root. It begins with a slash and may have a query.
        params: More query parameters.
        size: How many bytes it is said to have, if that is said.
    """

    path: str
    params: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    size: int | None = None


class Download:
    """Gets one file.

    Cloud redirects to its media store, with a token in the query that opens the file to whoever
    has it. So the query is never logged, and the credentials go to nowhere but the site.

    Attributes:
        has_said_size: Whether what came last has the size that it is said to have, if any is said.

    Args:
        client: Sends the requests.
        source: Where the file is.
        most_bytes: The most bytes it may have; None takes any size.
        tag: Under which name the requests are counted.
    """

    def __init__(
        self, client: Client, source: Source, *, most_bytes: int | None = None, tag: str
    ) -> None:
        self._client = client
        self._source = source
        self._most_bytes = most_bytes
        self._tag = tag
        self.has_said_size = True
        self._sizes: set[int] = set()

    def into(self, file: BinaryIO) -> str:
        """Write the file, from the beginning on, in as many tries as the settings allow.

        Args:
            file: Where to; it can be rewound and truncated.

        Returns:
            The SHA-256 of the file, as hexadecimal digits.

        Raises:
            TooLargeError: It has more bytes than wanted.
            MisdirectedError: It is said to be where it is not fetched from.
            RefusedError: It is gone or forbidden.
            RetriesExhaustedError: The request failed each time.
        """
        path = self._source.path.partition("?")[0]
        return self._client.repeat(partial(self._try, file, path), path, tag=self._tag)

    def _try(self, file: BinaryIO, path: str) -> str:
        try:
            return self._receive(file, path)
        except requests.RequestException as error:
            # The URL is in the words of the error, and the token in that.
            raise TransientError(short(error)) from None
        except UnboundedAnswerError as error:
            raise TransientError(str(error)) from None

    def _receive(self, file: BinaryIO, path: str) -> str:
        with self._open(path) as response:
            promised = promised_size(response)
            self._check_size(promised)
            if isinstance(response, BoundedResponse):
                response.take_for_file(self._bound())
            file.seek(0)
            file.truncate()
            digest = hashlib.sha256()
            size = 0
            for piece in response.iter_content(PIECE):
                size += len(piece)
                self._check_size(size)
                digest.update(piece)
                file.write(piece)
        if promised is not None and size != promised:
            message = f"{size} bytes came of {promised}"
            raise TransientError(message)
        said = self._source.size
        self.has_said_size = said in {None, size}
        if not self.has_said_size and size not in self._sizes:
            # Only when it comes so twice, it may be what was said that is wrong.
            self._sizes.add(size)
            message = f"{size} bytes came of a file that is said to have {said}"
            raise TransientError(message)
        return digest.hexdigest()

    def _bound(self) -> int:
        """Return how many bytes are read at most, whatever is sent."""
        if self._most_bytes is not None:
            # One more tells that there are too many.
            return self._most_bytes + PIECE
        said = self._source.size
        # What is said may be wrong, but not by far.
        return MOST_UNTOLD_BYTES if said is None else 2 * said + MEGABYTE

    def _check_size(self, size: int | None) -> None:
        if self._most_bytes is not None and size is not None and size > self._most_bytes:
            raise TooLargeError

    def _open(self, path: str) -> requests.Response:
        """Send the request, and go where the answer leads."""
        root, tag = self._client.root, self._tag
        signed = True
        try:
            url = f"{root}{self._source.path}"
            response = self._client.open(url, self._source.params, tag=tag, signed=signed)
            for _ in range(MOST_REDIRECTS):
                if not response.is_redirect:
                    break
                response.close()
                url = _target(response, path, root)
                # Once it has left the site, nothing is signed any more.
                signed = signed and url.startswith(f"{root}/")
                response = self._client.open(url, tag=tag, signed=signed)
        except ValueError:
            # The HTTP library looks at where a redirect leads, too.
            raise _misdirected(path) from None
        if response.status_code == HTTPStatus.OK:
            return response
        with response:
            if HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST:
                message = f"{path} is redirected again and again"
                raise MisdirectedError(message, response.status_code)
            if not signed:
                raise _refusal_elsewhere(response, path)
            error = refusal(response, path)
            if isinstance(error, ForbiddenError) and self._client.confirm_account is not None:
                # REST v1 of Cloud answers so to credentials that were revoked meanwhile, too.
                self._client.confirm_account()
            raise error


def _target(response: requests.Response, path: str, root: str) -> str:
    """Return where a redirect leads.

    Raises:
        ForbiddenError: To where one signs in.
        MisdirectedError: To where nothing is fetched from.
        ValueError: To what is no URL.
    """
    # Headers are read as Latin-1, but written in UTF-8 where not in ASCII.
    location = response.headers["Location"].encode("latin-1").decode(errors="replace")
    url = urljoin(response.url, location)
    parts = urlsplit(url)
    is_safe = parts.scheme in {"https", urlsplit(root).scheme}
    if not is_safe or not parts.hostname or parts.username is not None:
        raise _misdirected(path)
    if url.startswith(f"{root}{LOGIN}"):
        message = f"{path} is redirected to where one signs in"
        raise ForbiddenError(message, response.status_code)
    return url


def _misdirected(path: str) -> MisdirectedError:
    return MisdirectedError(f"{path} is redirected to no URL of https", HTTPStatus.FOUND)


def _refusal_elsewhere(response: requests.Response, path: str) -> Exception:
    """Say what an answer of another host means. What it says is not repeated."""
    status = response.status_code
    message = f"where {path} leads, the answer is {status}"
    if status in GONE:
        return NotFoundError(message, status)
    if status in FORBIDDEN:
        return ForbiddenError(message, status)
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return RefusedError(message, status)
    return TransientError(message, asked_wait(response.headers))


class _WithoutQueries(logging.Filter):
    """Takes the queries out of what the HTTP library logs of each request when it debugs."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                each.partition("?")[0] if isinstance(each, str) else each for each in record.args
            )
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_WithoutQueries())
