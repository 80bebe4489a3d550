"""The constructs that bodies of all formats are made of, and how a reader begins and ends each.

The reader of a format is a table from the names of its elements or nodes to functions such as
these. What a format alone has, or says in attributes of its own, stands beside its table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeVar

from tap_confluence.content.document.presentation import ALT, AS_READERS_SEE, OMIT

if TYPE_CHECKING:
    from tap_confluence.content.document.blocks import BlockWriter, End
    from tap_confluence.content.document.links import Links
    from tap_confluence.content.document.macro import Macro
    from tap_confluence.content.document.presentation import Presentation

Node = TypeVar("Node")
# Writes the beginning of a construct, which an element of markup or a node of JSON stands for, and
# returns what writes its end, after its content. None if it ends at once.
Start: TypeAlias = Callable[["Reading", Node], "End | None"]

PANEL_LABELS: Final = {
    "info": "Info",
    "note": "Note",
    "tip": "Tip",
    "success": "Success",
    "warning": "Warning",
    "error": "Error",
    "panel": "Panel",
    "custom": "Panel",
}


class Reading(NamedTuple):
    """A body that is being read.

    Attributes:
        writer: Where it is written.
        links: Where its references lead.
        presentation: How it is written.
        note: What is told of each macro.
        find_part: What finds a page or an excerpt to show in the place of a macro, as
            `Includes.find` does; None leaves the macros.
        read_nested: What reads a body of any format that is kept within this one.
    """

    writer: BlockWriter
    links: Links
    presentation: Presentation = AS_READERS_SEE
    note: Callable[[Macro], None] | None = None
    find_part: Callable[..., Callable[..., None] | None] | None = None
    read_nested: Callable[[Any, str, Reading], None] | None = None


def both(inner: End, outer: End) -> End:
    """Return what writes two ends."""

    def end() -> None:
        inner()
        outer()

    return end


def block(reading: Reading, _node: object) -> End:
    """Begin a paragraph, or whatever else stands on lines of its own."""
    boundary = reading.writer.boundary
    boundary()
    return boundary


def marked_block(mark: int) -> Start[object]:
    """Return what begins a block all of whose text carries a mark."""

    def start(reading: Reading, _node: object) -> End:
        boundary = reading.writer.boundary
        boundary()
        close_mark = reading.writer.open_mark(mark)

        def end() -> None:
            boundary()
            close_mark()

        return end

    return start


def quote(reading: Reading, _node: object) -> End:
    """Begin a quotation."""
    return reading.writer.open_quote()


def panel(reading: Reading, kind: str, title: str = "", icon: str = "") -> End:
    """Begin a quotation with a bold label; `kind` is one of `PANEL_LABELS`, or unknown."""
    close_quote = reading.writer.open_quote()
    label = PANEL_LABELS.get(kind, "Panel")
    if title:
        label = title if label == "Panel" else f"{label}: {title}"
    reading.writer.label(f"{icon} {label}" if icon else label)
    return close_quote


def bullet_list(reading: Reading, _node: object) -> End:
    """Begin a list without numbers."""
    return reading.writer.open_list()


def ordered_list(number: Callable[[Node, str], int], name: str) -> Start[Node]:
    """Return what begins a list with numbers, the first of which is in the attribute `name`."""

    def start(reading: Reading, node: Node) -> End:
        return reading.writer.open_list(number(node, name))

    return start


def list_item(reading: Reading, _node: object) -> End:
    """Begin an item of a list."""
    return reading.writer.open_item()


def decision_item(reading: Reading, state: str) -> End:
    """Begin an item of a list of decisions with a bold label; `state` is `UNDECIDED` or another."""
    close_item = reading.writer.open_item()
    reading.writer.bold("Undecided:" if state.upper() == "UNDECIDED" else "Decision:")
    reading.writer.text(" ")
    return close_item


def table(
    is_complex: Callable[[Node], bool], is_numbered: Callable[[Node], bool] | None = None
) -> Start[Node]:
    """Return what begins a table.

    Args:
        is_complex: Tells whether a table is one that Markdown cannot hold.
        is_numbered: Tells whether numbers stand before its rows that are no cells of the body.
    """

    def start(reading: Reading, node: Node) -> End:
        writer = reading.writer
        return writer.open_table(
            is_html=writer.has_html_tables and is_complex(node),
            is_numbered=is_numbered is not None and is_numbered(node),
        )

    return start


def table_row(reading: Reading, _node: object) -> End:
    """Begin a row of a table."""
    return reading.writer.open_row()


def table_cell(number: Callable[[Node, str], int], *, is_header: bool) -> Start[Node]:
    """Return what begins a cell, which may span columns and rows."""

    def start(reading: Reading, node: Node) -> End:
        columns, rows = number(node, "colspan"), number(node, "rowspan")
        return reading.writer.open_cell(is_header=is_header, columns=columns, rows=rows)

    return start


def image(reading: Reading, name: str, source: str) -> None:
    """Write an image by what it shows, or else the name of its file, and where it is."""
    images = reading.presentation.images
    if images == ALT:
        reading.writer.text(name)
    elif images != OMIT:
        reading.writer.image(name, source)


def rule(reading: Reading, _node: object) -> None:
    """Write a line across the page."""
    reading.writer.rule()


def line_break(reading: Reading, _node: object) -> None:
    """End the line, not the paragraph."""
    reading.writer.line_break()
