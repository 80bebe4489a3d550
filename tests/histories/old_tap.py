"""The tap as it was before its first release, out of the history of the repository."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

V0_1 = "540e5cfe"
"""The last commit that called itself 0.1.0. Its state has neither evidence nor the start of a
table, it reads nothing whole but complete streams, and its classes of access are spelled
otherwise."""

PROJECT = Path(__file__).parents[2]


def unpack_old_tap(folder: Path) -> bool:
    """Put the package as it was into a folder, if the history goes back so far."""
    found = subprocess.run(  # noqa: S603 - the command is ours
        ["git", "archive", V0_1, "tap_confluence"],  # noqa: S607 - wherever it is
        cwd=PROJECT,
        capture_output=True,
        check=False,
    )
    if found.returncode:
        return False
    with tarfile.open(fileobj=io.BytesIO(found.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return True
