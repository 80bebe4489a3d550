"""Bodies and what becomes of them: files to be read, one fragment after another.

A fragment begins with `==== name (representation)`; the body and the Markdown are parted by a line
`---->`. A body without Markdown has that of the next one, which says the same in another format.
Plain text follows a line `~~~~>`, where it is worth reading, too.
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
    text: str | None = None


def fragments() -> list[Fragment]:
    """Read the whole gallery."""
    return fragments_in(Path(__file__).parent)


def fragments_in(folder: Path) -> list[Fragment]:
    """Read all fragments of a folder."""
    found: list[Fragment] = []
    for file in sorted(folder.glob("*.txt")):
        parts = _HEAD.split(file.read_text(encoding="utf-8").rstrip("\n"))
        heads = list(zip(parts[1::3], parts[2::3], parts[3::3], strict=True))
        of_file: list[Fragment] = []
        for name, representation, content in reversed(heads):
            body, has_markdown, rest = content.removesuffix("\n\n").partition("\n---->\n")
            if not has_markdown:
                twin = of_file[-1]
                of_file.append(twin._replace(representation=representation, body=body.rstrip("\n")))
                continue
            markdown, has_text, text = rest.partition("\n~~~~>\n")
            of_file.append(
                Fragment(name, representation, body, markdown, text if has_text else None)
            )
        found += reversed(of_file)
    return found
