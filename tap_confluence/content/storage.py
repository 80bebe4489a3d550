"""Reads storage format: XHTML with elements of Confluence's own.

Described at https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html. HTML as
Confluence renders it (`view`, `export_view`) is read the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from tap_confluence.content.confluence_elements import CONFLUENCE_ELEMENTS
from tap_confluence.content.elements import skip
from tap_confluence.content.html_elements import HTML_ELEMENTS
from tap_confluence.content.repair import clean, repaired, with_xml_entities

if TYPE_CHECKING:
    from tap_confluence.content.blocks import End
    from tap_confluence.content.constructs import Reading

_ELEMENTS: Final = {**HTML_ELEMENTS, **CONFLUENCE_ELEMENTS}
_ROOT: Final = '<root xmlns:ac="ac" xmlns:ri="ri" xmlns:at="at">'
_PARSER: Final = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=True,
    remove_comments=True,
    remove_pis=True,
)


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
        return etree.fromstring(f"{_ROOT}{with_xml_entities(markup)}</root>", _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return etree.fromstring(f"{_ROOT}{repaired(clean(markup))}</root>", _PARSER)
