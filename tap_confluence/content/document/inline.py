"""Runs of text with marks, and how Markdown writes them.

Delimiters such as `**` only count as emphasis next to the right neighbours
(https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run). Where the neighbours are wrong,
as in `**Note:**text`, the same emphasis is written in HTML, which Markdown includes.
"""

from __future__ import annotations

import re
from string import punctuation
from typing import TYPE_CHECKING, Final, NamedTuple

from tap_confluence.content.document.escaping import code_span, destination, escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

STRONG: Final = 1
EMPHASIS: Final = 2
STRIKE: Final = 4
SUBSCRIPT: Final = 8
SUPERSCRIPT: Final = 16
CODE: Final = 32
# Not marks of text: a line break, and Markdown that is ready.
BREAK: Final = 64
READY: Final = 128

_LINK: Final = 0
_DELIMITERS: Final = {STRONG: "**", EMPHASIS: "*", STRIKE: "~~"}
_TAGS: Final = {
    STRONG: "strong",
    EMPHASIS: "em",
    STRIKE: "del",
    SUBSCRIPT: "sub",
    SUPERSCRIPT: "sup",
}
_MARKS: Final = tuple(_TAGS)
_AUTOLINK: Final = re.compile(r"https?://[^\s<>\\|`]+")
_PUNCTUATION: Final = frozenset(punctuation)


class Run(NamedTuple):
    """Text with the same marks throughout.

    Attributes:
        has_space_before: Whether white space stands before it.
        text: Text with single spaces between words.
        marks: The marks, as bits.
        href: Where it leads, if it is a link.
    """

    has_space_before: bool
    text: str
    marks: int
    href: str | None


def markdown(runs: Sequence[Run], *, line_break: str, is_cell: bool = False) -> str:
    """Return runs as Markdown on one line, but for `line_break`."""
    if len(runs) == 1 and not runs[0].marks and runs[0].href is None:
        return escaped(runs[0].text, is_cell=is_cell)
    return "".join(_resolved(_tokens(_merged(runs), line_break, is_cell=is_cell)))


def _merged(runs: Sequence[Run]) -> list[Run]:
    """Join neighbours that carry the same marks."""
    merged: list[Run] = []
    parts: list[str] = []
    last: Run | None = None
    for run in runs:
        if last and run.marks == last.marks < BREAK and run.href == last.href:
            if run.has_space_before:
                parts.append(" ")
            parts.append(run.text)
            continue
        if last:
            merged.append(last if len(parts) == 1 else last._replace(text="".join(parts)))
        last, parts = run, [run.text]
    if last:
        merged.append(last if len(parts) == 1 else last._replace(text="".join(parts)))
    return merged


def _tokens(runs: Sequence[Run], line_break: str, *, is_cell: bool) -> list[str | int]:
    """Return text, and for each delimiter its mark: positive where it opens."""
    tokens: list[str | int] = []
    stack: list[int] = []
    href: str | None = None
    separator = ""
    for place, run in enumerate(runs):
        if run.marks & BREAK:
            separator = line_break if tokens else ""
            continue
        if not separator and run.has_space_before and tokens:
            separator = " "
        kept = _kept(stack, run, is_same_link=run.href == href)
        tokens.extend(_closing(kind, href) for kind in reversed(stack[kept:]))
        del stack[kept:]
        if separator:
            tokens.append(separator)
            separator = ""
        after = runs[place + 1] if place + 1 < len(runs) else None
        if _is_autolink(run, after) and not stack:
            tokens.append(f"<{run.text}>")
            continue
        if run.href is not None and _LINK not in stack:
            href = run.href
            stack.append(_LINK)
            _open_link(tokens)
        for kind in _missing(stack, run, after):
            tokens.append(kind if kind in _DELIMITERS else f"<{_TAGS[kind]}>")
            stack.append(kind)
        tokens.append(_text_of(run, is_cell=is_cell))
    tokens.extend(_closing(kind, href) for kind in reversed(stack))
    return tokens


def _kept(stack: Sequence[int], run: Run, *, is_same_link: bool) -> int:
    """Return how many of the open marks go on in a run."""
    for place, kind in enumerate(stack):
        if not (is_same_link if kind == _LINK else run.marks & kind):
            return place
    return len(stack)


def _missing(stack: Sequence[int], run: Run, after: Run | None) -> list[int]:
    """Return the marks that begin with a run, what lasts longer first."""
    missing = [kind for kind in _MARKS if run.marks & kind and kind not in stack]
    if after and len(missing) > 1:
        missing.sort(key=lambda kind: not after.marks & kind)
    return missing


def _open_link(tokens: list[str | int]) -> None:
    last = tokens[-1] if tokens else ""
    if isinstance(last, str) and last.endswith("!"):
        # Together they would begin an image.
        tokens[-1] = f"{last[:-1]}\\!"
    tokens.append("[")


def _is_autolink(run: Run, after: Run | None) -> bool:
    return (
        run.text == run.href
        and not run.marks
        and (after is None or after.href != run.href)
        and bool(_AUTOLINK.fullmatch(run.text))
    )


def _text_of(run: Run, *, is_cell: bool) -> str:
    if run.marks & READY:
        return run.text
    if run.marks & CODE:
        return code_span(run.text, is_cell=is_cell)
    return escaped(run.text, is_cell=is_cell, is_link=run.href is not None)


def _closing(kind: int, href: str | None) -> str | int:
    if kind == _LINK:
        return f"]({destination(href or '')})"
    return -kind if kind in _DELIMITERS else f"</{_TAGS[kind]}>"


def _resolved(tokens: Sequence[str | int]) -> list[str]:
    """Replace delimiters by Markdown, or by HTML where Markdown would not see them."""
    written: list[str] = []
    group: list[tuple[int, int]] = []
    is_open, is_sound = 0, True
    place, end = 0, len(tokens)
    while place < end:
        token = tokens[place]
        if isinstance(token, str):
            written.append(token)
            place += 1
            continue
        before = written[-1][-1] if written else " "
        start = place
        while place < end and isinstance(tokens[place], int):
            place += 1
        following = tokens[place] if place < end else " "
        after = following[0] if isinstance(following, str) else " "
        run = [token for token in tokens[start:place] if isinstance(token, int)]
        for nth, kind in enumerate(run):
            if not is_open:
                # A group that begins where another ends would melt into it.
                group, is_sound = [], nth == 0
            is_mixed = (kind > 0) != (run[0] > 0) or (kind > 0) != (run[-1] > 0)
            group.append((len(written), kind))
            is_sound = is_sound and not is_mixed and _is_seen(before, after, kind, len(group))
            written.append(_DELIMITERS[abs(kind)])
            is_open += 1 if kind > 0 else -1
            if not is_open and not is_sound:
                for position, mark in group:
                    tag = _TAGS[abs(mark)]
                    written[position] = f"<{tag}>" if mark > 0 else f"</{tag}>"
    return written


def _is_seen(before: str, after: str, kind: int, position: int) -> bool:
    """Tell whether a delimiter between two characters does what it is there for."""
    outer, inner = (before, after) if kind > 0 else (after, before)
    if inner.isspace():
        return False
    if outer.isspace():
        return True
    if not inner.isalnum():
        # Also counts as closing when it opens, and the reverse; or as neither.
        return False
    # Inside a word it can open and close, which is harmless with one pair only.
    return outer in _PUNCTUATION or position == (1 if kind > 0 else 2)
