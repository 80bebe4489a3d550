"""Renders the models for a database that nothing connects to, and says what each consists of.

It runs in an environment of its own, where the adapters of dbt are, and imports nothing of the
tests:

    python render.py REQUEST.json ANSWER.json

The request names the adapter, what its profile needs, the tables with their columns and types, and
the variables. The adapter, its macros and its types are real; only what it would ask the database
is answered out of the request.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import agate  # type: ignore[import-not-found]
import sqlglot  # type: ignore[import-not-found]
from dbt.adapters import factory  # type: ignore[import-untyped]
from dbt.adapters.contracts import connection as dbt_connection  # type: ignore[import-untyped]
from dbt.cli.main import dbtRunner  # type: ignore[import-untyped]
from sqlglot import exp
from sqlglot.tokens import TokenType  # type: ignore[import-not-found]

FAILED = 1
NO_NAMES = frozenset(
    {
        *(TokenType.COMMA, TokenType.EQ, TokenType.FARROW, TokenType.GT, TokenType.LT),
        *(TokenType.L_PAREN, TokenType.R_PAREN, TokenType.DASH, TokenType.STAR, TokenType.SLASH),
        *(TokenType.NEQ, TokenType.GTE, TokenType.LTE, TokenType.DPIPE, TokenType.PLUS),
        *(TokenType.L_BRACKET, TokenType.STRING, TokenType.IDENTIFIER),
    }
)
"""What stands before a parenthesis and names no function."""


class NoDatabase:
    """What an adapter takes for its connection: whatever it asks fails."""

    def close(self) -> None:
        """Close nothing."""

    def __getattr__(self, name: str) -> NoReturn:
        message = f"The models asked the database by {name}, which no test answers."
        raise RuntimeError(message)


def answer_for(adapter: Any, tables: dict[str, dict[str, str]]) -> None:
    """Answer what an adapter would ask its database.

    Args:
        adapter: The class of the adapter.
        tables: The type of each column of each table that is there.
    """

    def opened(connection: Any) -> Any:
        connection.handle = NoDatabase()
        connection.state = dbt_connection.ConnectionState.OPEN
        return connection

    def relations(self: Any, schema: Any) -> list[Any]:
        return [
            self.Relation.create(
                database=schema.database,
                schema=schema.schema,
                identifier=table,
                type="table",
                quote_policy={"database": True, "schema": True, "identifier": True},
            )
            for table in tables
        ]

    def relation(self: Any, database: str, schema: str, identifier: str, **_: Any) -> Any:
        asked = self.Relation.create(database=database, schema=schema)
        found = relations(self, asked)
        matching = self._make_match(found, database, schema, identifier)
        return matching[0] if matching else None

    def columns(self: Any, relation: Any) -> list[Any]:
        return [self.Column(name, type_) for name, type_ in tables[relation.identifier].items()]

    def execute(*_: Any, **__: Any) -> Any:
        # Of what there is, there is a row.
        return dbt_connection.AdapterResponse("OK"), agate.Table([(1,)], ["found"])

    adapter.ConnectionManager.open = staticmethod(opened)
    adapter.list_relations_without_caching = relations
    adapter.get_relation = relation
    adapter.get_columns_in_relation = columns
    adapter.execute = execute


def parts_of(compiled: str, dialect: str) -> dict[str, Any]:
    """Return what a query consists of, or why it is none.

    Args:
        compiled: Its text.
        dialect: The dialect that it is in, as sqlglot calls it.
    """
    try:
        [query] = sqlglot.parse(compiled, read=dialect)
        tokens = list(sqlglot.tokenize(compiled, read=dialect))
    except sqlglot.errors.SqlglotError as error:
        return {"error": str(error)}
    called = sorted(
        {
            before.text.lower()
            for before, after in pairwise(tokens)
            if after.token_type is TokenType.L_PAREN and before.token_type not in NO_NAMES
        }
    )
    return {
        "called": called,
        "names": sorted(
            {name.this.lower() for name in query.find_all(exp.Identifier) if not name.quoted}
        ),
        "tables": sorted({alias.name.lower() for alias in query.find_all(exp.TableAlias)}),
        "types": sorted(
            {cast.to.sql(dialect).lower() for cast in query.find_all(exp.Cast) if cast.to}
        ),
    }


def main(request: Path, answer: Path) -> int:
    """Render what a request asks for.

    Returns:
        0 if dbt succeeded.
    """
    asked = json.loads(request.read_text())
    folder = answer.parent
    profile = {"target": "t", "outputs": {"t": {"type": asked["adapter"], **asked["profile"]}}}
    (folder / "profiles.yml").write_text(json.dumps({"confluence": profile}))
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"

    factory.load_plugin(asked["adapter"])
    answer_for(factory.get_adapter_class_by_name(asked["adapter"]), asked["tables"])
    done = dbtRunner().invoke(
        [
            *("--quiet", "--no-populate-cache", "compile"),
            *("--project-dir", asked["project"], "--profiles-dir", str(folder)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
            *("--vars", json.dumps(asked["variables"])),
        ]
    )
    if not done.success:
        print(done.exception or "", file=sys.stderr)  # noqa: T201 - the test shows it
        return FAILED
    nodes = [result.node for result in done.result.results]
    rendered = {
        node.name: {
            "sql": node.compiled_code,
            **parts_of(node.compiled_code, asked["dialect"]),
        }
        for node in nodes
        if node.compiled_code
    }
    answer.write_text(json.dumps(rendered, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
