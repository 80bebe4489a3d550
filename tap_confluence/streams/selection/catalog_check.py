"""The catalog that a run is given: whether it fits the streams."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any

from msgspec import Struct, ValidationError, convert

from tap_confluence.errors import SettingsError

if TYPE_CHECKING:
    from singer_sdk.singerlib import Catalog

    from tap_confluence.streams.base import ConfluenceStream

PLACE = re.compile(r"\$\.streams\[(\d+)\]")
"""How the entry of a stream is pointed at."""


class ReplicationMethod(Enum):
    """How a stream may be read."""

    FULL_TABLE = "FULL_TABLE"
    INCREMENTAL = "INCREMENTAL"
    LOG_BASED = "LOG_BASED"


class Facts(Struct, rename="kebab"):
    """What the metadata of a catalog say of a stream or a property, as far as it is read."""

    selected: bool | None = None
    selected_by_default: bool | None = None
    table_key_properties: list[str] | None = None
    replication_key: str | None = None
    forced_replication_method: ReplicationMethod | None = None


class Metadata(Struct):
    """Of what they are the metadata."""

    breadcrumb: list[str]
    metadata: Facts


class Schema(Struct):
    """The shape of a record."""

    properties: dict[str, dict[str, Any]]


class Entry(Struct):
    """A stream in a catalog."""

    tap_stream_id: str
    schema: Schema
    stream: str | None = None
    key_properties: list[str] | None = None
    replication_key: str | None = None
    replication_method: ReplicationMethod | None = None
    metadata: list[Metadata] = []


class WholeCatalog(Struct):
    """A catalog, as far as it is read."""

    streams: list[Entry]


def check_shape(catalog: dict[str, Any]) -> None:
    """Make sure that a catalog is one.

    Args:
        catalog: As it was given. Without anything in it, it selects nothing.

    Raises:
        SettingsError: It is something else, or broken.
    """
    try:
        convert(catalog or {"streams": []}, WholeCatalog)
    except ValidationError as error:
        why = PLACE.sub(lambda found: _name_of(catalog, int(found[1])), str(error))
        message = f"The catalog is broken: {why}. Discover it anew with --discover."
        raise SettingsError(message) from error


def _name_of(catalog: dict[str, Any], number: int) -> str:
    """Name an entry by its stream, where it has one."""
    entry = catalog["streams"][number]
    name = entry.get("tap_stream_id") if isinstance(entry, dict) else None
    return f"'{name}'" if isinstance(name, str) else f"entry {number}"


def check_keys(stream: ConfluenceStream, catalog: Catalog | None) -> None:
    """Make sure that a stream has the keys that it was made with, or none.

    A row without one of its keys is left out, so that another key would leave out what it is not
    in; and rows that share a key take each other's place in a table.

    Args:
        stream: As the catalog has made it.
        catalog: What was given, if anything.

    Raises:
        SettingsError: The catalog names other keys.
    """
    entry = catalog.get_stream(stream.name) if catalog is not None else None
    if entry is None or not stream.selected or not stream.primary_keys:
        return
    given = tuple(stream.primary_keys)
    if set(given) != set(stream.own_keys):
        where = "key_properties" if entry.key_properties else "table-key-properties"
        message = (
            f"The catalog gives stream '{stream.name}' the key {_words(given)} in '{where}'. Its "
            f"key is {_words(stream.own_keys)}: put that there, or discover the catalog anew."
        )
        raise SettingsError(message)


def _words(keys: tuple[str, ...]) -> str:
    return ", ".join(f"'{key}'" for key in keys)
