"""Writes a document as plain text, for search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.content.document.blocks import BlockWriter
from tap_confluence.content.document.inline import BREAK, READY, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_confluence.content.document.tables import Cell


class PlainWriter(BlockWriter):
    """Writes text in lines and paragraphs; lists keep their markers, tables their rows."""

    @override
    def image(self, name: str, source: str) -> None:
        count = len(self._runs)
        self.atom(name)
        if len(self._runs) > count:
            self._atom = self._runs[-1] = self._runs[-1]._replace(marks=READY)

    @override
    def _text_lines(self, runs: Sequence[Run], level: int, *, is_cell: bool) -> list[str]:
        parts: list[str] = []
        last = READY
        for run in runs:
            # The name of an image is no part of the words beside it.
            is_apart = (last | run.marks) & READY and run.text[0].isalnum()
            if parts and parts[-1] != "\n" and (run.has_space_before or is_apart):
                parts.append(" ")
            last = run.marks
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
