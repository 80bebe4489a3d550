"""What the tap can say, read from its source."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import tap_confluence

if TYPE_CHECKING:
    from collections.abc import Iterator

FILLED_IN = "\0"
"""Stands for what a message is filled in with."""

_PLACEHOLDER = re.compile(r"%(?:\.\d+)?[sdrfg]|%\.\d+f")


@cache
def said() -> str:
    """Return every text of the package, a line each, with marks for what is filled in."""
    files = Path(tap_confluence.__file__).parent.rglob("*.py")
    trees = (ast.parse(path.read_text()) for path in files)
    return "\n".join(text.replace("\n", " ") for tree in trees for text in _texts(tree))


def is_said(message: str) -> bool:
    """Whether the tap can say something, in which `...` stands for what is filled in."""
    parts = (re.escape(part.strip()) for part in message.split("..."))
    return re.search("[^\n]*".join(parts), said()) is not None


def _texts(tree: ast.AST) -> Iterator[str]:
    described = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if node in described:
            continue  # a docstring is for whoever reads the source
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                part.value
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
                else FILLED_IN
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield _PLACEHOLDER.sub(FILLED_IN, node.value)
