"""The sources and the staging models of the dbt package: one of each for every stream."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from tests.docs import facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tap_confluence.streams.base import ConfluenceStream

FOLDER = "dbt/models/staging"
LOADED = "stg_confluence__loaded_streams"
WRITTEN = "Written by `make docs` of the schemas of the streams: change it there."
RENAMED = {"order": "sort_order", "table": "table_number"}
"""Columns whose names are words of SQL."""

TYPES = {"object": "json", "array": "json"}
URL = (
    "Where a browser shows it: a path below the address of the site, unless the site gives all of "
    "it or `confluence_site_url` does."
)
FORMAT = "Name of the representation it is in, such as `storage`."


@dataclass(frozen=True)
class Column:
    """A column of a staging model.

    Attributes:
        name: Its name.
        type: `string`, `integer`, `number`, `boolean`, `timestamp`, `json` or `url`.
        paths: Where its value stands in a record, the first that is not null.
        description: What it is.
    """

    name: str
    type: str
    paths: tuple[str, ...]
    description: str


EXTRACTED_AT = Column(
    "extracted_at",
    "timestamp",
    ("_sdc_extracted_at",),
    "Time at which the tap read the row; null if the loader does not keep it.",
)


def documents() -> dict[str, Callable[[], str]]:
    """Return what makes each file, by its path below the project's folder."""
    models = {
        f"{FOLDER}/{_name(name)}.sql": lambda name=name: model(facts.streams()[name])
        for name in facts.streams()
    }
    return {
        f"{FOLDER}/sources.yml": sources,
        f"{FOLDER}/staging.yml": staging,
        f"{FOLDER}/{LOADED}.sql": loaded_streams,
        **models,
    }


def model(stream: ConfluenceStream) -> str:
    """Return the staging model of a stream."""
    columns = "".join(
        f"        {{'name': '{c.name}', 'type': '{c.type}', 'paths': {list(c.paths)}}},\n"
        for c in columns_of(stream)
    )
    return (
        f"-- {WRITTEN}\n"
        "{{ confluence.stage(\n"
        f"    '{stream.name}',\n"
        f"    key={key_of(stream)},\n"
        f"    columns=[\n{columns}    ],\n"
        ") }}\n"
    )


def loaded_streams() -> str:
    """Return the model that says which streams are loaded: what is not is unknown, and not zero."""
    names = "".join(f"    '{name}',\n" for name in facts.streams())
    return f"-- {WRITTEN}\n{{{{ confluence.loaded_streams([\n{names}]) }}}}\n"


def staging() -> str:
    """Return what the staging models and their columns are."""
    loaded = {
        "name": LOADED,
        "description": "One row that says of each stream whether it is loaded.",
        "columns": [
            {"name": f"has_{name}", "description": f"Whether `{name}` is loaded."}
            for name in facts.streams()
        ],
    }
    models = [
        loaded,
        *(
            {
                "name": _name(stream.name),
                "description": facts.description(stream),
                "data_tests": [
                    {"confluence.unique_key": {"arguments": {"columns": key_of(stream)}}}
                ],
                "columns": [
                    {"name": c.name, "description": c.description} for c in columns_of(stream)
                ],
            }
            for stream in facts.streams().values()
        ),
    ]
    return _yaml({"models": models})


def sources() -> str:
    """Return what the tables are that the tap fills."""
    tables = [
        {
            "name": stream.name,
            "description": facts.description(stream),
            **(_fresh() if stream.name == "content_inventory" else {}),
            "columns": [
                {"name": name, "description": schema.get("description", "")}
                for name, schema in stream.schema["properties"].items()
            ],
        }
        for stream in facts.streams().values()
    ]
    source = {
        "name": "confluence",
        "description": "What tap-confluence loads: each stream is a table.",
        "database": "{{ var('confluence_database', target.database) }}",
        "schema": "{{ var('confluence_schema', target.schema) }}",
        "tables": tables,
    }
    return _yaml({"sources": [source]})


def columns_of(stream: ConfluenceStream) -> list[Column]:
    """Return the columns of the staging model of a stream."""
    return [*_columns(stream.schema["properties"]), EXTRACTED_AT]


def _columns(properties: Mapping[str, Any], *above: str) -> Iterator[Column]:
    for name, schema in properties.items():
        path = (*above, name)
        parts = schema.get("properties", {})
        if name == "_links":
            yield Column("url", "url", ("_links.webui",), URL)
        elif all("value" in part.get("properties", {}) for part in parts.values()) and parts:
            yield from _representations(path, schema["description"], parts)
        elif parts:
            yield from _columns(parts, *path)
        else:
            description = schema.get("description", "")
            yield Column(snake(path), type_of(schema), (".".join(path),), description)


def _representations(
    path: tuple[str, ...], description: str, names: Mapping[str, Any]
) -> Iterator[Column]:
    """A text that is there in the one representation that was asked for."""
    values, formats = (
        tuple(".".join((*path, name, part)) for name in names)
        for part in ("value", "representation")
    )
    yield Column(snake(path), "string", values, description)
    yield Column(f"{snake(path)}_format", "string", formats, FORMAT)


def type_of(schema: Mapping[str, Any]) -> str:
    """Return what kind of column a property becomes."""
    if "oneOf" in schema:
        return "json"
    if schema.get("format") == "date-time":
        return "timestamp"
    [type_] = {schema["type"]} if isinstance(schema["type"], str) else {*schema["type"]} - {"null"}
    return TYPES.get(type_, type_)


def snake(path: tuple[str, ...]) -> str:
    """Return the name of the column with what is at a path of a record."""
    name = "_".join(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", part).lower() for part in path)
    return RENAMED.get(name, name)


def _name(stream: str) -> str:
    return f"stg_confluence__{stream}"


def key_of(stream: ConfluenceStream) -> list[str]:
    """Return the columns of the key of the staging model of a stream."""
    return [snake((name,)) for name in stream.primary_keys]


def _fresh() -> dict[str, Any]:
    """The inventory has all rows of each run, so it tells when the last one was."""
    return {
        "config": {
            "loaded_at_field": "_sdc_extracted_at",
            "freshness": {"warn_after": {"count": 36, "period": "hour"}},
        }
    }


def _yaml(content: dict[str, Any]) -> str:
    text = yaml.safe_dump({"version": 2, **content}, sort_keys=False, allow_unicode=True, width=100)
    return f"# {WRITTEN}\n{text}"
