"""Atlassian's descriptions of the API and recorded answers of real sites, where they are at hand.

They are no part of the project. The folder that has them is named by `TAP_CONFLUENCE_REFERENCE`, or
lies beside the project.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "TAP_CONFLUENCE_REFERENCE"
REFERENCE = Path(
    os.environ.get(VARIABLE) or Path(__file__).resolve().parents[2] / "shared" / "reference"
)


def reference(name: str) -> dict[str, Any]:
    """Read a JSON object from the folder; the test is skipped where it is not at hand.

    Args:
        name: The path of the file in the folder.
    """
    path = REFERENCE / name
    if not path.is_file():
        pytest.skip(f"{path} is not at hand; {VARIABLE} names the folder that has it")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
