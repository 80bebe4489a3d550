"""Atlassian's descriptions of its API and recorded answers, where a folder with them is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "TAP_CONFLUENCE_TEST_API_DESCRIPTIONS"
"""The variable of the environment that names the folder."""

CLOUD_V1 = "confluence-cloud-v1.openapi.json"
CLOUD_V2 = "confluence-cloud-v2.openapi.json"
DATA_CENTER = "confluence-dc-10.0.3.openapi.json"


def folder() -> Path | None:
    """Return the folder that the environment names, if it names one.

    Raises:
        FileNotFoundError: There is no such folder.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    path = Path(named)
    if not path.is_dir():
        message = f"{VARIABLE} names {named}, which is no folder"
        raise FileNotFoundError(message)
    return path


def description(name: str) -> Path:
    """Return the file of a description of the API, or skip the test where no folder is named.

    Args:
        name: `CLOUD_V1`, `CLOUD_V2` or `DATA_CENTER`.

    Raises:
        FileNotFoundError: A folder is named and lacks the file.
    """
    named = folder()
    if named is None:
        pytest.skip(f"{VARIABLE} names no folder with {name}; `make descriptions` fetches it")
    path = named / name
    if not path.is_file():
        message = f"{path} is not there; `make descriptions` fetches it"
        raise FileNotFoundError(message)
    return path


def recorded() -> Path:
    """Return the folder with answers that real sites gave, or skip the test.

    No one publishes these, so that a folder may hold the descriptions alone.
    """
    named = folder()
    if named is None:
        pytest.skip(f"{VARIABLE} names no folder with recorded answers")
    path = named / "samples" / "recorded"
    if not path.is_dir():
        pytest.skip(f"{path} is not there")
    return path
