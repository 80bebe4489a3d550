"""Answers that fail, each as a client would meet it."""

from __future__ import annotations

import codecs
import json
import re
import socket
import struct
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from tests.demo_site.errors import LOGIN_PAGE, v2_envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo_site.faults import Trouble
    from tests.demo_site.model import Row

ABSURD = 9_223_372_036_854_775_807
_ESCAPED_CONTROL = re.compile(rb"(?<!\\)((?:\\\\)*)(\\(?:[nrt]|u00[01][0-9a-f]))")
_NO_NUMBER = re.compile(rb'"(NaN|-?Infinity)"')
_ROWS = '{"results":[{"id":"65537","status":"current","title":"Engineering Home"},'


def compact(payload: Any) -> bytes:
    """Write JSON as the API does, in UTF-8 and without spaces; half characters are escaped."""
    try:
        return msgspec.json.encode(payload)
    except UnicodeEncodeError:
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        return text.encode(errors="backslashreplace")


def spelled(way: str, body: bytes) -> bytes:
    """Write JSON in a way of `SPELLINGS`."""
    return SPELLINGS[way](body)


def _with_raw_control_characters(body: bytes) -> bytes:
    return _ESCAPED_CONTROL.sub(lambda found: found[1] + _raw(found[2]), body)


def _raw(escaped: bytes) -> bytes:
    return json.loads(b'"%b"' % escaped).encode()  # type: ignore[no-any-return]


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "byte-order-mark": lambda body: codecs.BOM_UTF8 + body,
    "raw-control-characters": _with_raw_control_characters,
    "no-numbers": lambda body: _NO_NUMBER.sub(rb"\1", body),
    "no-utf-8": lambda body: body.replace("\ufffd".encode(), b"\xff"),
}
"""JSON as it should not be: with a mark before it, with control characters in texts, with the texts
NaN, Infinity and -Infinity as numbers, with a byte that stands for nothing as U+FFFD."""


def json_bytes(status: int, body: bytes, headers: dict[str, str] | None = None) -> web.Response:
    """Answer with what is JSON already."""
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


def json_reply(status: int, payload: Any, headers: dict[str, str] | None = None) -> web.Response:
    """Answer with JSON."""
    return json_bytes(status, compact(payload), headers)


def failing_reply(
    trouble: Trouble,
    request: web.BaseRequest,
    envelope: Callable[[int, str], Row] = v2_envelope,
) -> web.Response:
    """Answer with a failure of any kind but "slow", which is answered well in the end."""
    kind = trouble.kind
    if kind == "reset":
        _reset(request)
        return web.Response()
    if kind == "cut-off":
        _cut_off(request)
        return web.Response()
    if kind == "not-json":
        return web.Response(text=LOGIN_PAGE, content_type="text/html")
    if kind == "bad-json":
        return web.Response(text=_ROWS, content_type="application/json")
    if kind == "wrong-shape":
        return json_reply(200, [])
    status = int(kind[:3])
    return json_reply(status, envelope(status, "Try again"), _headers(trouble))


def _headers(trouble: Trouble) -> dict[str, str]:
    if trouble.kind.endswith("-retry-after"):
        return {"Retry-After": str(trouble.retry_after)}
    if trouble.kind == "429-absurd":
        return {"Retry-After": str(ABSURD)}
    if trouble.kind == "429-reset":
        reset = datetime.now(tz=UTC) + timedelta(seconds=trouble.retry_after, minutes=1)
        return {
            "X-RateLimit-Limit": "65000",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": reset.strftime("%Y-%m-%dT%H:%MZ"),
        }
    return {}


def _reset(request: web.BaseRequest) -> None:
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    # Lingering for no time makes the system send RST instead of an orderly end.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _cut_off(request: web.BaseRequest) -> None:
    transport = request.transport
    if transport is None:
        return
    body = _ROWS.encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body) + 4000}\r\n\r\n"
    )
    transport.write(head.encode() + body)
    transport.close()
