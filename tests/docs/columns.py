"""The reference of all tables and their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.docs import facts
from tests.docs.markdown import code, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_confluence.streams.base import ConfluenceStream

INTRODUCTION = """\
# Tables and their columns

Written by `make docs` of what the code says: change it there.

Each stream becomes a table of its name. The columns are the same whichever kind of site they come
from; what a site does not tell is null. Only the columns of the key never are. A time is a string
of ISO 8601 in the messages, and a time stamp in a database. What is in an object, or in each
object of a list, stands below it with its path: `version.number`, `labels[].name`. A loader keeps
an object or a list as JSON, unless `flattening_enabled` makes columns of the parts. A field that
a site gives and that is not in these tables is in the record all the same.
"""


def reference() -> str:
    """Return the reference, an index first."""
    streams = facts.streams().values()
    index = table(
        ("table", "what is in it", "Data Center"),
        ((f"[`{s.name}`](#{s.name})", _summary(s), _is_there(s)) for s in streams),
    )
    return "\n".join([INTRODUCTION, index, *(_section(stream) for stream in streams)])


def _summary(stream: ConfluenceStream) -> str:
    first, _, _ = facts.description(stream).partition("\n\n")
    return first


def _is_there(stream: ConfluenceStream) -> str:
    return "" if facts.why_absent(stream) else "yes"


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


def _on_data_center(stream: ConfluenceStream) -> str:
    """Return what is otherwise there, if anything is."""
    there = facts.data_center_streams().get(stream.name)
    if there is None or facts.description(there) == facts.description(stream):
        return ""
    return f"On Data Center: {facts.description(there)}"


def _rows(properties: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    for name, schema in properties.items():
        yield f"`{prefix}{name}`", _type(schema), schema.get("description", "")
        yield from _rows(schema.get("properties", {}), f"{prefix}{name}.")
        items = schema.get("items", {})
        yield from _rows(items.get("properties", {}), f"{prefix}{name}[].")


def _type(schema: Mapping[str, Any]) -> str:
    if "oneOf" in schema:
        return "anything"
    [type_] = {schema["type"]} if isinstance(schema["type"], str) else {*schema["type"]} - {"null"}
    if type_ == "array":
        return f"list of {_type(schema['items'])}s"
    return "time" if schema.get("format") == "date-time" else str(type_)
