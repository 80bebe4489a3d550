"""The picture of which stream belongs to which, in the language Mermaid."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.docs import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.streams.base import ConfluenceStream

OTHER_COLUMNS = {"accountId": "users", "roleId": "space_roles", "parentId": "pages"}
"""Columns with an id of a row of another stream, besides those that are called like the stream."""


def edges() -> str:
    """Return the edges of the picture, a line for all that begin at the same stream alike.

    A full edge leads from a list to the details of its items, a dotted one is a column to join by.
    Every stream is there, also one without an edge.
    """
    ends: dict[tuple[str, str], list[str]] = {}
    joins = _joins()
    for stream in facts.streams().values():
        for edge in _edges_to(stream, joins):
            ends.setdefault(edge, []).append(stream.name)
    lines = [f"{start} {arrow} {' & '.join(names)}" for (start, arrow), names in ends.items()]
    drawn = {name for (start, _), names in ends.items() for name in (start, *names)}
    return "\n".join([*lines, *(name for name in facts.streams() if name not in drawn)]) + "\n"


def _edges_to(stream: ConfluenceStream, joins: dict[str, str]) -> Iterator[tuple[str, str]]:
    parent = facts.parent(stream)
    if parent:
        yield parent, "-->"
    for column in stream.schema["properties"]:
        other = joins.get(column)
        if other and other not in {stream.name, parent}:
            yield other, f"-. {column} .->"


def _joins() -> dict[str, str]:
    """Return which columns have an id of a row of another stream, and of which."""
    return {_id_of(name): name for name in facts.streams()} | OTHER_COLUMNS


def _id_of(name: str) -> str:
    """Return what a column is called that has an id of a stream, such as `blogPostId`."""
    singular = name.removesuffix("s")
    return re.sub(r"_(\w)", lambda letter: letter[1].upper(), singular) + "Id"
