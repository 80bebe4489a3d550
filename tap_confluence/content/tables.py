"""Tables as a grid: Markdown has no merged cells."""

from __future__ import annotations

from typing import Final, NamedTuple

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
    """A table while it is read."""

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = []
        self.is_in_cell = False

    def add(self, cell: Cell) -> None:
        """Add a cell to the last row."""
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append(cell)

    def grid(self) -> list[list[Cell]]:
        """Return rows of equal length, a merged cell being its text and then blanks.

        Spans can claim far more cells than a document has bytes. Past some blanks for each real
        cell they are no longer honoured, and rows are left short, which Markdown allows; only
        the first row, whose length counts, is always filled up.
        """
        blanks = 16 + 4 * sum(map(len, self.rows))
        grid: list[list[Cell]] = []
        reaching_down: dict[int, int] = {}
        for row in self.rows:
            laid: list[Cell] = []
            for cell in row:
                _take_blanks(laid, reaching_down)
                columns = min(cell.columns, 1 + max(blanks, 0))
                rows = cell.rows if blanks > 0 else 1
                if rows > 1:
                    for column in range(len(laid), len(laid) + columns):
                        reaching_down[column] = rows
                laid.append(cell)
                laid.extend([BLANK] * (columns - 1))
                blanks -= columns - 1
            blanks -= len(reaching_down)
            _take_blanks(laid, reaching_down)
            reaching_down = {
                column: left - 1
                for column, left in reaching_down.items()
                if left > 1 and blanks > 0
            }
            if laid:
                grid.append(laid)
        return _filled_up(grid, blanks)


def _take_blanks(laid: list[Cell], reaching_down: dict[int, int]) -> None:
    while len(laid) in reaching_down:
        laid.append(BLANK)


def _filled_up(grid: list[list[Cell]], blanks: int) -> list[list[Cell]]:
    width = max(map(len, grid), default=0)
    missing = sum(width - len(row) for row in grid)
    for row in grid if missing <= blanks else grid[:1]:
        row.extend([BLANK] * (width - len(row)))
    return grid
