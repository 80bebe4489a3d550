"""A document as it is told by a reader: blocks within blocks, and runs of text in them.

A reader calls a `BlockWriter` from the top of a body to its end. Each `open_...` returns what
closes it, which is called after the content. The writer keeps track of lists, quotes and tables,
and leaves to its subclasses how a heading, a paragraph or a table looks. Nothing here recurses, and
each piece of text is handled a bounded number of times, so the cost is linear in the body.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from tap_confluence.content.document.escaping import is_followable
from tap_confluence.content.document.inline import BREAK, STRONG, Run
from tap_confluence.content.document.output_lines import MAX_NUMBER, Item, List, OutputLines, Quote
from tap_confluence.content.document.presentation import AS_READERS_SEE
from tap_confluence.content.document.tables import MAX_SPAN, Cell, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_confluence.content.document.presentation import Presentation

End: TypeAlias = Callable[[], None]

# Lists and quotes inside each other deeper than this are flattened: their indentation would grow
# with the square of the depth, and renderers stop soon after.
MAX_CONTAINER_DEPTH: Final = 12
# The same for tables in cells of tables.
MAX_TABLE_DEPTH: Final = 4
# White space that is left alone where several spaces in a row become one.
_CELL_INDENT: Final = "\u00a0\u00a0"


class BlockWriter(ABC):
    """Writes a document while it is read."""

    quote_marker: ClassVar[str] = ""

    def __init__(self, presentation: Presentation = AS_READERS_SEE) -> None:
        self._presentation = presentation
        self._output = OutputLines(is_cell=False)
        self._runs: list[Run] = []
        self._atom: Run | None = None
        self._is_space_due = False
        self._marks = 0
        self._counts: dict[int, int] = {}
        self._href: str | None = None
        self._outer_hrefs: list[str | None] = []
        self._level = 0
        self._tables: list[Table | None] = []
        self._open_cells: list[tuple[OutputLines, bool, int, int] | None] = []

    def finish(self) -> str:
        """Return the document."""
        self.boundary()
        return "\n".join(self._output.lines)

    # Text

    def text(self, text: str) -> None:
        """Add text; white space in it is as in HTML."""
        words = text.split()
        if not words:
            self._is_space_due = self._is_space_due or bool(text)
            return
        has_space_before = self._is_space_due or text[0].isspace()
        self._runs.append(Run(has_space_before, " ".join(words), self._marks, self._href))
        self._is_space_due = text[-1].isspace()

    def span(self, text: str, marks: int, href: str | None = None) -> None:
        """Add text with marks, and perhaps a link, of its own."""
        outer = self._marks, self._href
        self._marks |= marks
        if self._href is None and is_followable(href):
            self._href = href
        self.text(text)
        self._marks, self._href = outer

    def atom(self, text: str, marks: int = 0, href: str | None = None) -> None:
        """Add what is no part of a word, such as a mention: a space parts it from another."""
        count = len(self._runs)
        self._part_atoms()
        self.span(text, marks, href)
        if len(self._runs) > count:
            self._atom = self._runs[-1]

    def _part_atoms(self) -> None:
        if self._runs and self._runs[-1] is self._atom:
            self._is_space_due = True

    def line_break(self) -> None:
        """End the line, not the paragraph."""
        self._runs.append(Run(has_space_before=False, text="\n", marks=BREAK, href=None))
        self._is_space_due = False

    @abstractmethod
    def image(self, name: str, source: str) -> None:
        """Add an image by what it shows, or else the name of its file, and where it is."""

    def open_mark(self, mark: int) -> End:
        """Begin bold, italics and the like."""
        self._counts[mark] = self._counts.get(mark, 0) + 1
        self._marks |= mark
        return partial(self._close_mark, mark)

    def _close_mark(self, mark: int) -> None:
        self._counts[mark] -= 1
        if not self._counts[mark]:
            self._marks &= ~mark

    def open_link(self, href: str | None) -> End:
        """Begin a link; one within another is text of the outer one."""
        self._outer_hrefs.append(self._href)
        if self._href is None and is_followable(href):
            self._href = href
        return self._close_link

    def _close_link(self) -> None:
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
        self._is_space_due = False

    def open_heading(self, level: int) -> End:
        """Begin a heading of level 1 to 6."""
        self.boundary()
        self._level = min(max(level, 1), 6)
        return self._close_heading

    def _close_heading(self) -> None:
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
        lines = _lines_of(text)
        if any(lines):
            self._put(self._code_lines(lines, language))

    def verbatim(self, markdown: str) -> None:
        """Add Markdown that people wrote, as it is."""
        self.boundary()
        lines = self._verbatim_lines(_lines_of(markdown))
        if any(lines):
            self._put(lines)

    def rule(self) -> None:
        """Add a line across the page."""
        self.boundary()
        lines = self._rule_lines()
        if lines:
            self._put(lines)

    def open_quote(self) -> End:
        """Begin a quotation or panel."""
        self.boundary()
        output = self._output
        if output.depth >= MAX_CONTAINER_DEPTH or output.is_cell:
            output.containers.append(None)
            return self._close_quote
        self._finish_task()
        output.containers.append(Quote(output.prefix, output.marker))
        if output.marker is not None:
            output.marker += self.quote_marker
        output.prefix += self.quote_marker
        output.depth += 1
        return self._close_quote

    def _close_quote(self) -> None:
        self.boundary()
        output = self._output
        quote = output.containers.pop()
        if isinstance(quote, Quote):
            if output.marker is not None:
                output.marker = quote.marker
            self._leave_container(quote.outer_prefix)

    def open_list(self, start: int | None = None) -> End:
        """Begin a list, numbered if it has a start."""
        self.boundary()
        output = self._output
        if output.depth >= MAX_CONTAINER_DEPTH:
            output.containers.append(None)
            return self._close_list
        self._finish_task()
        parent = output.containers[-1] if output.containers else None
        marker_prefix = parent.item_prefix if isinstance(parent, List) else output.prefix
        if output.is_cell:
            marker_prefix = _CELL_INDENT * output.depth
        if start is not None and not 0 <= start <= MAX_NUMBER:
            start = 1
        kind = (len(output.containers), start is not None)
        is_alternate = output.after_list == (*kind, False)
        output.containers.append(
            List(start, output.prefix, marker_prefix, is_alternate=is_alternate)
        )
        output.prefix = marker_prefix
        output.depth += 1
        return self._close_list

    def _close_list(self) -> None:
        self.boundary()
        output = self._output
        ended = output.containers.pop()
        if isinstance(ended, List):
            self._leave_container(ended.outer_prefix)
            if ended.count:
                kind = (len(output.containers), ended.start is not None)
                output.after_list = (*kind, ended.is_alternate)

    def open_item(self, *, is_done: bool | None = None) -> End:
        """Begin an item of a list; of a task list if it is known whether it is done."""
        self.boundary()
        output = self._output
        parent = output.containers[-1] if output.containers else None
        if not isinstance(parent, List):
            output.containers.append(None)
            return self._close_item
        marker = parent.marker()
        if parent.count or (
            # A list after a paragraph of the item it is in needs no blank line, unless its
            # number could as well be a number in the text.
            output.after_text
            and output.marker is None
            and parent.start in {None, 1}
            and len(output.containers) > 1
            and isinstance(output.containers[-2], Item | List)
        ):
            output.is_blank_due = False
        output.containers.append(Item(output.prefix))
        parent.count += 1
        indent = "" if output.is_cell else " " * len(marker)
        if is_done is not None:
            marker += "[x] " if is_done else "[ ] "
        output.marker = (parent.marker_prefix if output.marker is None else output.marker) + marker
        output.is_task = is_done is not None
        output.prefix = parent.item_prefix = parent.marker_prefix + indent
        return self._close_item

    def _close_item(self) -> None:
        self.boundary()
        output = self._output
        item = output.containers.pop()
        if isinstance(item, Item):
            if output.marker is not None:
                self._put_marker()
            self._leave_container(item.outer_prefix)

    def open_properties(self, macro_id: str) -> End:  # noqa: ARG002
        """Begin names and values that a page carries in tables."""
        self.boundary()
        return self.boundary

    def take_table(self, grid: list[list[Cell]]) -> list[list[Cell]]:
        """Take note of a table that stands in no other, and return it."""
        return grid

    @property
    def has_html_tables(self) -> bool:
        """Whether tables that Markdown cannot hold are to be written as HTML."""
        return False

    def open_table(self, *, is_html: bool = False, is_numbered: bool = False) -> End:
        """Begin a table, perhaps as HTML, unless it stands in a cell that is none."""
        self.boundary()
        is_flat = len(self._tables) >= MAX_TABLE_DEPTH
        is_html = is_html and not self._output.is_cell
        self._tables.append(None if is_flat else Table(is_html=is_html, is_numbered=is_numbered))
        return self._close_table

    def _close_table(self) -> None:
        self.boundary()
        table = self._tables.pop()
        if table and table.is_numbered:
            table.number_rows()
        if table and table.is_html and any(table.rows):
            self._put(self._html_table_lines(table.rows))
            return
        grid = table.grid(self._presentation.merged_cells) if table else []
        if grid:
            is_nested = self._output.is_cell
            lines = (
                self._nested_table_lines(grid)
                if is_nested
                else self._table_lines(self.take_table(grid))
            )
            if any(lines):
                self._put(lines)

    def open_row(self) -> End:
        """Begin a row of a table."""
        self.boundary()
        table = self._tables[-1] if self._tables else None
        if table and not table.is_in_cell:
            table.rows.append([])
        return self.boundary

    def open_cell(self, *, is_header: bool = False, columns: int = 1, rows: int = 1) -> End:
        """Begin a cell of a table, which may span columns and rows."""
        self.boundary()
        table = self._tables[-1] if self._tables else None
        if table is None or table.is_in_cell:
            self._open_cells.append(None)
            return self._close_cell
        table.is_in_cell = True
        spans = min(max(columns, 1), MAX_SPAN), min(max(rows, 1), MAX_SPAN)
        self._open_cells.append((self._output, is_header, *spans))
        self._output = OutputLines(is_cell=not table.is_html)
        return self._close_cell

    def _close_cell(self) -> None:
        self.boundary()
        opened = self._open_cells.pop()
        table = self._tables[-1] if self._tables else None
        if opened and table:
            lines = self._output.lines
            self._output, is_header, columns, rows = opened
            table.is_in_cell = False
            text = "\n".join(lines) if table.is_html else self._cell_text(lines)
            table.add(Cell(text, is_header, columns, rows))

    # How it looks

    @abstractmethod
    def _text_lines(self, runs: Sequence[Run], level: int, *, is_cell: bool) -> list[str]:
        """Return a paragraph, or a heading if it has a level."""

    @abstractmethod
    def _code_lines(self, lines: list[str], language: str) -> list[str]:
        """Return a block of code."""

    @abstractmethod
    def _verbatim_lines(self, lines: list[str]) -> list[str]:
        """Return Markdown that people wrote."""

    @abstractmethod
    def _rule_lines(self) -> list[str]:
        """Return a line across the page."""

    @abstractmethod
    def _table_lines(self, grid: list[list[Cell]]) -> list[str]:
        """Return a table."""

    @abstractmethod
    def _nested_table_lines(self, grid: list[list[Cell]]) -> list[str]:
        """Return a table that stands in a cell of another."""

    @abstractmethod
    def _html_table_lines(self, rows: list[list[Cell]]) -> list[str]:
        """Return a table as HTML, whose cells hold what this writer writes."""

    @abstractmethod
    def _cell_text(self, lines: list[str]) -> str:
        """Return the lines of a cell as one."""

    # Lines

    def _write_runs(self, runs: list[Run]) -> None:
        is_cell = self._output.is_cell
        is_whole = is_cell or self._level or len(runs) == 1
        for part in (runs,) if is_whole else _paragraphs(runs):
            lines = self._text_lines(part, self._level, is_cell=is_cell)
            if lines:
                self._put(lines, is_text=not self._level)

    def _put(self, lines: Sequence[str], *, is_text: bool = False) -> None:
        output = self._output
        written = output.lines
        if output.is_cell and not output.containers:
            written.extend(lines)
            return
        if not is_text:
            self._finish_task()
        if output.is_blank_due and written and not output.is_cell:
            written.append(output.blank_prefix.rstrip())
        prefix = output.prefix
        first = prefix if output.marker is None else output.marker
        if len(lines) == 1:
            written.append(first + lines[0])
        else:
            written.append((first + lines[0]).rstrip() if not lines[0] else first + lines[0])
            bare = prefix.rstrip()
            written.extend(prefix + line if line else bare for line in lines[1:])
        output.marker = None
        output.is_task = False
        output.is_blank_due = True
        output.blank_prefix = prefix
        output.after_text = is_text
        output.after_list = None

    def _finish_task(self) -> None:
        """Give a check box a line of its own if no paragraph follows it."""
        if self._output.is_task:
            self._put_marker()

    def _put_marker(self) -> None:
        output = self._output
        # An item without text cannot follow a paragraph at once.
        output.is_blank_due = output.is_blank_due or (output.after_text and not output.is_task)
        output.is_task = False
        marker, output.marker = output.marker or "", None
        prefix, output.prefix = output.prefix, ""
        self._put([marker.rstrip()])
        output.prefix = output.blank_prefix = prefix

    def _leave_container(self, outer_prefix: str) -> None:
        output = self._output
        output.prefix = output.blank_prefix = outer_prefix
        output.depth -= 1


def _lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")


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
