"""Folders that settings name, to put files into."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def folder_problems(name: str, folder: Path) -> Iterator[str]:
    """Say why nothing can be put into a folder, which is made when it is needed.

    Args:
        name: The setting that names it.
        folder: The folder, which need not exist yet.
    """
    above = (folder.absolute(), *folder.absolute().parents)
    try:
        there = next(path for path in above if os.access(path, os.F_OK))
    except ValueError:
        yield f"Setting '{name}' holds a character that no path can have: {str(folder)!r}."
        return
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield (
            f"Setting '{name}' must be a folder that can be written: '{there}' "
            f"{'may not be' if there.is_dir() else 'is a file'}."
        )
