"""How long an answer may go on, and how large it may become.

`request_timeout` bounds each wait for the next bytes: a byte a second is never late, and has no
end. And what is packed says nothing of its size: a megabyte of gzip unpacks to a gigabyte. So
everything that comes over the network is bounded here, in time and in bytes, whoever sends it and
whoever reads it. The bounds are far from what real sites send:

- a body of 50 MB is real, and so is one that is twice or four times that by its escapes:
  `MOST_BYTES`;
- several of them in one page of a list would all be in memory together, and can be asked for one by
  one: `MOST_BYTES_OF_SEVERAL`;
- text packs to a tenth, the cells of an empty table to a thousandth, but hardly 64 MB of them:
  `MOST_PACKED_BYTES` and `MOST_UNPACKING`. So what a bomb takes of memory is no more than that,
  however large it is;
- over a modem there come some kilobytes a second: `LOWEST_RATE`. It is asked for only over as long
  a wait as `request_timeout` allows, in which time a site may pause and go on;
- 50 MB take seven minutes over a line of a megabit a second: `MOST_TIMEOUTS`.

An answer that is too long to come whole is failed like one that breaks off: asked for again, and
in smaller pages where it is a list. A page of a list that has too many bytes for several items is
asked for in smaller ones at once. Files are bounded by the size that they are said to have,
and by the lowest rate alone: a large one may take hours.
"""

from __future__ import annotations

import io
import time
from functools import cache
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from typing_extensions import override

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from requests import PreparedRequest
    from urllib3.connection import HTTPConnection

KILOBYTE = 1 << 10
MEGABYTE = 1 << 20

MOST_BYTES = 256 * MEGABYTE
"""The most bytes of an answer, unpacked."""

MOST_BYTES_OF_SEVERAL = 64 * MEGABYTE
"""The same of a page of a list, if it has more than one item: one of 50 MB among others of common
size, or 250 of 250 KB each."""

MOST_PACKED_BYTES = 64 * MEGABYTE
"""The most bytes of an answer that unpacks to more than `MOST_UNPACKING` times what came."""

MOST_UNPACKING = 100

MOST_HEADER_BYTES = MEGABYTE
"""The most bytes before the body of an answer, interim answers included."""

LOWEST_RATE = KILOBYTE
"""Bytes a second that an answer has to bring once it has begun."""

READ_AHEAD = 8 * KILOBYTE
"""Bytes that are taken from the wire before they are asked for. Each version of Python would take
others, and what has come would be bounded in other places."""

MOST_TIMEOUTS = 10
"""How many times `request_timeout` a whole answer may take at most."""


class UnboundedAnswerError(Exception):
    """An answer goes on for longer, or becomes larger, than any real one.

    It is none of the errors that the HTTP library would wrap into one of its own.
    """


class TooManyBytesError(UnboundedAnswerError):
    """An answer has more bytes than it may have."""


class Meter(io.RawIOBase):
    """Reads an answer from the wire, and notices when hardly anything comes of it.

    Only the time that was spent waiting counts, and only once the answer has begun.

    Attributes:
        received: How many bytes have come.
        most: How many may come; None for any number.

    Args:
        wire: Gives what comes.
        patience: Over how many seconds of waiting the lowest rate has to be kept.
    """

    def __init__(self, wire: io.RawIOBase, patience: float) -> None:
        self.received = 0
        self.most: int | None = MOST_HEADER_BYTES
        self._wire = wire
        self._patience = patience
        self._waited = 0.0
        self._received_before = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Any, /) -> int | None:
        began = time.monotonic()
        count = self._wire.readinto(buffer)
        if not count:
            return count
        if self.received:
            self._waited += time.monotonic() - began
        else:
            # The first bytes were waited for in another way.
            self._received_before = count
        self.received += count
        if self.most is not None and self.received > self.most + len(buffer):
            message = f"there is no end to the headers after {_size(self.most)}"
            raise UnboundedAnswerError(message)
        if self._waited > self._patience:
            self._check_rate()
        return count

    def _check_rate(self) -> None:
        count = self.received - self._received_before
        if count < LOWEST_RATE * self._waited:
            message = f"only {count} bytes of the answer came in {self._waited:.3g} seconds"
            raise UnboundedAnswerError(message)
        self._waited, self._received_before = 0.0, self.received

    @override
    def close(self) -> None:
        self._wire.close()
        super().close()


