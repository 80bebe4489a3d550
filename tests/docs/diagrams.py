"""Draws the diagrams of the documentation site while it is built."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import mmdr

_NAME = re.compile(r"(?<!data-)merman")
"""What each diagram is called, and all that belongs to it."""


def draw(source: str, _language: str, _class: str, _options: Any, _md: Any, **_: Any) -> str:
    """Return a diagram in the language Mermaid as SVG.

    Made for `custom_fences` of the extension `pymdownx.superfences`.
    """
    svg: str = mmdr.render(source).svg()
    # Several on one page would else share their styles.
    name = f"diagram-{sha256(source.encode()).hexdigest()[:8]}"
    return f'<div class="diagram">{_NAME.sub(name, svg)}</div>'
