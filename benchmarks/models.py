"""How long `dbt build` takes for a wiki of 50,000 pages, on PostgreSQL: `python -m benchmarks.models`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.dbt.warehouses import PostgreSQL
from tests.postgres import running_postgres

TABLES = Path(__file__).with_name("large_wiki.sql")


def main() -> None:
    """Make the tables, build all models twice, and say how long it took."""
    with running_postgres() as server, tempfile.TemporaryDirectory() as folder:
        warehouse = PostgreSQL(Path(folder), server.get_uri())
        warehouse.make()
        warehouse.execute(TABLES.read_text())
        for build in ("first", "second"):
            began = time.monotonic()
            warehouse.build()
            print(f"{build} build: {time.monotonic() - began:.0f} s")
        for model in ("pages", "page_paths", "links", "daily_activity"):
            [(rows,)] = warehouse.query(f"select count(*) from confluence__{model}")
            print(f"confluence__{model}: {rows:,} rows")


if __name__ == "__main__":
    main()
