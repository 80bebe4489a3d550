"""What is left of a document that is no JSON, or nested too deeply for any parser: its texts."""

from __future__ import annotations

import re
from typing import Any, Final

from tap_confluence.decoding import NotJSONError, decode

_TEXT: Final = re.compile(r'"text"\s*+:\s*+("(?:[^"\\]++|\\.)*+")')


def texts_in(written: str) -> dict[str, Any]:
    """Return a document with the texts of another one, each in a paragraph of its own."""
    texts = [_unquoted(found) for found in _TEXT.findall(written)] or [written]
    return {
        "type": "doc",
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in texts
        ],
    }


def _unquoted(literal: str) -> str:
    try:
        return str(decode(literal))
    except NotJSONError:
        return literal[1:-1]
