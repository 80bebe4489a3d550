"""Which versions of other programs the tests run with, read from where they are set."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]

_PYTHON = "Programming Language :: Python :: 3."

EVERY_TEST = "all tests"
INTEGRATION = "`tests/integration`"


def pythons() -> list[str]:
    """Return the versions of Python that the tests run with, from the oldest on."""
    text = (PROJECT / "pyproject.toml").read_text()
    classifiers = tomllib.loads(text)["project"]["classifiers"]
    return [f"3.{c.removeprefix(_PYTHON)}" for c in classifiers if c.startswith(_PYTHON)]


def tested() -> Iterator[tuple[str, str, str]]:
    """Yield what is tested, in which versions, and by what."""
    yield "Python", ", ".join(pythons()), f"{EVERY_TEST}, by the workflow *Test*"
    yield "singer-sdk", _pinned("singer-sdk"), EVERY_TEST
    yield "Meltano", _of_makefile("MELTANO"), f"{INTEGRATION}, with Python 3.11 to 3.13"
    for name, version in _targets():
        yield name, version, INTEGRATION
    yield "DuckDB", _pinned("duckdb"), INTEGRATION
    yield "Airflow", _of_makefile("AIRFLOW"), "`make airflow`"


def _pinned(package: str) -> str:
    return _found(rf"^{package}==(\S+)", "constraints.txt")


def _of_makefile(name: str) -> str:
    return _found(rf"^{name}_VERSION := (\S+)", "Makefile")


def _found(pattern: str, file: str) -> str:
    [version] = re.findall(pattern, (PROJECT / file).read_text(), re.MULTILINE)
    return str(version)


def _targets() -> Iterator[tuple[str, str]]:
    """Yield the package of each target of this Meltano project, and its version."""
    project = yaml.safe_load((PROJECT / "meltano.yml").read_text())
    for loader in project["plugins"]["loaders"]:
        package, _, version = loader["pip_url"].split()[0].partition("==")
        yield package, version
