"""The schema of each stream, and a record that fills all of its columns."""

from __future__ import annotations

from typing import Any

from tap_confluence.cloud import STREAMS

SCHEMAS: dict[str, dict[str, Any]] = {stream.name: stream.schema for stream in STREAMS}


def sample_of(schema: dict[str, Any]) -> Any:
    """Make a value that a schema takes, with every field that it declares."""
    if "oneOf" in schema:
        return sample_of(schema["oneOf"][0])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    match next(kind for kind in kinds if kind != "null"):
        case "object":
            properties = schema.get("properties", {})
            return {name: sample_of(nested) for name, nested in properties.items()}
        case "array":
            return [sample_of(schema["items"])]
        case "string" if schema.get("format") == "date-time":
            return "2026-03-04T05:06:07.089Z"
        case kind:
            return {"string": "Tea at four", "integer": 7, "number": 2.5, "boolean": False}[kind]


SAMPLES = {name: sample_of(schema) for name, schema in SCHEMAS.items()}
