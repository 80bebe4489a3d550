"""What all who read an element of storage format or HTML need of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

    from tap_confluence.content.document.blocks import End
    from tap_confluence.content.document.constructs import Reading

_MAX_DIGITS: Final = 9


def skip() -> None:
    """Stand for an end: what is in the element is not to be read."""


def skipped(_reading: Reading, _element: _Element) -> End:
    """Read nothing of an element."""
    return skip


def number(element: _Element, name: str) -> int:
    """Return an attribute as a number, 1 where it is none."""
    text = element.get(name)
    return int(text) if text and len(text) <= _MAX_DIGITS and text.strip().isdecimal() else 1


def verbatim(element: _Element) -> str:
    """Return all text in an element, `<br/>` as line breaks."""
    parts: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "end":
            parts.append(inner.tail or "" if inner is not element else "")
        elif inner.tag == "br":
            parts.append("\n")
        else:
            parts.append(inner.text or "")
    return "".join(parts)


def first_child(element: _Element, prefix: str) -> _Element | None:
    """Return the first child whose name begins with a prefix."""
    for child in element:
        if child.tag.startswith(prefix):
            return child
    return None
