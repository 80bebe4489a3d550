"""Writes a document as plain text, for search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.content.blocks import BlockWriter
from tap_confluence.content.inline import BREAK, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_confluence.content.tables import Cell


class PlainWriter(BlockWriter):
    """Writes text in lines and paragraphs; lists keep their markers, tables their rows."""

    @override
    def image(self, name: str, source: str) -> None:
        self.atom(name)

    @override
    def _text_lines(self, runs: Sequence[Run], level: int, *, is_cell: bool) -> list[str]:
        parts: list[str] = []
        for run in runs:
            if run.has_space_before and parts and parts[-1] != "\n":
                parts.append(" ")
            if parts or run.marks != BREAK:
                parts.append(run.text)
        return "".join(parts).rstrip().split("\n") if parts else []

    @override
    def _code_lines(self, lines: list[str], language: str) -> list[str]:
        return lines

    @override
    def _verbatim_lines(self, lines: list[str]) -> list[str]:
        return lines

    @override
    def _rule_lines(self) -> list[str]:
        return []

    @override
    def _table_lines(self, grid: list[list[Cell]]) -> list[str]:
        return [" | ".join(_without_empty_end([cell.text for cell in row])) for row in grid]

    @override
    def _nested_table_lines(self, grid: list[list[Cell]]) -> list[str]:
        return self._table_lines(grid)

    @override
    def _html_table_lines(self, rows: list[list[Cell]]) -> list[str]:
        return self._table_lines(rows)

    @override
    def _cell_text(self, lines: list[str]) -> str:
        return " ".join(lines)


def _without_empty_end(texts: list[str]) -> list[str]:
    while texts and not texts[-1]:
        texts.pop()
    return texts
