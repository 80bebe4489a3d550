"""Answers as no Confluence should give them, made of the ones it does give."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]
Place = tuple[Any, Any]
"""What holds a value, an object or a list, and under which name or number it does."""

ODD_VALUES: tuple[Any, ...] = (
    None,
    *(True, False, 0, -1, 7, 1.5, 10**30, -(10**400), 1e308),
    *("", " ", "0", "null", "../..", "a/b?c#d", "%2F", "\ud800", "\x00", "x" * 70_000, "\u202e"),
    *("2024-01-01", "2024-13-45T99:99:99.999Z", "0001-01-01T00:00:00.000Z"),
    *("9999-12-31T23:59:59.999-14:00", "0001-01-01T00:00:00+14:00", "24-01-01T00:00:00.000Z"),
    *([], [None], [[]], [1, "two", {}], {}, {"id": None}, {"results": None}, {"": {"": []}}),
    {"results": [1, None, [], {}, {"id": []}], "_links": []},
)
"""Values of which any field may have any."""

ODD_LINKS: tuple[Any, ...] = (
    *(None, [], "", 0, {"next": None}, {"next": 5}, {"next": []}, {"next": {}}, {"next": "?"}),
    *({"next": "/"}, {"next": "http://[::1"}, {"next": "//example.invalid/x?cursor=%ZZ"}),
    *({"next": "?cursor=again"}, {"next": "?cursor=a&cursor=b&start=x&limit=-1"}),
    {"next": "https://example.invalid/wiki/api/v2/pages?cursor=eyJ9&limit=2"},
)
"""What may stand in place of the links of a list."""

ODD_HEADERS: dict[str, tuple[str, ...]] = {
    "Retry-After": (
        *("soon", "-5", "0", "1e9", "9223372036854775807", "9" * 400, "\u00b2", ""),
        *("Thu, 99 Foo 2024 99:99:99 GMT", "Mon, 01 Jan 0001 00:00:00 -2359", "2024-01-01T00:00Z"),
    ),
    "X-RateLimit-Reset": ("never", "-1", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", ""),
    "X-RateLimit-Remaining": ("", "-1", "many", "NaN"),
    "X-RateLimit-Limit": ("0", "-1", "x"),
    "X-RateLimit-NearLimit": ("maybe", "TRUE", ""),
    "Date": (
        *("yesterday", "", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -1400"),
        *("Mon, 01 Jan 0001 00:00:00 +1400", "Thu, 01 Jan 99999 00:00:00 GMT", "1"),
    ),
    "Content-Type": ("text/html", "", "application/json; charset=utf-16", ";;;", "x" * 300),
    "Link": ("<", "<>; rel=next", "<?cursor=x>; rel", "<http://[>; rel=next", ";;;,,,"),
    "Location": ("", "//", "http://[", "https://example.invalid/login", "/wiki", "\u00e9\u00ff"),
    "Content-Encoding": ("gzip", "br", "nonsense"),
    "Set-Cookie": ("session=1; Domain=.invalid", "="),
}
"""Headers as no server should send them."""

ODD_STATUSES = (201, 204, 206, 299, 300, 301, 304, 307, 400, 402, 405, 409, 410, 413, 418, 451, 499)
"""Statuses that are neither 200 nor what the demo site answers by itself."""

WAITING_STATUSES = (401, 403, 404, 429, 500, 503, 599)
"""Statuses about which there is more to do than to read them."""

ODD_BODIES: tuple[bytes, ...] = (
    *(b"", b"null", b"true", b"0", b'"text"', b"[]", b"{}", b"\xff\xfe{\x00}\x00", b"[" * 100_000),
    *(b"<html>Log in</html>", b'{"results":[', b'{"a":1}{"a":1}', b"\xef\xbb\xbf{}", b"\x00"),
    *(b'{"results":{}}', b'{"results":[null,1,"x",[],{}]}', b'{"results":[{"id":NaN}]}'),
    *(b'{"results":[{"id":"\\ud800"}]}', b'{"results":[{"id":1' + b"0" * 5000 + b"}]}"),
    *(b'{"errors":5}', b'{"errors":[[]],"message":{}}', b'{"errors":[{"detail":{}}]}'),
)
"""Whole answers that are no list and no object, or hardly one."""


@dataclass(frozen=True)
class Answer:
    """What is sent: a status, headers, and a body that may end too early."""

    status: int
    headers: dict[str, str]
    body: bytes
    ends_at: int | None = None


@dataclass(frozen=True)
class Distortion:
    """Which answers are changed, and how; the same request is always answered the same.

    Attributes:
        seed: Another seed changes other answers, and other parts of them.
        share: How many of all answers are changed.
        kinds: By which of `KINDS`.
        under: Only what is asked for under a path that contains this.
    """

    seed: int
    share: float
    kinds: tuple[str, ...]
    under: str = ""

    def of(self, target: str, answer: Answer) -> Answer:
        """Change the answer to what was asked for, or not."""
        dice = Random(f"{self.seed} {target}")
        if self.under not in target or dice.random() >= self.share:
            return answer
        return KINDS[dice.choice(self.kinds)](answer, dice)


def _in_json(change: Callable[[Any, Random], Any]) -> Callable[[Answer, Random], Answer]:
    def changed(answer: Answer, dice: Random) -> Answer:
        try:
            payload = json.loads(answer.body)
        except ValueError:
            return answer
        return _with_body(answer, _dump(change(payload, dice)))

    return changed


def _dump(payload: Any) -> bytes:
    return json.dumps(payload).encode()


def _with_body(answer: Answer, body: bytes) -> Answer:
    return Answer(answer.status, answer.headers, body)


def _places(payload: Any) -> Iterator[Place]:
    """Yield where there are values, at any depth."""
    open_ = [payload]
    while open_:
        holder = open_.pop()
        keys: Any = holder if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            yield holder, key
            if isinstance(holder[key], (dict, list)):
                open_.append(holder[key])


def _some_places(payload: Any, dice: Random) -> list[Place]:
    places = list(_places(payload)) if isinstance(payload, (dict, list)) else []
    return dice.sample(places, min(len(places), dice.choice((1, 1, 2, 5, 40))))


def _other_values(payload: Any, dice: Random) -> Any:
    for holder, key in _some_places(payload, dice):
        holder[key] = copy.deepcopy(dice.choice(ODD_VALUES))
    return payload


def _same_field(payload: Any, dice: Random) -> Any:
    """Give one field the same odd value in all rows."""
    names = sorted({key for _, key in _places(payload) if isinstance(key, str)}, key=str)
    if not names:
        return payload
    name, value = dice.choice(names), dice.choice(ODD_VALUES)
    for holder, key in list(_places(payload)):
        if key == name:
            holder[key] = copy.deepcopy(value)
    return payload


def _without_keys(payload: Any, dice: Random) -> Any:
    for holder, key in _some_places(payload, dice):
        if isinstance(holder, dict):
            holder.pop(key, None)
    return payload


def _numbers(payload: Any, _: Random) -> Any:
    """Turn digits into numbers, as older releases have them, and numbers into digits."""
    for holder, key in list(_places(payload)):
        value = holder[key]
        if isinstance(value, str) and value.isdecimal():
            holder[key] = int(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            holder[key] = str(value)
    return payload


def _odd_links(payload: Any, dice: Random) -> Any:
    if isinstance(payload, dict):
        payload["_links"] = copy.deepcopy(dice.choice(ODD_LINKS))
    return payload


def _odd_rows(payload: Any, dice: Random) -> Any:
    rows = payload.get("results") if isinstance(payload, dict) else payload
    if isinstance(rows, list):
        for value in dice.sample(ODD_VALUES, 5):
            rows.insert(dice.randrange(len(rows) + 1), copy.deepcopy(value))
        rows += rows[: dice.randrange(3)]
    return payload


def _deep(payload: Any, dice: Random) -> Any:
    depth = dice.choice((50, 300))
    nested: Any = []
    for _ in range(depth):
        nested = {"child": [nested]}
    for holder, key in _some_places(payload, dice)[:2]:
        holder[key] = nested
    return payload


def _odd_headers(answer: Answer, dice: Random) -> Answer:
    chosen = dice.sample(sorted(ODD_HEADERS), dice.randrange(1, 4))
    odd = {name: dice.choice(ODD_HEADERS[name]) for name in chosen}
    return Answer(answer.status, {**answer.headers, **odd}, answer.body)


def _odd_status(answer: Answer, dice: Random) -> Answer:
    odd = _odd_headers(answer, dice) if dice.random() < 0.5 else answer
    body = dice.choice((odd.body, *ODD_BODIES))
    return Answer(dice.choice((*ODD_STATUSES, *WAITING_STATUSES)), odd.headers, body)


def _odd_body(answer: Answer, dice: Random) -> Answer:
    return _with_body(answer, dice.choice(ODD_BODIES))


def _flipped(answer: Answer, dice: Random) -> Answer:
    body = bytearray(answer.body)
    for _ in range(dice.choice((1, 3, 30))):
        if body:
            body[dice.randrange(len(body))] = dice.randrange(256)
    return _with_body(answer, bytes(body))


def _cut_off(answer: Answer, dice: Random) -> Answer:
    return Answer(answer.status, answer.headers, answer.body, dice.randrange(len(answer.body) + 1))


IN_JSON = {
    "other values": _in_json(_other_values),
    "same field": _in_json(_same_field),
    "without keys": _in_json(_without_keys),
    "numbers": _in_json(_numbers),
    "odd links": _in_json(_odd_links),
    "odd rows": _in_json(_odd_rows),
    "deep": _in_json(_deep),
}
"""Changes after which an answer is JSON still."""

AROUND_JSON = {
    "odd headers": _odd_headers,
    "odd status": _odd_status,
    "odd body": _odd_body,
    "flipped": _flipped,
    "cut off": _cut_off,
}
"""Changes of what is around it."""

KINDS: dict[str, Callable[[Answer, Random], Answer]] = {**IN_JSON, **AROUND_JSON}
