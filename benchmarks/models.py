"""How long the models of 50,000 pages take in PostgreSQL: `python -m benchmarks.models`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.dbt.warehouses import PostgreSQL
from tests.postgres import running_postgres

TABLES = Path(__file__).with_name("large_wiki.sql")
READERS = Path(__file__).with_name("large_wiki_readers.sql")


def main() -> None:
    """Make the tables, build all models twice and the readers, and say how long it took."""
    with running_postgres() as server, tempfile.TemporaryDirectory() as folder:
        warehouse = PostgreSQL(Path(folder), server.get_uri())
        warehouse.make()
        warehouse.execute(TABLES.read_text())
        for build in ("first", "second"):
            began = time.monotonic()
            warehouse.build()
            sys.stdout.write(f"{build} build: {time.monotonic() - began:.0f} s\n")
            for seconds, node in _slowest(warehouse.folder):
                sys.stdout.write(f"  {seconds:.1f} s {node}\n")
        warehouse.execute(READERS.read_text())
        began = time.monotonic()
        select = ("--select", "+confluence__page_readers")
        warehouse.build(*select, confluence__using_page_readers=True)
        sys.stdout.write(f"readers: {time.monotonic() - began:.0f} s\n")
        for model in ("reader_sets", "pages", "page_paths", "links", "daily_activity"):
            rows = warehouse.rows(f"confluence__{model}", "1")
            sys.stdout.write(f"confluence__{model}: {len(rows):,} rows\n")


def _slowest(folder: Path) -> list[tuple[float, str]]:
    """Return the five models and tests that took longest, of up to four at the same time."""
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    took = ((float(result["execution_time"]), str(result["unique_id"])) for result in results)
    return sorted(took, reverse=True)[:5]


if __name__ == "__main__":
    main()
