"""A value that may be any JSON."""

from __future__ import annotations

from singer_sdk import typing as th

JSON_VALUE = th.CustomType(
    {
        "oneOf": [
            {"type": "string"},
            {"type": "number"},
            {"type": "boolean"},
            {"type": "object"},
            {"type": "array"},
        ],
    },
)
"""Any JSON value; a property that is not required adds null.

Strings come first, no `description` stands before `oneOf` in a SCHEMA message (see
`ConfluenceStream`), each type stands alone and no `type` stands beside `oneOf`, because of what
targets make of it. target-postgres and target-duckdb both give a text column, in which an object
or a list is JSON text and a string is itself. A list of types would be JSONB in PostgreSQL, but a
JSON column in target-duckdb, which does not quote strings: `"editor": "v2"`, which
Confluence sets on nearly every page, then fails the load as malformed JSON. `anyOf` with strings
first fails in target-postgres 0.8.1, which cannot put an object into its text column.
"""
