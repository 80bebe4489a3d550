"""The rows of a list that can be told apart."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEYS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            *("pages", "blogposts", "attachments", "footer-comments", "inline-comments"),
            *("custom-content", "tasks", "labels", "spaces", "children", "descendants"),
            *("direct-children", "content", "content/search", "content/scan"),
            *("child/page", "child/blogpost", "child/comment", "child/attachment"),
        ),
        ("id",),
    ),
    "space": ("id", "key"),
    "space-roles": ("id",),
    **dict.fromkeys(("template/page", "template/blueprint"), ("templateId",)),
    **dict.fromkeys(("membersByGroupId", "likes/users"), ("accountId",)),
}
"""What a row of a list must have to be told apart, by the last words of the path of the list."""

NAMES = ("id", "accountId", "userKey", "key", "name", "number")
"""What tells a row from others, first what does so best."""


def identified(path: str, results: list[Any]) -> list[dict[str, Any]]:
    """Leave out what is no row, or has no key where all rows of the list have one.

    Args:
        path: The list.
        results: What it gave.

    Returns:
        The rows, each with a text for its id.
    """
    rows = [row for row in results if isinstance(row, dict)]
    for row in rows:
        if type(row.get("id")) is int:
            row["id"] = str(row["id"])
    words = path.split("/")
    keys = KEYS.get(words[-1]) or KEYS.get("/".join(words[-2:]), ())
    return [row for row in rows if all(_is_key(row.get(key)) for key in keys)]


def unidentified(results: list[Any], rows: list[dict[str, Any]]) -> Iterator[str]:
    """Say of each row that was left out where it stood, and what it is called.

    Args:
        results: What a list gave.
        rows: Those that were not left out.
    """
    kept = set(map(id, rows))
    for place, row in enumerate(results, start=1):
        if id(row) not in kept:
            told = row if isinstance(row, dict) else {}
            name = told.get("title") or told.get("name") or f"a JSON {type(row).__name__}"
            yield f"no. {place}, {name}"


def _is_key(value: object) -> bool:
    return isinstance(value, str) and value != ""


def key_of(row: Mapping[str, Any]) -> object:
    """Return what tells a row from others, however much of it is spelled out."""
    known = next((str(row[name]) for name in NAMES if row.get(name) is not None), None)
    # Of a row without any of them only this much is remembered: a list may be very long.
    return known or blake2b(str(row).encode(errors="replace"), digest_size=16).digest()
