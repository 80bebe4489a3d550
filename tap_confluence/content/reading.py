"""What those who read an element of storage format share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

    from tap_confluence.content.blocks import BlockWriter
    from tap_confluence.content.links import Links

AC: Final = "{ac}"
RI: Final = "{ri}"
_MAX_DIGITS: Final = 9


class Reading(NamedTuple):
    """A body that is being read: where it is written, and where its references lead."""

    writer: BlockWriter
    links: Links


# Writes what stands before the content of an element and returns what writes its end; `skip` if
# the content is not to be read, None if there is nothing to write.
Start: TypeAlias = Callable[[Reading, "_Element"], Callable[[], None] | None]


def skip() -> None:
    """Stand for: do not read what is inside."""


def skipped(_reading: Reading, _element: _Element) -> Callable[[], None]:
    """Read nothing of an element."""
    return skip


def number(text: str | None, default: int) -> int:
    """Return an attribute as a number."""
    return int(text) if text and len(text) <= _MAX_DIGITS and text.strip().isdecimal() else default


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


def first(element: _Element, prefix: str) -> _Element | None:
    """Return the first child whose name begins with a prefix."""
    for child in element:
        if child.tag.startswith(prefix):
            return child
    return None
