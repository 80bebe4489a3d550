"""Reads storage format: XHTML with elements of Confluence's own.

Described at https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html. HTML as
Confluence renders it (`view`, `export_view`) is read the same way.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from tap_confluence.content import sizes
from tap_confluence.content.repair import (
    clean,
    parts_with_xml_entities,
    repaired,
    with_xml_entities,
)
from tap_confluence.content.storage.confluence_elements import CONFLUENCE_ELEMENTS
from tap_confluence.content.storage.elements import skip
from tap_confluence.content.storage.html_elements import HTML_ELEMENTS
from tap_confluence.content.storage.pieces import PieceReader, check_well_formed, evenly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.content.document.blocks import End
    from tap_confluence.content.document.constructs import Reading

_ELEMENTS: Final = {**HTML_ELEMENTS, **CONFLUENCE_ELEMENTS}
_ROOT: Final = '<root xmlns:ac="ac" xmlns:ri="ri" xmlns:at="at">'
_END: Final = "</root>"
_OPTIONS: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": True,
    "remove_comments": True,
    "remove_pis": True,
}
_PARSER: Final = etree.XMLParser(**_OPTIONS)


def read_markup(markup: str, reading: Reading) -> None:
    """Tell a writer what stands in markup, repaired if it is not well-formed.

    Args:
        markup: The markup.
        reading: Where to write, and where references lead.

    Raises:
        TooLargeError: It is too large to be read.
    """
    sizes.check(markup)
    if len(markup) < sizes.LARGE:
        read_elements(parsed(markup), reading)
        return
    try:
        check_well_formed(_pieces(parts_with_xml_entities(markup)), _OPTIONS)
        parts = parts_with_xml_entities(markup)
    except (etree.XMLSyntaxError, ValueError):
        parts = iter([repaired(clean(markup))])
    PieceReader(reading, _ELEMENTS, read_elements).read(_pieces(parts), _OPTIONS)


def _pieces(inside: Iterator[str]) -> Iterator[str]:
    """Yield markup as a document, in pieces to be parsed one after the other."""
    return evenly(chain([_ROOT], inside, [_END]))


def read_elements(tree: etree._Element, reading: Reading) -> None:
    """Tell a writer what stands in an element, and what that is.

    Args:
        tree: The element.
        reading: Where to write, and where references lead.
    """
    text = reading.writer.text
    ends: list[End | None] = []
    walker = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            start = _ELEMENTS.get(element.tag)
            end = start(reading, element) if start else None
            ends.append(end)
            if end is skip:
                walker.skip_subtree()
            elif element.text:
                text(element.text)
        else:
            end = ends.pop()
            if end:
                end()
            if element.tail:
                text(element.tail)


def parsed(markup: str) -> etree._Element:
    """Return markup as a tree, repaired if it is not well-formed."""
    try:
        return etree.fromstring(f"{_ROOT}{with_xml_entities(markup)}{_END}", _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return etree.fromstring(f"{_ROOT}{repaired(clean(markup))}{_END}", _PARSER)
