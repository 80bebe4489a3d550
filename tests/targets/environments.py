"""The targets that are tried, and where they are installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.plugins import LONGEST_RUN

PROJECT = Path(__file__).parents[2]
ENVIRONMENTS = PROJECT / ".venv-targets"


@dataclass(frozen=True)
class Program:
    """A program in an environment of its own.

    Attributes:
        packages: What it comes in, with versions, the package of the program itself first.
        executable: Its name.
    """

    packages: tuple[str, ...]
    executable: str

    @property
    def name(self) -> str:
        """The package without its version and extras."""
        return self.packages[0].partition("==")[0].partition("[")[0]

    @property
    def version(self) -> str:
        """The version of the package."""
        return self.packages[0].partition("==")[2]

    def command(self) -> str:
        """Return the program, installed if it is not there yet."""
        folder = ENVIRONMENTS / f"{self.name}-{self.version}"
        installed = folder / "installed"
        packages = "\n".join(self.packages)
        if not installed.exists() or installed.read_text() != packages:
            uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
            for arguments in (
                ["venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
                ["pip", "install", "--quiet", "--python", str(folder), *self.packages],
            ):
                subprocess.run([uv, *arguments], check=True, timeout=LONGEST_RUN)  # noqa: S603
            installed.write_text(packages)
        return str(folder / "bin" / self.executable)

    def about(self) -> Any:
        """Return what the program says of itself."""
        done = subprocess.run(  # noqa: S603 - the command is ours
            [self.command(), "--about", "--format", "json"],
            capture_output=True,
            check=True,
            timeout=LONGEST_RUN,
        )
        return json.loads(done.stdout)


POSTGRES = Program(("meltanolabs-target-postgres==0.8.1",), "target-postgres")
PIPELINEWISE = Program(("pipelinewise-target-postgres==2.1.2",), "target-postgres")
DUCKDB = Program(("target-duckdb==0.5.0", "duckdb==1.5.6"), "target-duckdb")
JSONL = Program(("target-jsonl==0.1.4",), "target-jsonl")
CSV = Program(("meltanolabs-target-csv==0.5.0",), "target-csv")
S3 = Program(("plinxore-target-s3==0.1.7",), "target-s3")
SNOWFLAKE = Program(("meltanolabs-target-snowflake==0.20.4",), "target-snowflake")
BIGQUERY = Program(("z3-target-bigquery==0.7.2", "setuptools<81"), "target-bigquery")

S3_SERVER = Program(("moto[s3,server]==5.2.5",), "moto_server")
"""What answers as S3 does, on loopback."""

TRIED = (POSTGRES, PIPELINEWISE, DUCKDB, JSONL, CSV, S3)
"""The targets that take all streams."""
