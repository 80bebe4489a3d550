"""What the documents of this project have a reader type, and what they show to be written down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]

WRITTEN = "<!-- Written by "
"""How a document begins that repeats others, or says what the code says."""

DOCUMENTS = sorted(
    path.relative_to(PROJECT).as_posix()
    for path in (
        *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
        *(PROJECT / "docs").rglob("*.md"),
        PROJECT / "benchmarks" / "README.md",
    )
    if not path.read_text().startswith(WRITTEN)
)
"""The documents with commands in them, below the project's folder."""

PROGRAMS = r"(?:[\w.-]*/)*(?:make|meltano|pip|python3?|git|psql|uv|tap-confluence[\w-]*)"
"""How the first word of a command begins that stands within a sentence."""

_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^ *```$", re.DOTALL | re.MULTILINE
)
_SPAN = re.compile(rf"`((?:[A-Z_]+=\S+ )?{PROGRAMS} [^`\n]+)`")
_INDENTED = re.compile(r"\n\n {4,}(?![ *+-]|\d+\.)\S")
_FILE = re.compile(r"`(\w+\.json)`")


@dataclass(frozen=True)
class Block:
    """A fenced block of a document, or a command within a sentence.

    Attributes:
        document: The document's path below the project's folder.
        line: The number of its line in the document.
        language: What it is written in, `sh` for what is typed.
        text: What it says, without its indentation.
        file: For `json`, the file that it is to be written into.
    """

    document: str
    line: int
    language: str
    text: str
    file: str = "config.json"

    def __str__(self) -> str:
        """The first line, and where it stands."""
        return f"{self.document}:{self.line} {self.text.splitlines()[0]}"

    @property
    def lines(self) -> list[str]:
        """The lines that are not empty."""
        return [line for line in self.text.splitlines() if line.strip()]


def blocks_of(document: str, *languages: str) -> list[Block]:
    """Return the blocks of a document in their order, a repeated command once."""
    found = {block.text: block for block in reversed(_all_blocks(document))}
    return sorted(
        (block for block in found.values() if not languages or block.language in languages),
        key=lambda block: block.line,
    )


def without_language(document: str) -> list[str]:
    """Return what is set as a block but does not say in which language it is."""
    text = (PROJECT / document).read_text()
    bare = [str(block) for block in _all_blocks(document) if not block.language]
    return bare + _INDENTED.findall(_BLOCK.sub("", text))


def _all_blocks(document: str) -> list[Block]:
    text = (PROJECT / document).read_text()
    fenced = [
        Block(
            document,
            _line_at(text, match.start()),
            match["language"],
            re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE),
            *_FILE.findall(text, 0, match.start())[-1:],
        )
        for match in _BLOCK.finditer(text)
    ]
    # Keeps the lines of the blocks, so that those of the sentences stay what they are.
    sentences = _BLOCK.sub(lambda match: "\n" * match[0].count("\n"), text)
    spans = [
        Block(document, _line_at(sentences, match.start()), "sh", match[1] + "\n")
        for match in _SPAN.finditer(sentences)
    ]
    return sorted([*fenced, *spans], key=lambda block: block.line)


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
