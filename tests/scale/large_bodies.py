"""Bodies of many megabytes, and the Markdown and text that they are to become."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE: Final = 1_000_000
STORAGE: Final = "storage"
ADF: Final = "atlas_doc_format"
VIEW: Final = "view"

_WORDS: Final = "of the minutes, which nobody has read to their end. "
_COLUMNS: Final = 5
_ROWS: Final = 10


class Large(NamedTuple):
    """A body, and what it is to become."""

    body: str
    markdown: str
    text: str


def large_body(representation: str, megabytes: float) -> Large:
    """Write a body of some size: paragraphs, and a table after each, in columns or in a panel."""
    parts: list[str] = []
    markdown: list[str] = []
    text: list[str] = []
    size = 0
    part_of = _adf if representation == ADF else _markup
    for number in count(1):
        parts.append(part_of(number))
        size += len(parts[-1]) + 1
        markdown += (_paragraph(number), _markdown_table(number))
        text += (_paragraph(number), _text_table(number))
        if size >= megabytes * MEGABYTE:
            break
    return Large(_whole(representation, parts), "\n\n".join(markdown), "\n\n".join(text))


def _whole(representation: str, parts: list[str]) -> str:
    if representation == ADF:
        return '{"type":"doc","version":1,"content":[' + ",".join(parts) + "]}"
    inside = "\n".join(parts)
    if representation == STORAGE:
        kind = ' ac:type="single"'
        inside = f"<ac:layout-section{kind}><ac:layout-cell>{inside}</ac:layout-cell>"
        return f"<ac:layout>{inside}</ac:layout-section></ac:layout>"
    return f'<div class="wiki-content">{inside}</div>'


def _markup(number: int) -> str:
    cells = "".join(
        f"<tr>{''.join(f'<td><p>{cell}</p></td>' for cell in row)}</tr>" for row in _cells(number)
    )
    return f"<p>{_paragraph(number)}</p><table><tbody>{cells}</tbody></table>"


def _adf(number: int) -> str:
    def paragraph(words: str) -> dict[str, Any]:
        return {"type": "paragraph", "content": [{"type": "text", "text": words}]}

    rows = [
        {
            "type": "tableRow",
            "content": [{"type": "tableCell", "content": [paragraph(cell)]} for cell in row],
        }
        for row in _cells(number)
    ]
    nodes = [paragraph(_paragraph(number)), {"type": "table", "content": rows}]
    return json.dumps(nodes)[1:-1]


def _paragraph(number: int) -> str:
    return f"Part {number} {_WORDS * (1 + number % 5)}".strip()


def _cells(number: int) -> Iterator[list[str]]:
    for row in range(_ROWS):
        yield [str(number * 7 + row * _COLUMNS + column) for column in range(_COLUMNS)]


def _markdown_table(number: int) -> str:
    rows = [[""] * _COLUMNS, ["---"] * _COLUMNS, *_cells(number)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _text_table(number: int) -> str:
    return "\n".join(" | ".join(row) for row in _cells(number))
