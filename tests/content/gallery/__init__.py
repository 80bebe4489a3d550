"""Bodies and what becomes of them: files to be read, one fragment after another.

A fragment begins with `==== name (representation)`; the body and the Markdown are parted by a line
`---->`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from tap_confluence.content import Links, Person

_HEAD: Final = re.compile(r"^==== (.+) \((\w+)\)\n", re.MULTILINE)

# Where the bodies of the gallery are.
LINKS: Final = Links(
    root="https://acme.atlassian.net/wiki",
    space_key="ENG",
    content_id="1",
    people={"5b10": Person("Ada Lovelace", "https://acme.atlassian.net/wiki/people/5b10")},
)


class Fragment(NamedTuple):
    name: str
    representation: str
    body: str
    markdown: str


def fragments() -> list[Fragment]:
    """Read the whole gallery."""
    return fragments_in(Path(__file__).parent)


def fragments_in(folder: Path) -> list[Fragment]:
    """Read all fragments of a folder."""
    found: list[Fragment] = []
    for file in sorted(folder.glob("*.txt")):
        parts = _HEAD.split(file.read_text(encoding="utf-8"))
        for name, representation, content in zip(
            parts[1::3], parts[2::3], parts[3::3], strict=True
        ):
            body, _, markdown = content.partition("\n---->\n")
            found.append(Fragment(name, representation, body, markdown.removesuffix("\n\n")))
    return found
