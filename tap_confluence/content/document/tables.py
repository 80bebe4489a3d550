"""Tables as a grid: Markdown has no merged cells."""

from __future__ import annotations

from typing import Final, NamedTuple

from tap_confluence.content.document.presentation import REPEAT

# HTML allows no more columns in a cell.
MAX_SPAN: Final = 1000


class Cell(NamedTuple):
    """A cell as it was written, its content drawn already."""

    text: str
    is_header: bool = False
    columns: int = 1
    rows: int = 1


BLANK: Final = Cell("")


class Table:
    """A table while it is read.

    Attributes:
        rows: The cells as they came.
        is_in_cell: Whether a cell is being read.
        is_html: Whether it will be written as HTML, where cells hold blocks and are merged.
        is_numbered: Whether a number stands before each row that is no head.
    """

    def __init__(self, *, is_html: bool = False, is_numbered: bool = False) -> None:
        self.rows: list[list[Cell]] = []
        self.is_in_cell = False
        self.is_html = is_html
        self.is_numbered = is_numbered

    def add(self, cell: Cell) -> None:
        """Add a cell to the last row."""
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append(cell)

    def number_rows(self) -> None:
        """Put numbers before the rows; those of heads have none."""
        number = 0
        for row in self.rows:
            if row and all(cell.is_header for cell in row):
                row.insert(0, Cell("", is_header=True))
            else:
                number += 1
                row.insert(0, Cell(str(number)))

    def grid(self, merged_cells: str) -> list[list[Cell]]:
        """Return rows of equal length.

        Args:
            merged_cells: Whether each place of a merged cell has its text (`repeat`), or only the
                first (`blank`).
        """
        return _Grid(self.rows, repeats=merged_cells == REPEAT).laid()


class _Grid:
    """Lays the cells of a table out.

    Spans can claim far more places than a document has bytes, and texts are long. Past some places
    and some characters for each that is real, spans are no longer honoured, or what they would
    repeat is left blank. Then rows are short, which Markdown allows; only the first row, whose
    length counts, is always filled up.
    """

    def __init__(self, rows: list[list[Cell]], *, repeats: bool) -> None:
        self._rows = rows
        self._places = 16 + 4 * sum(map(len, rows))
        texts = sum(len(cell.text) for row in rows for cell in row)
        self._characters = 2000 + 8 * texts if repeats else -1
        # What reaches into the next row from above, by column: which cell, and how many rows more.
        self._reaching_down: dict[int, tuple[Cell, int]] = {}

    def laid(self) -> list[list[Cell]]:
        grid: list[list[Cell]] = []
        for row in self._rows:
            laid: list[Cell] = []
            for cell in row:
                self._take_from_above(laid)
                columns = min(cell.columns, 1 + max(self._places, 0))
                rows = cell.rows if self._places > 0 else 1
                if rows > 1:
                    for column in range(len(laid), len(laid) + columns):
                        self._reaching_down[column] = cell, rows
                laid.append(cell)
                laid.extend(self._again(cell) for _ in range(columns - 1))
                self._places -= columns - 1
            self._places -= len(self._reaching_down)
            self._take_from_above(laid)
            self._reaching_down = {
                column: (cell, left - 1)
                for column, (cell, left) in self._reaching_down.items()
                if left > 1 and self._places > 0
            }
            if laid:
                grid.append(laid)
        return self._filled_up(grid)

    def _take_from_above(self, laid: list[Cell]) -> None:
        while len(laid) in self._reaching_down:
            laid.append(self._again(self._reaching_down[len(laid)][0]))

    def _again(self, cell: Cell) -> Cell:
        self._characters -= len(cell.text)
        return cell if self._characters >= 0 else BLANK

    def _filled_up(self, grid: list[list[Cell]]) -> list[list[Cell]]:
        width = max(map(len, grid), default=0)
        missing = sum(width - len(row) for row in grid)
        for row in grid if missing <= self._places else grid[:1]:
            row.extend([BLANK] * (width - len(row)))
        return grid
