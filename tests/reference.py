"""Atlassian's descriptions of its API and recorded answers of real sites, where they are at hand.

They are no part of the project. A variable of the environment names the folder that has them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "TAP_CONFLUENCE_TEST_API_DESCRIPTIONS"
"""The variable that names the folder."""

REFERENCE = Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None
"""The folder, if one is named."""

CLOUD_V1 = "confluence-cloud-v1.openapi.json"
CLOUD_V2 = "confluence-cloud-v2.openapi.json"
DATA_CENTER = "confluence-dc-10.0.3.openapi.json"
PUBLISHED = (CLOUD_V1, CLOUD_V2, DATA_CENTER)
"""What Atlassian publishes, so that a folder that lacks it is broken."""


def reference(name: str) -> dict[str, Any]:
    """Read a JSON object from the folder; the test is skipped where it is not at hand.

    Args:
        name: The path of the file in the folder.

    Raises:
        FileNotFoundError: A folder is named which lacks what is published.
    """
    if REFERENCE is None:
        pytest.skip(f"{VARIABLE} names no folder with {name}; `make descriptions` makes one")
    path = REFERENCE / name
    if name not in PUBLISHED and not path.is_file():
        pytest.skip(f"{path} is not at hand")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
