"""Large bodies in markup, read while they are parsed.

What a parser makes of markup takes many times its size. So of a large body only that is kept which
is needed at once: the elements around the present place, and the one that stands there. Elements
that say all they are in their own tag, such as tables and their rows, are read as they begin if
they are long; all others, such as paragraphs and macros, when they are whole. What has been read is
dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from lxml import etree

from tap_confluence.content import sizes
from tap_confluence.content.storage.html_elements import panel_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from lxml.etree import _Element

    from tap_confluence.content.document.blocks import End
    from tap_confluence.content.document.constructs import Reading, Start

    Event = Literal["start", "end"]
    Elements = Mapping[str | bytes | bytearray, Start[_Element]]

PIECE: Final = 1 << 16
"""Characters that are parsed at once."""

_READ_AS_THEY_BEGIN: Final = frozenset(
    (
        "root",
        *("article", "blockquote", "body", "center", "div", "html", "main", "section"),
        *("ol", "ul", "li"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tr"),
        *("{ac}layout", "{ac}layout-cell", "{ac}layout-section", "{ac}task-list"),
    )
)
"""The elements of which nothing that stands in them says what they are."""


class PieceReader:
    """Tells a writer what stands in well-formed markup, piece by piece.

    Args:
        reading: Where to write, and where references lead.
        elements: What begins each element.
        read_whole: Reads an element that is whole, with the text behind it.
    """

    def __init__(
        self, reading: Reading, elements: Elements, read_whole: Callable[[_Element, Reading], None]
    ) -> None:
        self._reading = reading
        self._elements = elements
        self._read_whole = read_whole
        # What ends each element that is being read.
        self._ends: list[End | None] = []
        # Elements that are open within the one that is read when it is whole, itself included.
        self._open = 0
        # Reads what came last, once the text that belongs to it has come.
        self._due: Callable[[], None] | None = None

    def read(self, pieces: Iterable[str], options: Mapping[str, Any]) -> None:
        """Read markup.

        Args:
            pieces: The markup.
            options: Those of the parser.

        Raises:
            TooLargeError: An element is too large that is read when it is whole.
        """
        size = 0
        for piece, events in _events(pieces, ("start", "end"), options):
            was_open = self._open
            for event, element, ends_soon in _with_ends(events):
                self._take(event, element, ends_soon=ends_soon)
            size = size + len(piece) if was_open and self._open else 0
            if size > sizes.MOST_AT_ONCE:
                message = f"a part of it has more than {sizes.in_megabytes(sizes.MOST_AT_ONCE)}"
                raise sizes.TooLargeError(message)
        self._read_due()

    def _take(self, event: str, element: _Element, *, ends_soon: bool) -> None:
        if self._open:
            self._open += 1 if event == "start" else -1
            if not self._open:
                self._due = lambda: self._read_whole(element, self._reading)
            return
        self._read_due()
        if event == "end":
            end = self._ends.pop()
            if end:
                end()
            self._due = lambda: self._text(element.tail)
            return
        _drop_before(element)
        # What is short is read faster when it is whole.
        if not ends_soon and self._is_read_as_it_begins(element):
            start = self._elements.get(element.tag)
            self._ends.append(start(self._reading, element) if start else None)
            self._due = lambda: self._text(element.text)
        else:
            self._open = 1

    def _read_due(self) -> None:
        due, self._due = self._due, None
        if due:
            due()

    def _text(self, text: str | None) -> None:
        if text:
            self._reading.writer.text(text)

    def _is_read_as_it_begins(self, element: _Element) -> bool:
        if element.tag == "table":
            # Whether it becomes HTML depends on what stands in it.
            return not self._reading.writer.has_html_tables
        # The title of a panel stands in it.
        return element.tag in _READ_AS_THEY_BEGIN and not panel_kind(element)


def check_well_formed(pieces: Iterable[str], options: Mapping[str, Any]) -> None:
    """Parse markup without keeping any of it.

    Raises:
        etree.XMLSyntaxError: It is not well-formed.
        ValueError: It is no text.
    """
    for _, events in _events(pieces, ("end",), options):
        for _, element in events:
            _drop_before(element)


def _events(
    pieces: Iterable[str], kinds: Sequence[Event], options: Mapping[str, Any]
) -> Iterator[tuple[str, Iterator[tuple[str, _Element]]]]:
    """Parse markup; yield each piece of it with the elements that begin or end in it."""
    parser: Any = etree.XMLPullParser(kinds, **options)
    for piece in pieces:
        parser.feed(piece.encode())
        yield piece, parser.read_events()
    parser.close()
    yield "", parser.read_events()


def _with_ends(
    events: Iterable[tuple[str, _Element]],
) -> Iterator[tuple[str, _Element, bool]]:
    """Yield what begins and ends in a piece, and of what begins whether it ends there, too."""
    taken = list(events)
    begun: list[int] = []
    whole: set[int] = set()
    for place, (event, _) in enumerate(taken):
        if event == "start":
            begun.append(place)
        elif begun:
            whole.add(begun.pop())
    for place, (event, element) in enumerate(taken):
        yield event, element, place in whole


def evenly(parts: Iterable[str]) -> Iterator[str]:
    """Yield text in pieces that are neither long nor short."""
    together: list[str] = []
    size = 0
    for part in parts:
        for start in range(0, len(part), PIECE):
            together.append(part[start : start + PIECE])
            size += len(together[-1])
            if size >= PIECE:
                yield "".join(together)
                together.clear()
                size = 0
    yield "".join(together)


def _drop_before(element: _Element) -> None:
    """Drop what has been read before an element, but for the text that stands beside it."""
    parent, last = element.getparent(), element.getprevious()
    if parent is None or last is None:
        return
    before = last.getprevious()
    if before is not None:
        parent.remove(before)
    tail = last.tail
    last.clear()
    last.tail = tail
