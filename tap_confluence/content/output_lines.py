"""Lines that are being written, and the lists and quotes around the next of them."""

from __future__ import annotations

from typing import Final

# The highest number a list item may have.
MAX_NUMBER: Final = 999_999_999


class List:
    """A list: where it stands, and how its items are marked."""

    def __init__(self, start: int | None, outside: str, base: str, *, is_alternate: bool) -> None:
        self.start = start
        self.outside = outside
        self.base = base
        self.inside = base
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

    def __init__(self, outside: str) -> None:
        self.outside = outside


class Quote:
    """A quotation or panel."""

    def __init__(self, outside: str, marker: str | None) -> None:
        self.outside = outside
        self.marker = marker


class OutputLines:
    """What is written so far: of the document, or of one cell of a table.

    Attributes:
        lines: Lines that are finished.
        prefix: What each line begins with: indentation and marks of quotes.
        marker: What the next line begins with instead, if it is the first of a list item.
        is_task: Whether the marker has a check box, which only a paragraph may follow.
        outer: The shortest prefix since the last line: what a blank line begins with.
        is_blank_due: Whether a blank line comes before the next block.
        after_text: Whether the last block was a paragraph.
        after_list: Depth and kind of the list that has just ended.
    """

    # Defaults of the class, since most cells hold one line and change none of them.
    depth = 0
    prefix = ""
    marker: str | None = None
    is_task = False
    outer = ""
    is_blank_due = False
    after_text = False
    after_list: tuple[int, bool, bool] | None = None

    def __init__(self, *, is_cell: bool) -> None:
        self.lines: list[str] = []
        self.containers: list[List | Item | Quote | None] = []
        self.is_cell = is_cell
