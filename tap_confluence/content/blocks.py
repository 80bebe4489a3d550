"""A document as it is told by a reader: blocks within blocks, and runs of text in them.

A reader of storage format or of ADF calls a `BlockWriter` from the top of a body to its end; what
it opens it closes. The writer keeps track of lists, quotes and tables, and leaves to its
subclasses how a heading, a paragraph or a table looks. Nothing here recurses, and each piece of
text is handled a bounded number of times, so the cost is linear in the body.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final

from tap_confluence.content.escaping import is_followable
from tap_confluence.content.inline import BREAK, STRONG, Run
from tap_confluence.content.sheets import MAX_NUMBER, Item, List, Quote, Sheet
from tap_confluence.content.tables import MAX_SPAN, Cell, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Lists and quotes inside each other deeper than this are flattened: their indentation would grow
# with the square of the depth, and renderers stop soon after.
MAX_DEPTH: Final = 12
# The same for tables in cells of tables.
MAX_TABLES: Final = 4
# White space that is left alone where several spaces in a row become one.
_CELL_INDENT: Final = "\u00a0\u00a0"


class BlockWriter(ABC):
    """Writes a document while it is read."""

    quote_marker: ClassVar[str] = ""

    def __init__(self) -> None:
        self._sheet = Sheet(is_cell=False)
        self._runs: list[Run] = []
        self._is_apart = False
        self._marks = 0
        self._counts: dict[int, int] = {}
        self._href: str | None = None
        self._outer_hrefs: list[str | None] = []
        self._level = 0
        self._tables: list[Table | None] = []
        self._outer_sheets: list[tuple[Sheet, bool, int, int] | None] = []

    def finish(self) -> str:
        """Return the document."""
        self.boundary()
        return "\n".join(self._sheet.lines)

    # Text

    def text(self, text: str) -> None:
        """Add text; white space in it is as in HTML."""
        words = text.split()
        if not words:
            self._is_apart = self._is_apart or bool(text)
            return
        is_apart = self._is_apart or text[0].isspace()
        self._runs.append(Run(is_apart, " ".join(words), self._marks, self._href))
        self._is_apart = text[-1].isspace()

    def span(self, text: str, marks: int, href: str | None = None) -> None:
        """Add text with marks, and perhaps a link, of its own."""
        outer = self._marks, self._href
        self._marks |= marks
        if self._href is None and is_followable(href):
            self._href = href
        self.text(text)
        self._marks, self._href = outer

    def line_break(self) -> None:
        """End the line, not the paragraph."""
        self._runs.append(Run(is_apart=False, text="\n", marks=BREAK, href=None))
        self._is_apart = False

    @abstractmethod
    def image(self, name: str, source: str) -> None:
        """Add an image by what it shows, or else the name of its file, and where it is."""

    def mark_on(self, mark: int) -> None:
        """Begin bold, italics and the like; each is ended by `mark_off`."""
        self._counts[mark] = self._counts.get(mark, 0) + 1
        self._marks |= mark

    def mark_off(self, mark: int) -> None:
        """End what `mark_on` began."""
        self._counts[mark] -= 1
        if not self._counts[mark]:
            self._marks &= ~mark

    def link_on(self, href: str | None) -> None:
        """Begin a link; one within another is text of the outer one."""
        self._outer_hrefs.append(self._href)
        if self._href is None and is_followable(href):
            self._href = href

    def link_off(self) -> None:
        """End what `link_on` began."""
        self._href = self._outer_hrefs.pop()

    def bold(self, text: str) -> None:
        """Add bold text."""
        self.span(text, STRONG)

    # Blocks

    def boundary(self) -> None:
        """Begin or end a paragraph, or whatever else is a block."""
        if self._runs:
            runs, self._runs = self._runs, []
            self._write_runs(runs)
        self._is_apart = False

    def heading_on(self, level: int) -> None:
        """Begin a heading of level 1 to 6."""
        self.boundary()
        self._level = min(max(level, 1), 6)

    def heading_off(self) -> None:
        """End a heading."""
        self.boundary()
        self._level = 0

    def label(self, text: str) -> None:
        """Add a bold line of its own."""
        self.boundary()
        self.bold(text)
        self.boundary()

    def code_block(self, text: str, language: str = "") -> None:
        """Add lines of code, as they are."""
        self.boundary()
        lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
        if any(lines):
            self._put(self._code_lines(lines, language))

    def rule(self) -> None:
        """Add a line across the page."""
        self.boundary()
        lines = self._rule_lines()
        if lines:
            self._put(lines)

    def open_quote(self) -> None:
        """Begin a quotation or panel."""
        self.boundary()
        sheet = self._sheet
        if sheet.depth >= MAX_DEPTH or sheet.is_cell:
            sheet.containers.append(None)
            return
        self._finish_task()
        sheet.containers.append(Quote(sheet.prefix, sheet.marker))
        if sheet.marker is not None:
            sheet.marker += self.quote_marker
        sheet.prefix += self.quote_marker
        sheet.depth += 1

    def close_quote(self) -> None:
        """End a quotation or panel."""
        self.boundary()
        sheet = self._sheet
        quote = sheet.containers.pop()
        if isinstance(quote, Quote):
            if sheet.marker is not None:
                sheet.marker = quote.marker
            self._leave(quote.outside)

    def open_list(self, start: int | None = None) -> None:
        """Begin a list, numbered if it has a start."""
        self.boundary()
        sheet = self._sheet
        if sheet.depth >= MAX_DEPTH:
            sheet.containers.append(None)
            return
        self._finish_task()
        parent = sheet.containers[-1] if sheet.containers else None
        base = parent.inside if isinstance(parent, List) else sheet.prefix
        if sheet.is_cell:
            base = _CELL_INDENT * sheet.depth
        if start is not None and not 0 <= start <= MAX_NUMBER:
            start = 1
        kind = (len(sheet.containers), start is not None)
        is_alternate = sheet.after_list == (*kind, False)
        sheet.containers.append(List(start, sheet.prefix, base, is_alternate=is_alternate))
        sheet.prefix = base
        sheet.depth += 1

    def close_list(self) -> None:
        """End a list."""
        self.boundary()
        sheet = self._sheet
        ended = sheet.containers.pop()
        if isinstance(ended, List):
            self._leave(ended.outside)
            if ended.count:
                kind = (len(sheet.containers), ended.start is not None)
                sheet.after_list = (*kind, ended.is_alternate)

    def open_item(self, *, is_done: bool | None = None) -> None:
        """Begin an item of a list; of a task list if it is known whether it is done."""
        self.boundary()
        sheet = self._sheet
        parent = sheet.containers[-1] if sheet.containers else None
        if not isinstance(parent, List):
            sheet.containers.append(None)
            return
        marker = parent.marker()
        if parent.count or (
            # A list after a paragraph of the item it is in needs no blank line, unless its
            # number could as well be a number in the text.
            sheet.after_text
            and sheet.marker is None
            and parent.start in {None, 1}
            and len(sheet.containers) > 1
            and isinstance(sheet.containers[-2], Item | List)
        ):
            sheet.is_blank_due = False
        sheet.containers.append(Item(sheet.prefix))
        parent.count += 1
        indent = "" if sheet.is_cell else " " * len(marker)
        if is_done is not None:
            marker += "[x] " if is_done else "[ ] "
        sheet.marker = (parent.base if sheet.marker is None else sheet.marker) + marker
        sheet.is_task = is_done is not None
        sheet.prefix = parent.inside = parent.base + indent

    def close_item(self) -> None:
        """End an item of a list."""
        self.boundary()
        sheet = self._sheet
        item = sheet.containers.pop()
        if isinstance(item, Item):
            if sheet.marker is not None:
                self._put_marker()
            self._leave(item.outside)

    def open_table(self) -> None:
        """Begin a table."""
        self.boundary()
        is_flat = len(self._tables) >= MAX_TABLES
        self._tables.append(None if is_flat else Table())

    def close_table(self) -> None:
        """End a table."""
        self.boundary()
        table = self._tables.pop()
        grid = table.grid() if table else []
        if grid:
            is_nested = self._sheet.is_cell
            self._put(self._row_lines(grid) if is_nested else self._table_lines(grid))

    def open_row(self) -> None:
        """Begin a row of a table."""
        self.boundary()
        table = self._tables[-1] if self._tables else None
        if table and not table.is_in_cell:
            table.rows.append([])

    def open_cell(self, *, is_header: bool = False, columns: int = 1, rows: int = 1) -> None:
        """Begin a cell of a table, which may span columns and rows."""
        self.boundary()
        table = self._tables[-1] if self._tables else None
        if table is None or table.is_in_cell:
            self._outer_sheets.append(None)
            return
        table.is_in_cell = True
        spans = min(max(columns, 1), MAX_SPAN), min(max(rows, 1), MAX_SPAN)
        self._outer_sheets.append((self._sheet, is_header, *spans))
        self._sheet = Sheet(is_cell=True)

    def close_cell(self) -> None:
        """End a cell of a table."""
        self.boundary()
        opened = self._outer_sheets.pop()
        table = self._tables[-1] if self._tables else None
        if opened and table:
            lines = self._sheet.lines
            self._sheet, is_header, columns, rows = opened
            table.is_in_cell = False
            table.add(Cell(self._cell_text(lines), is_header, columns, rows))

    # How it looks

    @abstractmethod
    def _text_lines(self, runs: Sequence[Run], level: int, *, is_cell: bool) -> list[str]:
        """Return a paragraph, or a heading if it has a level."""

    @abstractmethod
    def _code_lines(self, lines: list[str], language: str) -> list[str]:
        """Return a block of code."""

    @abstractmethod
    def _rule_lines(self) -> list[str]:
        """Return a line across the page."""

    @abstractmethod
    def _table_lines(self, grid: list[list[Cell]]) -> list[str]:
        """Return a table."""

    @abstractmethod
    def _row_lines(self, grid: list[list[Cell]]) -> list[str]:
        """Return a table that stands in a cell of another."""

    @abstractmethod
    def _cell_text(self, lines: list[str]) -> str:
        """Return the lines of a cell as one."""

    # Lines

    def _write_runs(self, runs: list[Run]) -> None:
        is_cell = self._sheet.is_cell
        is_whole = is_cell or self._level or len(runs) == 1
        for part in (runs,) if is_whole else _paragraphs(runs):
            lines = self._text_lines(part, self._level, is_cell=is_cell)
            if lines:
                self._put(lines, is_text=not self._level)

    def _put(self, lines: Sequence[str], *, is_text: bool = False) -> None:
        sheet = self._sheet
        written = sheet.lines
        if sheet.is_cell and not sheet.containers:
            written.extend(lines)
            return
        if not is_text:
            self._finish_task()
        if sheet.is_blank_due and written and not sheet.is_cell:
            written.append(sheet.outer.rstrip())
        prefix = sheet.prefix
        first = prefix if sheet.marker is None else sheet.marker
        if len(lines) == 1:
            written.append(first + lines[0])
        else:
            written.append((first + lines[0]).rstrip() if not lines[0] else first + lines[0])
            bare = prefix.rstrip()
            written.extend(prefix + line if line else bare for line in lines[1:])
        sheet.marker = None
        sheet.is_task = False
        sheet.is_blank_due = True
        sheet.outer = prefix
        sheet.after_text = is_text
        sheet.after_list = None

    def _finish_task(self) -> None:
        """Give a check box a line of its own if no paragraph follows it."""
        if self._sheet.is_task:
            self._put_marker()

    def _put_marker(self) -> None:
        sheet = self._sheet
        # An item without text cannot follow a paragraph at once.
        sheet.is_blank_due = sheet.is_blank_due or (sheet.after_text and not sheet.is_task)
        sheet.is_task = False
        marker, sheet.marker = sheet.marker or "", None
        prefix, sheet.prefix = sheet.prefix, ""
        self._put([marker.rstrip()])
        sheet.prefix = sheet.outer = prefix

    def _leave(self, outside: str) -> None:
        sheet = self._sheet
        sheet.prefix = sheet.outer = outside
        sheet.depth -= 1


def _paragraphs(runs: list[Run]) -> Iterator[list[Run]]:
    """Split where there are several line breaks in a row, which is how people end a paragraph."""
    start = 0
    for place in range(1, len(runs)):
        if runs[place].marks & runs[place - 1].marks & BREAK:
            if place - 1 > start:
                yield runs[start : place - 1]
            start = place + 1
    if start < len(runs):
        yield runs[start:]
