"""Answers without an end, or with far more in them than they look."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from contextlib import suppress
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.demo_site.faults import Trouble

MEGABYTE = 1 << 20
TEN_GIGABYTES = 10 << 30
GIGABYTE_IN_MEGABYTES = 1 << 10

KINDS = (
    "dribble",
    "dribbling-headers",
    "trickle",
    "endless-headers",
    "many-headers",
    "endless",
    "huge",
    "bomb",
    "deep",
)
"""One byte after the other, also of the headers; four kilobytes after the other; headers that do
not end, and 200 of them; a body that does not end, and one of 10 GB; a gigabyte in a megabyte of
gzip; an object in an object, a thousand times."""

DEEP = 1_000
_BEGINNING = b'{"results":['


async def unbounded_reply(trouble: Trouble, request: web.BaseRequest) -> web.StreamResponse:
    """Answer until whoever asked has had enough."""
    # Whoever hangs up has had enough.
    with suppress(ConnectionError, asyncio.CancelledError):
        match trouble.kind:
            case "dribbling-headers":
                return await _raw(request, repeat(b"x"), trouble.delay)
            case "endless-headers":
                return await _raw(request, repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), 0)
            case "many-headers":
                headers = b"".join(b"X-%d: 1\r\n" % number for number in range(200))
                return await _raw(request, [b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n{}"], 0)
            case "deep":
                return web.Response(body=deep(DEEP), content_type="application/json")
        return await _body(trouble, request)
    return web.Response()


def deep(levels: int) -> bytes:
    """Write JSON that is nested so deeply."""
    return b'{"a":' * levels + b"1" + b"}" * levels


async def _body(trouble: Trouble, request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse(
        status=trouble.status, headers={"Content-Type": "application/json"}
    )
    pieces: Iterable[bytes] = repeat(b" " * MEGABYTE)
    pause = 0.0
    match trouble.kind:
        case "dribble":
            pieces, pause = repeat(b" "), trouble.delay
        case "trickle":
            pieces, pause = repeat(b" " * 4096), trouble.delay
        case "huge":
            response.content_length = TEN_GIGABYTES
        case "bomb":
            response.headers["Content-Encoding"] = "gzip"
            pieces = _packed()
    await response.prepare(request)
    if trouble.kind != "bomb":
        await response.write(_BEGINNING)
    for piece in pieces:
        await response.write(piece)
        await asyncio.sleep(pause)
    await response.write_eof()
    return response


async def _raw(request: web.BaseRequest, pieces: Iterable[bytes], pause: float) -> web.Response:
    transport = request.transport
    if transport is not None:
        transport.write(b"" if not pause else b"HTTP/1.1 200 OK\r\nX-Odd: ")
        for piece in pieces:
            if transport.is_closing():
                break
            transport.write(piece)
            await asyncio.sleep(pause or 0.0001)
        transport.close()
    return web.Response()


@cache
def _packed() -> list[bytes]:
    """Pack a gigabyte of spaces, which takes no time, as a megabyte of them is packed but once."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    megabyte = packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    head = gzip.compress(b"")[:10]
    return [head, *[megabyte] * GIGABYTE_IN_MEGABYTES]
