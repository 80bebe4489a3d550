"""Rows set one below the other, to be read by people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table, without the columns that say nothing in any row.

    Args:
        headings: The name of each column.
        rows: The cells of each row. A column of numbers is set to the right; of these, zeros say
            nothing.
    """
    columns = [
        (heading, *cells)
        for heading, *cells in zip(headings, *rows, strict=True)
        if any(cell not in {"", "0"} for cell in cells)
    ]
    return ["  ".join(cells).rstrip() for cells in zip(*map(_in_line, columns), strict=True)]


def _in_line(column: Sequence[str]) -> list[str]:
    """Make all cells of a column as wide as the widest."""
    width = max(map(len, column))
    is_number = all(cell.replace(",", "").isdecimal() for cell in column[1:] if cell)
    return [cell.rjust(width) if is_number else cell.ljust(width) for cell in column]
