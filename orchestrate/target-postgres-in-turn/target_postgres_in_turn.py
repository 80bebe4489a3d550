"""The loader for PostgreSQL, several of which may write the same rows at the same moment.

It adds rows that it does not find, then updates all. Two that do so at once both add a new row, and
one of them fails; or each waits for a row that the other one has updated. Here each waits its turn
for a table, until what the other one has written there can be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from target_postgres.sinks import PostgresSink
from target_postgres.target import TargetPostgres

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

# Unlike a lock on the table, this one stops neither vacuum nor anybody else. It ends with the
# transaction.
TAKE_TURN = text("select pg_advisory_xact_lock(cast(cast(:table as regclass) as oid)::bigint)")


class TurnTakingSink(PostgresSink):
    """Writes the rows of a stream when it is its turn."""

    def upsert(self, *, to_table: Table, connection: Connection, **others: Any) -> int | None:
        """Write a batch that lies in another table."""
        table = connection.dialect.identifier_preparer.format_table(to_table)
        connection.execute(TAKE_TURN, {"table": table})
        return super().upsert(to_table=to_table, connection=connection, **others)


class TurnTakingTarget(TargetPostgres):
    """The loader, with the same settings."""

    default_sink_class = TurnTakingSink
