"""This tap, with a target behind it that loads a PostgreSQL."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchmarks.contestants.with_this_tap import ThisTap
from benchmarks.environments import TARGET, program_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.contestants.contestant import Job
    from benchmarks.measure import Command
    from benchmarks.warehouse import Warehouse


class TapAndTarget(ThisTap):
    """tap-confluence and target-postgres, connected as Meltano connects them.

    Args:
        warehouse: What is loaded, each job into a schema of its own.
    """

    name = "tap-confluence, target-postgres"

    def __init__(self, warehouse: Warehouse) -> None:
        super().__init__()
        self._warehouse = warehouse

    def prepare(self, job: Job) -> Command:
        tap = super().prepare(job)
        config = job.folder / "target.json"
        settings = {
            "sqlalchemy_url": self._warehouse.uri.replace("postgresql:", "postgresql+psycopg:"),
            "default_target_schema": _schema(job),
        }
        config.write_text(json.dumps(settings))
        target = [str(program_of(TARGET, "target-postgres")), "--config", str(config)]
        pipeline = f"{shlex.join(tap.arguments)} | {shlex.join(target)}"
        return replace(tap, arguments=["bash", "-o", "pipefail", "-c", pipeline], output=None)

    def rows(self, job: Job) -> Iterator[tuple[str, dict[str, Any]]]:
        yield from self._warehouse.rows(_schema(job))


def _schema(job: Job) -> str:
    return job.folder.name.replace("-", "_").lower()
