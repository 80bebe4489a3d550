"""A PostgreSQL that runs while something is loaded into it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from benchmarks.environments import HERE, POSTGRES, python_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

RUNNERS = HERE / "runners"


class Warehouse:
    """A server in a process of its own, which ends with this one.

    Attributes:
        uri: Its address, once it has been entered.
    """

    def __init__(self) -> None:
        self.uri = ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        arguments = [str(python_of(POSTGRES)), str(RUNNERS / "serve_postgres.py")]
        self._process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        if self._process.stdout is None or not (line := self._process.stdout.readline()):
            message = "PostgreSQL did not start"
            raise OSError(message)
        self.uri = line.strip()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()

    def rows(self, schema: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each row of each table of a schema, with the name of its table."""
        arguments = [str(python_of(POSTGRES)), str(RUNNERS / "read_tables.py"), self.uri, schema]
        done = subprocess.run(arguments, check=True, capture_output=True, text=True)
        for line in done.stdout.splitlines():
            table, row = json.loads(line)
            yield table, row