class MeteredResponse(HTTPResponse):
    """An answer as it comes over the wire, through a meter."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        # The socket has the time-out of the request.
        self.meter = Meter(self.fp.detach(), sock.gettimeout() or float("inf"))
        self.fp = io.BufferedReader(self.meter, READ_AHEAD)

    @override
    def begin(self) -> None:
        super().begin()
        self.meter.most = None


@cache
def _metered(kind: type[HTTPConnection]) -> type[HTTPConnection]:
    """Return a kind of connection of the HTTP library whose answers come through a meter."""

    class MeteredConnection(kind):  # type: ignore[misc, valid-type]
        """Keeps the meter of an answer with it."""

        def response_class(self, *args: Any, **kwargs: Any) -> MeteredResponse:
            self._metered = MeteredResponse(*args, **kwargs)
            return self._metered

        def getresponse(self) -> Any:
            response = super().getresponse()
            response.meter = self._metered.meter
            return response

    return MeteredConnection


class BoundedResponse(requests.Response):
    """An answer that is read no further than an answer may go.

    Attributes:
        most_bytes: How many bytes it may have at most, unpacked.
        most_packed_bytes: How many where few bytes unpack to many.
        longest: How many seconds it may take at most.
    """

    def __init__(self) -> None:
        super().__init__()
        self.most_bytes: float = MOST_BYTES
        self.most_packed_bytes: float = MOST_PACKED_BYTES
        self.longest = float("inf")
        self._began = time.monotonic()

    @override
    def iter_content(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        promised = promised_size(self)
        if promised is not None and promised > self.most_bytes:
            self.close()
            message = f"the answer is said to have {_size(promised)}"
            raise TooManyBytesError(message)
        return self._bounded(super().iter_content(*args, **kwargs))

    def _bounded(self, pieces: Iterator[Any]) -> Iterator[Any]:
        size = 0
        for piece in pieces:
            size += len(piece)
            if size > self.most_bytes:
                self.close()
                message = f"the answer has more than {_size(self.most_bytes)}"
                raise TooManyBytesError(message)
            if why := self._exceeded(size):
                self.close()
                raise UnboundedAnswerError(why)
            yield piece

    def _exceeded(self, size: int) -> str | None:
        """Say which other bound is exceeded, if one is."""
        meter = getattr(self.raw, "meter", None)
        if size > self.most_packed_bytes and meter and size > MOST_UNPACKING * meter.received:
            return f"{_size(meter.received)} of the answer unpack to more than {_size(size)}"
        if time.monotonic() - self._began > self.longest:
            return f"the answer takes longer than {self.longest:.3g} seconds"
        return None

    def take_for_file(self, most_bytes: float) -> None:
        """Let it take as long as a file does.

        Args:
            most_bytes: How many bytes it may have at most, unpacked.
        """
        self.most_bytes = self.most_packed_bytes = most_bytes
        self.longest = float("inf")


class BoundedAdapter(HTTPAdapter):
    """Sends requests whose answers are bounded.

    Args:
        tls: Makes the connections, if not the usual ones.
        pool: As for `HTTPAdapter`.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, **pool: Any) -> None:
        self._tls: dict[str, Any] = {"ssl_context": tls} if tls else {}
        super().__init__(**pool)

    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **{**kwargs, **self._tls})

    @override
    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, **self._tls)

    @override
    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _metered(type(pool).ConnectionCls)
        return pool

    @override
    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> requests.Response:
        response = super().send(request, stream, timeout, *args, **kwargs)
        if isinstance(response, BoundedResponse) and isinstance(timeout, int | float):
            response.longest = MOST_TIMEOUTS * timeout
        return response

    @override
    def build_response(self, req: PreparedRequest, resp: Any) -> requests.Response:
        response = BoundedResponse()
        vars(response).update(vars(super().build_response(req, resp)))
        return response


def read_within(response: requests.Response, most_bytes: int) -> None:
    """Read an answer that has been opened, if it has no more than so many bytes.

    Raises:
        TooManyBytesError: It has.
        UnboundedAnswerError: It is beyond another bound.
    """
    if isinstance(response, BoundedResponse):
        response.most_bytes = most_bytes
    # This reads it, once.
    _ = response.content


def promised_size(response: requests.Response) -> int | None:
    """Return how many bytes an answer says it has; None if it does not, or is encoded."""
    length = response.headers.get("Content-Length", "")
    is_plain = response.headers.get("Content-Encoding", "identity") in {"", "identity"}
    return int(length) if is_plain and length.isascii() and length.isdigit() else None


def _size(count: float) -> str:
    """Write a number of bytes for people."""
    if count < MEGABYTE:
        return f"{count // KILOBYTE:.0f} KB"
    return f"{count // MEGABYTE:.0f} MB"
