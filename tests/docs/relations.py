"""How tables belong together: which columns lead to which rows, and a picture of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tests.docs import facts
from tests.docs.families import streams_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tap_confluence.streams.base import ConfluenceStream
    from tests.docs.families import Family

OTHER_COLUMNS = {"accountId": "users", "roleId": "space_roles", "parentId": "pages"}
"""Columns with an id of a row of another stream, besides those that are called like the stream."""

INVENTORY = "content_inventory"
"""What has a row for all content; only its own picture shows what it leads to."""


class Relation(NamedTuple):
    """A column of one table that has the id of a row of another one.

    Attributes:
        one: The table with that row.
        many: The table with the column.
        column: The column.
        is_sure: Whether the row is of that table, and of no other that the column may lead to.
    """

    one: str
    many: str
    column: str
    is_sure: bool = True

    @property
    def is_in_the_key(self) -> bool:
        """Whether the column is part of the key."""
        return self.column in facts.streams()[self.many].primary_keys

    def __str__(self) -> str:
        """The relation in the language Mermaid: whether there always is one, and how many."""
        always = "||" if self.is_in_the_key and self.is_sure else "|o"
        alone = facts.streams()[self.many].primary_keys == (self.column,)
        return f"{self.one} {always}--{'o|' if alone else 'o{'} {self.many} : {self.column}"


def _others() -> list[Relation]:
    """Return the relations that no name of a column tells."""
    parents = ("folders", "whiteboards", "databases", "embeds")
    content = ("pages", "blog_posts", "attachments", "custom_content")
    comments = [name for name in facts.streams() if name.endswith("_comments")]
    return [
        *(Relation(parent, "child_pages", "parentId", is_sure=False) for parent in parents),
        Relation("pages", "child_pages", "id"),
        *(Relation(INVENTORY, name, "id") for name in content),
        *(Relation("labels", name, "id") for name in facts.streams() if name.endswith("_labels")),
        *(
            Relation(name, f"{kind}_comment_likes", "commentId", is_sure=False)
            for name in comments
            for kind in ("footer", "inline")
            if kind in name
        ),
        Relation("classification_levels", "page_classification_levels", "id"),
    ]


def relations() -> list[Relation]:
    """Return all relations."""
    joins = {_id_of(name): name for name in facts.streams()} | OTHER_COLUMNS
    told = [
        Relation(joins[column], stream.name, column, is_sure=column != "parentId")
        for stream in facts.streams().values()
        for column in stream.schema["properties"]
        if column in joins and joins[column] != stream.name
    ]
    return [*told, *_others()]


def _id_of(name: str) -> str:
    """Return what a column is called that has an id of a stream, such as `blogPostId`."""
    singular = name.removesuffix("s")
    return re.sub(r"_(\w)", lambda letter: letter[1].upper(), singular) + "Id"


def picture(family: Family) -> str:
    """Return the tables of a family and what they lead to, in the language Mermaid.

    Returns:
        An entity-relationship diagram; nothing of tables that lead nowhere.
    """
    ours = {stream.name for stream in streams_of(family)}
    shown = [
        relation
        for relation in relations()
        if (relation.many in ours and (relation.one != INVENTORY or INVENTORY in ours))
        or (relation.one in ours and relation.is_in_the_key)
    ]
    if not shown:
        return ""
    lines = ["direction LR", *map(str, shown)]
    for stream in streams_of(family):
        joins = {relation.column for relation in shown if relation.many == stream.name}
        lines += [f"{stream.name} {{", *_columns(stream, joins), "}"]
    return "\n".join(["erDiagram", *(f"    {line}" for line in lines)]) + "\n"


def _columns(stream: ConfluenceStream, joins: Collection[str]) -> Iterator[str]:
    for column, schema in stream.schema["properties"].items():
        marks = ["PK"] * (column in stream.primary_keys) + ["FK"] * (column in joins)
        if marks or column == stream.replication_key:
            type_ = facts.type_of(schema).replace(" ", "-")
            yield f"    {type_} {column} {', '.join(marks)}".rstrip()
