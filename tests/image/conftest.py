"""buildah, and an image with a Python to build on."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.image.builder import Builder

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "TAP_CONFLUENCE_TEST_PYTHON_IMAGE"
"""The variable that names an image with a Python, where a registry can be reached."""


@pytest.fixture(scope="session")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    if os.geteuid() != 0:
        pytest.skip("only root builds without a daemon")
    for name in ("buildah", "debootstrap"):
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed; Debian has it")
    builder = Builder(tmp_path_factory.mktemp("store"))
    try:
        yield builder
    finally:
        builder.remove_all()


@pytest.fixture(scope="session")
def base(builder: Builder) -> str:
    return os.environ.get(BASE) or builder.make_python_of_debian()
