"""Records for column formats, which want the same columns of the same types in each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from singer_sdk.helpers.types import Record


def as_row(record: Record, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a record into a row.

    Args:
        record: As the API gives it, where a field that is empty may be absent.
        properties: The properties of the stream's schema.

    Returns:
        All declared properties, in their order, and no others. A value that may be any JSON is
        JSON text; an object without members, for which Parquet has no type, is null.
    """
    return {name: _cell(record.get(name), schema) for name, schema in properties.items()}


def _cell(value: object, schema: Mapping[str, Any]) -> object:
    if value is None or value == {}:
        return None
    return msgspec.json.encode(value).decode() if "oneOf" in schema else value
