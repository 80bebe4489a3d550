"""The reference of all tables and their columns: a page a family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.docs import facts
from tests.docs.families import link, streams_of
from tests.docs.markdown import code, table
from tests.docs.relations import picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_confluence.streams.base import ConfluenceStream
    from tests.docs.families import Family

WRITTEN = "<!-- Written by `make docs` of what the code says: change it there. -->\n"

INTRODUCTION = """\
# Tables

A stream becomes a table of its name. The names of its columns are those of the
[REST API v2](https://developer.atlassian.com/cloud/confluence/rest/v2/), whichever kind of site
they come from; what a site does not tell is null. Only the columns of the key never are: the key
is what tells one row from all others.

A stream with a replication key is *incremental*: a run brings the rows that changed. The others
are *complete*: each run brings all rows. What is left out by default is read
[when it is selected](../choosing.md#streams-that-are-read-only-when-selected).

A time is a string of ISO 8601 in the messages, and a time stamp in a database. What is in an
object, or in each object of a list, stands below it with its path: `version.number`,
`labels[].name`. A loader keeps an object or a list as JSON, unless `flattening_enabled` makes
columns of the parts. A field that a site gives and that is not in these tables is in the record
all the same.

In the pictures, `PK` is a column of the key and `FK` one to join by. Columns such as `authorId`
and `ownerId` lead to `users` everywhere, by `accountId`. Attachments, tasks and custom content
belong to a page or to a blog post; replies are comments with a `parentCommentId`.
"""


def index() -> str:
    """Return the list of all tables."""
    rows = (
        (
            link(s.name, ""),
            summary(s),
            facts.replication(s),
            "read" if s.selected_by_default else "left out",
            "" if facts.why_absent(s) else "yes",
        )
        for s in facts.streams().values()
    )
    heads = ("table", "what is in it", "replication key", "by default", "Data Center")
    return "\n".join([WRITTEN, INTRODUCTION, table(heads, rows)])


def page(family: Family) -> str:
    """Return the page of a family."""
    streams = streams_of(family)
    rows = [(f"[`{s.name}`](#{s.name})", summary(s)) for s in streams]
    index = table(("table", "what is in it"), rows)
    drawn = picture(family)
    return "\n".join(
        [
            WRITTEN,
            f"# {family.title}\n",
            "[How to read this](README.md).\n",
            *([index] if len(streams) > 1 else []),
            *([f"```mermaid\n{drawn}```\n"] if drawn else []),
            *(_section(stream) for stream in streams),
        ]
    )


def summary(stream: ConfluenceStream) -> str:
    """Return what is in a table, in a sentence or two."""
    first, _, _ = facts.description(stream).partition("\n\n")
    return first


def _section(stream: ConfluenceStream) -> str:
    columns = table(("column", "type", "what it is"), _rows(stream.schema["properties"]))
    paragraphs = (
        f"## {stream.name}",
        facts.description(stream),
        "\n".join(_facts(stream)),
        _on_data_center(stream),
        columns,
    )
    return "\n\n".join(filter(None, paragraphs))


def _facts(stream: ConfluenceStream) -> Iterator[str]:
    yield f"- **Key:** {code(stream.primary_keys)}"
    if stream.replication_key:
        yield f"- **Replication key:** `{stream.replication_key}`: a run brings what changed"
    else:
        brings = "all rows" if stream.is_whole else "the rows it meets"
        yield f"- **Replication key:** none: a run brings {brings}"
    yield f"- **By default:** {'read' if stream.selected_by_default else 'left out'}"
    yield f"- **Cloud:** {facts.source(stream)}, with {_scopes(stream)}{_right(stream)}"
    yield f"- **Data Center:** {_data_center(stream)}"
    yield f"- **Cost:** {_cost(stream)}"


def _scopes(stream: ConfluenceStream) -> str:
    scopes = facts.scopes_of(stream)
    return f"the {'scopes' if len(scopes) > 1 else 'scope'} {code(scopes)}"


def _right(stream: ConfluenceStream) -> str:
    return f"; takes {stream.right}" if stream.right else ""


def _data_center(stream: ConfluenceStream) -> str:
    there = facts.data_center_streams().get(stream.name)
    if there is None:
        return f"no. {facts.why_absent(stream)}"
    return (f"`{there.path}`" if there.path else "yes") + _right(there)


def _cost(stream: ConfluenceStream) -> str:
    costs = facts.costs_by_default() if stream.selected_by_default else facts.costs_alone()
    site = (
        "[this site](../costs.md)"
        if stream.selected_by_default
        else "[a thousand of each](../costs.md#streams-that-are-read-only-when-selected)"
    )
    told = dict(zip(("Cloud", "Data Center"), costs.get(stream.name, ()), strict=False))
    counted = [
        f"{first:,} requests in a first run and {idle:,} in an idle one on {deployment}"
        for deployment, (first, idle) in told.items()
        if first is not None and idle is not None
    ]
    if not counted:
        return "none of its own: it comes with what other streams ask for"
    return f"{', '.join(counted)}, of {site}"


def _on_data_center(stream: ConfluenceStream) -> str:
    """Return what is otherwise there, if anything is."""
    there = facts.data_center_streams().get(stream.name)
    if there is None or facts.description(there) == facts.description(stream):
        return ""
    return f"On Data Center: {facts.description(there)}"


def _rows(properties: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    for name, schema in properties.items():
        yield f"`{prefix}{name}`", facts.type_of(schema), schema.get("description", "")
        yield from _rows(schema.get("properties", {}), f"{prefix}{name}.")
        items = schema.get("items", {})
        yield from _rows(items.get("properties", {}), f"{prefix}{name}[].")
