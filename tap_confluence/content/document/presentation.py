"""How bodies are to be written, as far as that can be chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOW: Final = "show"
NAME: Final = "name"
OMIT: Final = "omit"
BODY: Final = "body"
CODE: Final = "code:"
"""What may become of a macro; the language follows the last."""

DEFAULT: Final = "default"
"""Stands for all macros that are not named."""

LINK: Final = "link"
ALT: Final = "alt"
IMAGES: Final = (LINK, ALT, OMIT)
"""What may become of images."""

REPEAT: Final = "repeat"
BLANK: Final = "blank"
MARKDOWN: Final = "markdown"
HTML: Final = "html"


@dataclass(frozen=True)
class Presentation:
    """How bodies are written.

    Attributes:
        macros: What becomes of macros, by name in lower case.
        images: What becomes of images.
        merged_cells: What stands in the places of a merged cell but the first.
        complex_tables: How tables are written that Markdown cannot hold.
    """

    macros: Mapping[str, str] = field(default_factory=dict)
    images: str = LINK
    merged_cells: str = REPEAT
    complex_tables: str = MARKDOWN

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Presentation:
        """Return what the settings of the tap say."""
        tables = config.get("content_tables") or {}
        macros = config.get("content_macros") or {}
        return cls(
            macros={name.strip().lower(): choice for name, choice in macros.items()},
            images=config.get("content_images") or LINK,
            merged_cells=tables.get("merged_cells") or REPEAT,
            complex_tables=tables.get("complex") or MARKDOWN,
        )


AS_READERS_SEE: Final = Presentation()
"""What is done unless something else is chosen."""
