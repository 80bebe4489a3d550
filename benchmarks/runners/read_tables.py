"""Writes each row of each table of a schema as a line of JSON, with the name of the table."""

from __future__ import annotations

import json
import sys

import psycopg
from psycopg import sql

uri, schema = sys.argv[1:]
with psycopg.connect(uri) as connection:
    tables = connection.execute(
        "select table_name from information_schema.tables where table_schema = %s", [schema]
    ).fetchall()
    for (table,) in tables:
        everything = sql.SQL("select row_to_json(t)::text from {} t").format(
            sql.Identifier(schema, table)
        )
        for (row,) in connection.execute(everything):
            sys.stdout.write(f"{json.dumps([table, json.loads(row)])}\n")
