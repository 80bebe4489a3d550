"""What keeps text from being read as Markdown. Rules: https://spec.commonmark.org/0.31.2/."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

# Where one of these is not in a text there is nothing to escape, which one scan tells.
_SUSPECT: Final = re.compile(r"[\\`*~_\[\]<&|]")
# Escaped where it could change meaning: "snake_case", "a < b", "AT&T" and "C:\Users" stay. Each
# alternative begins with its character, not with a look behind, which makes the search fast.
_ALWAYS: Final = (
    r"\\(?![A-Za-z0-9 ])|[`~]|\*(?<! \*)|\*(?! )|_(?<![^\W_]_)|_(?![^\W_])"
    r"|<(?=[A-Za-z/!?])|&(?=#?\w+;)"
)
_IN_TEXT: Final = re.compile(_ALWAYS + r"|\](?=[(\[])")
_IN_LINK: Final = re.compile(_ALWAYS + r"|[\[\]]")
_IN_CELL: Final = re.compile(_ALWAYS + r"|\](?=[(\[])|\|")
_IN_CELL_LINK: Final = re.compile(_ALWAYS + r"|[\[\]|]")
_AT_LINE_START: Final = re.compile(
    r"#{1,6}(?:\s|$)|>|[-+](?:[-\s|:]|$)|:-|=+\s*$|\||\[(?:[ xX]\](?:\s|$)|\^|[^\]]*\]:)"
)
_NUMBER: Final = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_LINE_STARTERS: Final = frozenset("#>-+:=|[0123456789")
_UNSAFE_IN_URL: Final = re.compile(r"[\s<>()\\|`\"\x00-\x1f]|&(?=#?\w+;)")
_SCRIPT: Final = re.compile(r"\s*(?:javascript|vbscript|data):", re.IGNORECASE)
_TICKS: Final = re.compile(r"`+")
_FENCE: Final = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})\s*(.*)")


def escaped(text: str, *, is_cell: bool = False, is_link: bool = False) -> str:
    """Return inline text so that Markdown reads it as text.

    Args:
        text: Text of one line.
        is_cell: Whether it stands in a table, where `|` ends a cell.
        is_link: Whether it stands between the brackets of a link or image.
    """
    if not _SUSPECT.search(text):
        return text
    if is_cell:
        return (_IN_CELL_LINK if is_link else _IN_CELL).sub(r"\\\g<0>", text)
    return (_IN_LINK if is_link else _IN_TEXT).sub(r"\\\g<0>", text)


def escaped_start(line: str) -> str:
    """Return a line of a paragraph so that it begins no heading, list, quote, rule or table."""
    if line[:1] not in _LINE_STARTERS or not line:
        return line
    number = _NUMBER.match(line)
    if number:
        return f"{number[1]}\\{line[number.end(1) :]}"
    return f"\\{line}" if _AT_LINE_START.match(line) else line


def code_span(text: str, *, is_cell: bool = False) -> str:
    """Return text between backticks, more of them than stand in a row inside it."""
    if is_cell:
        text = text.replace("|", "\\|")
    if "`" in text:
        ticks = "`" * (longest_ticks(text) + 1)
        return f"{ticks} {text} {ticks}"
    return f"` {text} `" if text[:1] == " " and text[-1:] == " " else f"`{text}`"


def longest_ticks(text: str) -> int:
    """Return how many backticks stand in a row at most."""
    return max(map(len, _TICKS.findall(text)), default=0)


def open_fence(lines: Iterable[str]) -> str:
    """Return the fence that lines of Markdown lack at their end, so that nothing after is code."""
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        if not found:
            continue
        if not fence:
            fence = found[1]
        elif found[1].startswith(fence) and not found[2]:
            fence = ""
    return fence


def is_followable(url: str | None) -> bool:
    """Tell whether an address leads somewhere, rather than being a script or nothing."""
    return bool(url and url.strip()) and not _SCRIPT.match(url or "")


def destination(url: str) -> str:
    """Return an address as Markdown takes it between parentheses."""
    return _UNSAFE_IN_URL.sub(
        lambda found: "&amp;" if found[0] == "&" else quote(found[0], safe=""), url.strip()
    )
