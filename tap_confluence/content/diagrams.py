"""Sources of diagrams as apps keep them: compressed, inside JSON, or as a drawing with labels."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from binascii import Error
from html import unescape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, unquote_plus

from tap_confluence.decoding import NotJSONError, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

# A source that grows more than this when it is inflated was made to do harm.
_MAX_GROWTH: Final = 64
_MAX_INFLATED: Final = 2_000_000
# A word can by chance be base64 of something that is text.
_SHORTEST_PACKED: Final = 16
_RAW: Final = -zlib.MAX_WBITS
_ZLIB_OR_GZIP: Final = zlib.MAX_WBITS | 32
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0e-\x1f]")
_URL_SAFE: Final = str.maketrans("-_", "+/")
_ESCAPE: Final = re.compile(r"%[0-9a-fA-F]{2}")

_DRAWING: Final = re.compile(r"\s*(?:<\?xml[^>]*+>\s*+)?<(?:mxfile|mxGraphModel)\b")
_DIAGRAM: Final = re.compile(r"<diagram\b[^>]*+>([^<]++)</diagram>")
_LABEL: Final = re.compile(r"""\s(?:value|label)=(?:"([^"]*+)"|'([^']*+)')""")
_TAG: Final = re.compile(r"<[^<>]*+>")

_KEYS: Final = ("diagramDefinition", "definition", "code", "source", "content")


def source_of(text: str) -> str:
    """Return the source of a diagram as people wrote it."""
    text = text.strip("\r\n")
    if text.lstrip().startswith("{"):
        found = _in_json(text)
        return text if found is None else found
    return unpacked(text) or text


def unpacked(text: str) -> str | None:
    """Return what was encoded for a URL, then perhaps deflated, then turned into base64.

    Returns:
        None where it is nothing of the kind, or too large.
    """
    packed = "".join(text.split()).translate(_URL_SAFE)
    if len(packed) < _SHORTEST_PACKED:
        return None
    try:
        data = b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (Error, ValueError):
        return None
    for found in (_inflated(data, _RAW), _inflated(data, _ZLIB_OR_GZIP), data):
        if found:
            try:
                source = found.decode()
            except UnicodeDecodeError:
                continue
            if not _UNPRINTABLE.search(source):
                return unquote(source) if _ESCAPE.search(source) else source
    return None


def labels_in(drawing: str) -> list[str] | None:
    """Return the labels in a drawing of draw.io; None where it is no drawing."""
    if not _DRAWING.match(drawing):
        return None
    found = list(_labels(drawing))
    for packed in _DIAGRAM.findall(drawing):
        source = unpacked(packed)
        found += _labels(source) if source else ()
    return found


def titles_in_roadmap(source: str) -> list[str]:
    """Return what a reader sees of a roadmap: its title, lanes, bars and markers.

    Args:
        source: JSON, encoded for a URL.
    """
    try:
        roadmap = decode(unquote_plus(source))
    except NotJSONError:
        return []
    found: list[str] = []
    nodes: list[Any] = [roadmap]
    while nodes:
        node = nodes.pop()
        if isinstance(node, list):
            nodes.extend(reversed(node))
        elif isinstance(node, dict):
            titles = (node.get("title"), node.get("description"))
            found += (title.strip() for title in titles if isinstance(title, str))
            nodes.extend(node.get(key) for key in ("markers", "bars", "lanes"))
    return [title for title in found if title]


def _inflated(data: bytes, bits: int) -> bytes | None:
    most = min(_MAX_INFLATED, _MAX_GROWTH * len(data))
    inflate = zlib.decompressobj(bits)
    try:
        found = inflate.decompress(data, most + 1)
    except zlib.error:
        return None
    return found if inflate.eof and len(found) <= most else None


def _in_json(text: str) -> str | None:
    try:
        given = decode(text)
    except NotJSONError:
        return None
    if isinstance(given, dict):
        for key in _KEYS:
            if isinstance(given.get(key), str) and given[key].strip():
                return str(given[key])
    return None


def _labels(drawing: str) -> Iterator[str]:
    for double, single in _LABEL.findall(drawing):
        # They are HTML inside an attribute.
        label = " ".join(unescape(_TAG.sub(" ", unescape(double or single))).split())
        if label:
            yield label
