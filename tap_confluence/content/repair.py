"""Markup that is not well-formed, made well-formed without losing text.

Only what an XML parser refuses comes here: unclosed or crossed tags, HTML's void elements,
entities that XML does not know, deep nesting. It is one pass over the pieces between `<` and `<`,
so its cost is linear whatever the input.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from html.entities import html5
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_PART: Final = 1 << 16
"""Characters of markup that are looked at together, where there is much of it."""

# Elements inside each other deeper than this lose their tags; their text stays.
MAX_ELEMENT_DEPTH: Final = 500
PREFIXES: Final = ("ac", "ri", "at")

_ENTITY: Final = re.compile(r"&(?:#\d{1,9};|#[xX][0-9a-fA-F]{1,8};|[A-Za-z][A-Za-z0-9]{0,40};)?")
_ENTITY_OR_CDATA: Final = re.compile(
    r"<!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+(?:\]\]>)?|" + _ENTITY.pattern
)
# They may stand in attributes, which a quotation mark would end.
_QUOTES: Final = {'"': "&quot;", "'": "&apos;"}
_AS_XML: Final = {
    f"&{name}": escape(text, _QUOTES) for name, text in html5.items() if name[-1] == ";"
}
_INVALID: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CLOSING: Final = re.compile(r"/\s*([A-Za-z_][\w:.-]*)[^>]*>")
_OPENING: Final = re.compile(
    r"""([A-Za-z_][\w:.-]*)((?:[^>"']++|"[^"]*"|'[^']*')*+)>|([A-Za-z_][\w:.-]*)([^>]*)>"""
)
_ATTRIBUTE: Final = re.compile(r"""([A-Za-z_][\w:.-]*)\s*+=\s*+("[^"]*"|'[^']*'|[^\s"'>]+)""")
_VOID: Final = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"))
_CELLS: Final = ("p", "li", "td", "th")
# What ends at the latest where an element of this kind begins beside it.
_ENDS_BEFORE: Final = {
    "p": ("p",),
    "li": ("p", "li"),
    "td": _CELLS,
    "th": _CELLS,
    "tr": (*_CELLS, "tr"),
    "dt": ("p", "dt", "dd"),
    "dd": ("p", "dt", "dd"),
}


def as_text(body: Any) -> str:
    """Return a body as text, whatever it is."""
    return body.decode(errors="replace") if isinstance(body, bytes) else str(body)


def clean(text: str) -> str:
    """Return text without what can be in no document: control characters, half characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _INVALID.sub("", text) if _INVALID.search(text) else text


def with_xml_entities(markup: str) -> str:
    """Return markup with HTML's named entities as characters, and stray ampersands escaped."""
    return _ENTITY_OR_CDATA.sub(_xml_entity, markup) if "&" in markup else markup


def parts_with_xml_entities(markup: str) -> Iterator[str]:
    """Yield the same part by part, for markup so large that there should not be a second one."""
    done = 0
    for found in _ENTITY_OR_CDATA.finditer(markup) if "&" in markup else ():
        yield markup[done : found.start()]
        yield _xml_entity(found)
        done = found.end()
    while done < len(markup):
        yield markup[done : done + LONGEST_PART]
        done += LONGEST_PART


def _xml_entity(found: re.Match[str]) -> str:
    entity = found[0]
    known = _AS_XML.get(entity)
    if known is not None:
        return known
    return entity if entity[0] == "<" else escape(clean(_character(found)), _QUOTES)


def _character(found: re.Match[str]) -> str:
    entity = found[0]
    if entity[1:2] == "#":
        return unescape(entity)
    return html5.get(entity[1:], entity)


def _unescaped(text: str) -> str:
    return clean(_ENTITY.sub(_character, text)) if "&" in text else text


def repaired(markup: str) -> str:
    """Return markup as well-formed XML content."""
    pieces = markup.split("<")
    last_comment = max((place for place, piece in enumerate(pieces) if "-->" in piece), default=0)
    tags = _Tags()
    written = tags.written
    written.append(_escaped_text(pieces[0]))
    until = ""
    for place, piece in enumerate(pieces[1:], start=1):
        if until:
            content, found, rest = piece.partition(until)
            if until == "]]>":
                written.append(escape(f"<{content}"))
            if found:
                until = ""
                written.append(_escaped_text(rest))
        elif piece.startswith("![CDATA["):
            content, found, rest = piece[8:].partition("]]>")
            written.append(escape(content) + _escaped_text(rest))
            until = "" if found else "]]>"
        elif piece.startswith("!--"):
            content, found, rest = piece.partition("-->")
            if not found and place < last_comment:
                until = "-->"
            else:
                written.append(_escaped_text(rest if found else content[3:]))
        else:
            tags.read(piece)
    tags.close_all()
    return "".join(written)


class _Tags:
    """Writes tags so that each is closed, in the order they were opened."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self._opened: list[str] = []
        self._counts: Counter[str] = Counter()
        self._too_deep: Counter[str] = Counter()

    def read(self, piece: str) -> None:
        """Write what comes after a `<`: a tag and text, or only text."""
        if piece[:1] in {"!", "?"} and ">" in piece:
            text = piece.partition(">")[2]
        elif end := _CLOSING.match(piece):
            self.close(_qualified_name(end[1]))
            text = piece[end.end() :]
        elif begin := _OPENING.match(piece):
            self.open(_qualified_name(begin[1] or begin[3]), begin[2] if begin[1] else begin[4])
            text = piece[begin.end() :]
        else:
            text = f"<{piece}"
        self.written.append(_escaped_text(text))

    def open(self, name: str, given: str) -> None:
        for ended in _ENDS_BEFORE.get(name, ()):
            if self._opened and self._opened[-1] == ended:
                self.close(ended)
        attributes: dict[str, str] = {}
        for key, value in _ATTRIBUTE.findall(given):
            if not key.startswith("xml"):
                attributes.setdefault(
                    _qualified_name(key), value.strip(value[0] if value[0] in "\"'" else "")
                )
        tag = name + "".join(
            f" {key}={quoteattr(_unescaped(value))}" for key, value in attributes.items()
        )
        if name in _VOID or given.rstrip().endswith("/"):
            self.written.append(f"<{tag}/>")
        elif len(self._opened) < MAX_ELEMENT_DEPTH:
            self.written.append(f"<{tag}>")
            self._opened.append(name)
            self._counts[name] += 1
        else:
            self._too_deep[name] += 1

    def close(self, name: str) -> None:
        if self._too_deep[name]:
            self._too_deep[name] -= 1
        elif self._counts[name]:
            last = ""
            while last != name:
                last = self._opened.pop()
                self._counts[last] -= 1
                self.written.append(f"</{last}>")

    def close_all(self) -> None:
        self.written.extend(f"</{name}>" for name in reversed(self._opened))


def _escaped_text(text: str) -> str:
    return escape(_unescaped(text)) if text else ""


def _qualified_name(name: str) -> str:
    prefix, colon, rest = name.lower().partition(":")
    if not colon:
        return prefix
    separator = ":" if prefix in PREFIXES and rest else "-"
    return f"{prefix}{separator}{rest.replace(':', '-')}"
