"""JSON as sites send it, which is not always JSON as RFC 8259 has it.

Apps store what they like, and proxies add to answers. What others read has to be read here, too:
half of a surrogate pair, control characters within a string, bytes that are no UTF-8, a byte order
mark, NaN and Infinity. Such text is turned into what every target can take.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import unquote

import msgspec

ADF: Final = "atlas_doc_format"
"""The representation of a body that is JSON again, in a string."""

NULL_CHARACTER: Final = "\0"
"""What neither PostgreSQL nor a file name can hold."""

MOST_LEVELS: Final = 900
"""How deeply JSON may be nested: what every Python reads, and all that comes after it takes.
Documents and what apps keep are nested a few dozen levels deep."""

MOST_DIGITS: Final = 4000
"""Digits of an integer that Python converts whatever its limit is set to."""

_ESCAPE: Final = b"u0000"
"""Stands in JSON wherever a null character is escaped. Python finds five bytes several times faster
than six, with the backslash."""

_NULL_IN_JSON: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class NotJSONError(ValueError):
    """A text is no JSON by any reading, or nested too deeply for any reader."""


class NestedTooDeeplyError(NotJSONError):
    """A text may be JSON, but is nested more deeply than anything real."""

    def __init__(self) -> None:
        super().__init__(f"it is nested more than {MOST_LEVELS} levels deep")


def decode(text: bytes | str) -> Any:
    """Read JSON, strictly if it can be read so, and leniently if not.

    Args:
        text: An answer as it came, or a text.

    Returns:
        The value. Numbers with a fraction or an exponent are `Decimal`, NaN, Infinity and what is
        beyond any `Decimal` are None. No text in it, the names of members included, has a null
        character or half of a surrogate pair: the former is left out, the latter is U+FFFD.

    Raises:
        NotJSONError: It is no JSON.
        NestedTooDeeplyError: It is nested more deeply than anything real.
    """
    try:
        json_bytes = text.encode() if isinstance(text, str) else text
        value = _strict.decode(json_bytes)
    except (msgspec.DecodeError, UnicodeError, InvalidOperation):
        value = _decoded_leniently(text)
    except RecursionError:
        raise NestedTooDeeplyError from None
    else:
        # A look at the bytes costs next to nothing, unlike one at each value.
        if _ESCAPE not in json_bytes:
            return _checked(value, text)
    return _with_clean_texts(_checked(value, text))


def unquoted(text: str) -> str:
    """Undo the percent-encoding of a part of a URL, but for null characters, which go."""
    return unquote(text).replace(NULL_CHARACTER, "")


def _decoded_leniently(text: bytes | str) -> Any:
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), errors="replace")
    try:
        return _lenient.decode(text.removeprefix("\ufeff"))
    except RecursionError:
        raise NestedTooDeeplyError from None
    except ValueError as error:
        raise NotJSONError(str(error)) from None


def _checked(value: Any, text: bytes | str) -> Any:
    """Return a value that is not nested too deeply.

    Raises:
        NestedTooDeeplyError: It is.
    """
    if _openings(text) <= MOST_LEVELS:
        return value
    level = [value]
    for _ in range(MOST_LEVELS + 1):
        level = [
            each
            for holder in level
            for each in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(each, dict | list)
        ]
        if not level:
            return value
    raise NestedTooDeeplyError


def _openings(text: bytes | str) -> int:
    """Count what may open an object or an array."""
    if isinstance(text, str):
        return text.count("{") + text.count("[")
    return text.count(b"{") + text.count(b"[")


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < MOST_DIGITS else Decimal(digits)


def _decimal(digits: str) -> Decimal | None:
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def _no_number(_name: str) -> None:
    """Stand in for NaN, Infinity and -Infinity."""


_strict: Final = msgspec.json.Decoder(float_hook=Decimal)
_lenient: Final = json.JSONDecoder(
    strict=False, parse_int=_integer, parse_float=_decimal, parse_constant=_no_number
)


def _with_clean_texts(value: Any) -> Any:
    """Return a value in all of whose texts is only what any target takes."""
    holder = [value]
    unread: list[dict[str, Any] | list[Any]] = [holder]
    # Not by recursion, for a value may be nested more deeply than calls may be.
    while unread:
        current = unread.pop()
        if isinstance(current, dict):
            members = [(_clean(name), _clean(member)) for name, member in current.items()]
            current.clear()
            current.update(members)
            _clean_document(current.get(ADF))
            unread += [each for each in current.values() if isinstance(each, dict | list)]
        else:
            current[:] = map(_clean, current)
            unread += [each for each in current if isinstance(each, dict | list)]
    return holder[0]


def _clean(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _LONE_SURROGATE.sub("\ufffd", value.replace(NULL_CHARACTER, ""))


def _clean_document(body: Any) -> None:
    """Take null characters out of a document, whose JSON is the text of a body."""
    if isinstance(body, dict) and isinstance(body.get("value"), str):
        body["value"] = _NULL_IN_JSON.sub(r"\1", body["value"])
