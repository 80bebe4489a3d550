"""Writes a document as GitHub-flavoured Markdown (https://github.github.com/gfm/)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from typing_extensions import override

from tap_confluence.content.document.blocks import BlockWriter
from tap_confluence.content.document.escaping import (
    code_span,
    destination,
    escaped,
    escaped_start,
    is_followable,
    longest_ticks,
    open_fence,
)
from tap_confluence.content.document.inline import READY, STRONG, Run, markdown
from tap_confluence.content.document.presentation import HTML
from tap_confluence.content.document.tables import BLANK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tap_confluence.content.document.tables import Cell

_NOT_IN_LANGUAGE: Final = re.compile(r"[^\w+#./-]")


class MarkdownWriter(BlockWriter):
    """Writes headings as `#`, code between fences, tables between pipes, and so on."""

    quote_marker: ClassVar[str] = "> "

    @override
    def image(self, name: str, source: str) -> None:
        if not is_followable(source):
            self.atom(name)
            return
        self._part_atoms()
        name = " ".join(name.split())
        text = escaped(name, is_link=True, is_cell=self._output.is_cell)
        marks = self._marks | READY
        run = Run(self._is_space_due, f"![{text}]({destination(source)})", marks, self._href)
        self._runs.append(run)
        self._atom = run
        self._is_space_due = False

    @override
    def _text_lines(self, runs: Sequence[Run], level: int, *, is_cell: bool) -> list[str]:
        if is_cell:
            if level:
                runs = [run._replace(marks=run.marks | STRONG) for run in runs]
            text = markdown(runs, line_break="<br>", is_cell=True)
            return [text] if text else []
        if level:
            text = markdown(runs, line_break=" ")
            if text.endswith("#"):
                text = f"{text[:-1]}\\#"
            return [f"{'#' * level} {text}"] if text else []
        text = markdown(runs, line_break="\\\n")
        if "\n" not in text:
            return [escaped_start(text)] if text else []
        return [escaped_start(line) for line in text.split("\n")]

    @override
    def _code_lines(self, lines: list[str], language: str) -> list[str]:
        if self._output.is_cell:
            return [code_span(line, is_cell=True) if line.strip() else "" for line in lines]
        fence = "`" * max(3, 1 + max(map(longest_ticks, lines)))
        return [fence + _NOT_IN_LANGUAGE.sub("", language), *lines, fence]

    @override
    def _verbatim_lines(self, lines: list[str]) -> list[str]:
        if self._output.is_cell:
            return [line.replace("|", "\\|") for line in lines if line.strip()]
        fence = open_fence(lines)
        return [*lines, fence] if fence else lines

    @override
    def _rule_lines(self) -> list[str]:
        # After the marker of a list item, dashes or stars would make a rule of the whole line.
        return ["---" if self._output.marker is None else "___"]

    @property
    @override
    def has_html_tables(self) -> bool:
        return self._presentation.complex_tables == HTML

    @override
    def _table_lines(self, grid: list[list[Cell]]) -> list[str]:
        width = len(grid[0])
        # The corner above a column of heads may be a cell like any other.
        corner, *others = grid[0]
        head = [corner] if corner.text or not others else []
        head += [cell for cell in others if cell is not BLANK]
        has_head = bool(head) and all(cell.is_header for cell in head)
        lines = [_row([cell.text for cell in grid[0]] if has_head else [""] * width)]
        lines.append(_row(["---"] * width))
        lines.extend(_row(map(_body_cell, row)) for row in grid[has_head:])
        return lines

    @override
    def _nested_table_lines(self, grid: list[list[Cell]]) -> list[str]:
        rows = ([cell.text.replace("<br>", " ") for cell in row] for row in grid)
        return [" \\| ".join(row).strip() for row in rows]

    @override
    def _html_table_lines(self, rows: list[list[Cell]]) -> list[str]:
        lines = ["<table>"]
        for row in rows:
            lines.append("<tr>")
            for cell in row:
                tag = "th" if cell.is_header else "td"
                spans = _span("colspan", cell.columns) + _span("rowspan", cell.rows)
                # Between blank lines, Markdown within HTML is Markdown.
                inside = ["", *cell.text.split("\n"), ""] if cell.text else []
                lines += [f"<{tag}{spans}>", *inside, f"</{tag}>"]
            lines.append("</tr>")
        lines.append("</table>")
        return lines

    @override
    def _cell_text(self, lines: list[str]) -> str:
        return "<br>".join(lines)


def _span(name: str, number: int) -> str:
    return f' {name}="{number}"' if number > 1 else ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _body_cell(cell: Cell) -> str:
    """Return a cell below the head, bold if it heads its row."""
    if cell.is_header and cell.text and not {"*", "`", "<"} & set(cell.text):
        return f"**{cell.text}**"
    return cell.text
