"""How documents are put together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_GENERATED = re.compile(
    r"^(?P<begin> *(?:<!--|%%|#) generated: (?P<name>[\w-]+)(?: -->)?\n)"
    r"(?P<text>.*?)"
    r"(?P<end>^ *(?:<!--|%%|#) end(?: -->)?$)",
    re.DOTALL | re.MULTILINE,
)


def fill(document: str, parts: Mapping[str, str]) -> str:
    """Put generated parts between the marks of a document.

    A part stands below a line `generated: name`, a comment of the document's language, and above
    a line `end`.

    Args:
        document: The document, written by hand but for these parts.
        parts: The text of each part, by its name.

    Raises:
        ValueError: A part has no place in the document, or a place has no part.
    """
    places = sorted(match["name"] for match in _GENERATED.finditer(document))
    if places != sorted(parts):
        message = f"There are places for {places}, and there is text for {sorted(parts)}"
        raise ValueError(message)
    return _GENERATED.sub(lambda m: f"{m['begin']}{parts[m['name']]}{m['end']}", document)


def table(
    heads: Iterable[str], rows: Iterable[Iterable[str]], numbers: Collection[str] = ()
) -> str:
    """Return a table.

    Args:
        heads: What stands above the columns.
        rows: The cells of each row.
        numbers: The heads of the columns of numbers.
    """
    heads = list(heads)
    rule = "".join("---:|" if head in numbers else "---|" for head in heads)
    return "\n".join([_row(heads), f"|{rule}", *map(_row, rows)]) + "\n"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def code(names: Iterable[str]) -> str:
    """Return names as code, one after the other."""
    return ", ".join(f"`{name}`" for name in names)
