"""The documentation site: where it is, and its first page."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[2]

_URLS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["urls"]
SITE: str = _URLS["Documentation"]
"""The address of the site, with a slash at its end."""

REPOSITORY: str = _URLS["Repository"]
RAW = REPOSITORY.replace("//github.com/", "//raw.githubusercontent.com/") + "/main/"
"""Where files of the repository are given as they are."""

_PAGE = re.compile(rf"{re.escape(SITE)}(?P<path>[\w/-]*?)/?(?P<anchor>#[\w-]+)?(?=[\s)])")

_BADGE = re.compile(r"^\[!\[.*\n+", re.MULTILINE)
"""Badges come from elsewhere, and say what the site says itself."""

_WRITTEN = "<!-- Written by `make docs` of README.md: change it there. -->\n\n"


def start_page(readme: str) -> str:
    """Return the README with links to pages and pictures as they lie beside each other.

    The README itself has whole addresses, as PyPI shows it too.
    """
    readme = _BADGE.sub("", readme)
    within = _PAGE.sub(lambda m: page_at(m["path"]) + (m["anchor"] or ""), readme)
    return _WRITTEN + within.replace(f"{RAW}docs/", "")


def page_at(path: str) -> str:
    """Return the file of the page at a path of the site, below `docs`.

    Raises:
        ValueError: There is none.
    """
    for file in (f"{path}.md", f"{path}/README.md") if path else ("index.md",):
        if (PROJECT / "docs" / file).exists() or file == "index.md":
            return file
    message = f"There is no page {path} in docs"
    raise ValueError(message)


def path_of(file: str) -> str:
    """Return the path on the site of a page, by its file below `docs`."""
    whole = file.removesuffix(".md")
    folder = whole.removesuffix("README") if whole.endswith("/README") else f"{whole}/"
    return "" if file == "index.md" else folder
