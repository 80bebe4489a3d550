"""The document that explains the house names what is there."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "tap_confluence"
NAMED = re.compile(r"`([\w./]+(?:\.py|/))`")


def test_every_file_and_folder_that_is_named_is_there() -> None:
    named = set(NAMED.findall((PROJECT / "docs" / "architecture.md").read_text()))
    there = {name for name in named if (PROJECT / name).exists() or (PACKAGE / name).exists()}

    assert named
    assert named - there == set()


def test_the_picture_has_every_part_of_the_package() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text()
    _, _, rest = text.partition("```mermaid\n")
    picture, _, _ = rest.partition("```")
    parts = {path.stem for path in PACKAGE.glob("*.py")}
    parts |= {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

    assert {
        part
        for part in parts
        if not part.startswith("_") and not re.search(rf"\b{part}\b", picture)
    } == set()
