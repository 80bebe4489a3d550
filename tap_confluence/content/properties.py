"""The rows of *Page Properties* macros: names and values that pages carry in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from typing_extensions import override

from tap_confluence.content.any_format import read_as_far_as_it_goes
from tap_confluence.content.document.blocks import BlockWriter
from tap_confluence.content.document.constructs import Reading
from tap_confluence.content.markdown import MarkdownWriter
from tap_confluence.content.plain import PlainWriter
from tap_confluence.content.repair import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.content.document.blocks import End
    from tap_confluence.content.document.links import Links
    from tap_confluence.content.document.tables import Cell


class Property(NamedTuple):
    """A row of a *Page Properties* macro.

    Attributes:
        table: Which of the tables in such macros of the page it stands in, from 0 on.
        macro_id: The id that people gave the macro, if any.
        key: What heads the row.
        text: Its value as plain text.
        markdown: Its value as Markdown.
    """

    table: int
    macro_id: str | None
    key: str
    text: str
    markdown: str


class _Collecting(BlockWriter):
    """Keeps the tables that stand in *Page Properties* macros."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.found: list[tuple[str, list[list[Cell]]]] = []
        self._macro_ids: list[str] = []

    @override
    def open_properties(self, macro_id: str) -> End:
        end = super().open_properties(macro_id)
        self._macro_ids.append(macro_id)

        def close() -> None:
            end()
            self._macro_ids.pop()

        return close

    @override
    def take_table(self, grid: list[list[Cell]]) -> list[list[Cell]]:
        if self._macro_ids:
            self.found.append((self._macro_ids[-1], grid))
        return super().take_table(grid)


class _MarkdownTables(_Collecting, MarkdownWriter):
    pass


class _PlainTables(_Collecting, PlainWriter):
    pass


def properties_in(body: Any, representation: str, links: Links) -> list[Property]:
    """Return the rows of the *Page Properties* macros of a body.

    Args:
        body: The body as the API gives it.
        representation: `storage` or `atlas_doc_format`.
        links: Where references lead.
    """
    as_markdown, as_plain = _MarkdownTables(), _PlainTables()
    for writer in (as_markdown, as_plain):
        read_as_far_as_it_goes(body, representation, Reading(writer, links))
    found: list[Property] = []
    for number, (marked, plain) in enumerate(zip(as_markdown.found, as_plain.found, strict=False)):
        macro_id, grid = plain
        for (key, text), (_, markdown) in zip(_pairs(grid), _pairs(marked[1]), strict=False):
            if key:
                texts = (clean(each) for each in (key, text, markdown))
                found.append(Property(number, macro_id or None, *texts))
    return found


def _pairs(grid: list[list[Cell]]) -> Iterator[tuple[str, str]]:
    """Yield names and values, which stand side by side, or below each other if names are a row."""
    head, *rows = grid
    if len(head) > 1 and rows and all(cell.is_header for cell in head) and not _has_heads(rows):
        for row in rows:
            yield from ((key.text, cell.text) for key, cell in zip(head, row, strict=False))
        return
    for row in grid:
        yield row[0].text, " ".join(cell.text for cell in row[1:] if cell.text)


def _has_heads(rows: list[list[Cell]]) -> bool:
    return any(row and row[0].is_header for row in rows)
