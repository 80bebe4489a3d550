"""Bodies and what becomes of them: files to be read, one fragment after another.

A fragment begins with `==== name (representation)`; the body and the Markdown are parted by a line
`---->`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from tap_confluence.content import Links

_HEAD: Final = re.compile(r"^==== (.+) \((\w+)\)\n", re.MULTILINE)

# What the gallery's links know; all else stays a name.
LINKS: Final = Links(
    base_url="https://acme.atlassian.net/wiki",
    pages={
        (None, "Home"): "https://acme.atlassian.net/wiki/spaces/ENG/pages/1",
        ("OPS", "Runbook"): "https://acme.atlassian.net/wiki/spaces/OPS/pages/2",
    },
    attachments={
        (None, "spec.pdf"): "https://acme.atlassian.net/wiki/download/attachments/1/spec.pdf",
        (None, "known.png"): "https://acme.atlassian.net/wiki/download/attachments/1/known.png",
    },
    users={"5b10": "Ada Lovelace"},
)


class Fragment(NamedTuple):
    name: str
    representation: str
    body: str
    markdown: str


def fragments() -> list[Fragment]:
    """Read the whole gallery."""
    found: list[Fragment] = []
    for file in sorted(Path(__file__).parent.glob("*.txt")):
        parts = _HEAD.split(file.read_text(encoding="utf-8"))
        for name, representation, content in zip(
            parts[1::3], parts[2::3], parts[3::3], strict=True
        ):
            body, _, markdown = content.partition("\n---->\n")
            found.append(Fragment(name, representation, body, markdown.removesuffix("\n\n")))
    return found
