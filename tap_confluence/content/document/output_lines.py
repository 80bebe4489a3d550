"""Lines that are being written, and the lists and quotes around the next of them."""

from __future__ import annotations

from typing import Final

# The highest number a list item may have.
MAX_NUMBER: Final = 999_999_999


class List:
    """A list: where it stands, and how its items are marked.

    Attributes:
        start: The number of the first item; None if items have bullets.
        outer_prefix: What lines around the list begin with.
        marker_prefix: What stands before the markers of its items.
        item_prefix: What further lines of the last item begin with.
        is_alternate: Whether markers are the other ones, since a list of its kind has just ended.
        count: How many items there are so far.
    """

    def __init__(
        self, start: int | None, outer_prefix: str, marker_prefix: str, *, is_alternate: bool
    ) -> None:
        self.start = start
        self.outer_prefix = outer_prefix
        self.marker_prefix = marker_prefix
        self.item_prefix = marker_prefix
        self.is_alternate = is_alternate
        self.count = 0

    def marker(self) -> str:
        """Return the marker of the next item."""
        if self.start is None:
            return "* " if self.is_alternate else "- "
        number = min(self.start + self.count, MAX_NUMBER)
        return f"{number}) " if self.is_alternate else f"{number}. "


class Item:
    """An item of a list."""

    def __init__(self, outer_prefix: str) -> None:
        self.outer_prefix = outer_prefix


class Quote:
    """A quotation or panel."""

    def __init__(self, outer_prefix: str, marker: str | None) -> None:
        self.outer_prefix = outer_prefix
        self.marker = marker


class OutputLines:
    """What is written so far: of the document, or of one cell of a table.

    Attributes:
        lines: Lines that are finished.
        prefix: What each line begins with: indentation and marks of quotes.
        marker: What the next line begins with instead, if it is the first of a list item.
        is_task: Whether the marker has a check box, which only a paragraph may follow.
        blank_prefix: The shortest prefix since the last line: what a blank line begins with.
        is_blank_due: Whether a blank line comes before the next block.
        after_text: Whether the last block was a paragraph.
        after_list: Depth and kind of the list that has just ended.
    """

    # Defaults of the class, since most cells hold one line and change none of them.
    depth = 0
    prefix = ""
    marker: str | None = None
    is_task = False
    blank_prefix = ""
    is_blank_due = False
    after_text = False
    after_list: tuple[int, bool, bool] | None = None

    def __init__(self, *, is_cell: bool) -> None:
        self.lines: list[str] = []
        self.containers: list[List | Item | Quote | None] = []
        self.is_cell = is_cell
