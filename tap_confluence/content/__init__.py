"""What is inside a body, as Markdown and as plain text.

Bodies are read and written by code of our own, because much of what a page is made of is no HTML:
ADF is JSON, and storage format has elements of Confluence's own, of which converters for HTML make
neither blocks of code nor links to pages.

    >>> to_markdown("<p>Ship <strong>today</strong>.</p>", "storage")
    'Ship **today**.'
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tap_confluence.content.any_format import read_body
from tap_confluence.content.document.constructs import Reading
from tap_confluence.content.document.links import IncludedPage, Links, Person
from tap_confluence.content.document.presentation import AS_READERS_SEE, Presentation
from tap_confluence.content.includes import Includes
from tap_confluence.content.markdown import MarkdownWriter
from tap_confluence.content.mentions import mentions_in
from tap_confluence.content.plain import PlainWriter
from tap_confluence.content.repair import as_text, clean
from tap_confluence.content.sizes import TooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_confluence.content.document.blocks import BlockWriter

    Convert = Callable[[Any, str, Links], str]

__all__ = [
    "NAMES_ONLY",
    "IncludedPage",
    "Links",
    "Person",
    "Presentation",
    "TooLargeError",
    "convert_body",
    "mentions_in",
    "to_markdown",
    "to_text",
]

NAMES_ONLY: Final = Links()
"""For bodies of which nobody knows where they come from."""

_TAG: Final = re.compile(r"<[^<>]*>")


def to_markdown(
    body: Any,
    representation: str,
    links: Links = NAMES_ONLY,
    presentation: Presentation = AS_READERS_SEE,
) -> str:
    """Return a body as GitHub-flavoured Markdown.

    Args:
        body: The body as the API gives it; anything but a string becomes one, None becomes "".
        representation: `storage`, `atlas_doc_format`, `view` or `export_view`.
        links: Where references lead; by default they stay names.
        presentation: How it is to be written.

    Returns:
        Markdown without a line feed at its end. Malformed bodies are no error: they are repaired,
        and at worst their text is returned.

    Raises:
        TooLargeError: The body is too large to be read.
    """
    writer = MarkdownWriter(presentation)
    return _converted(body, representation, writer, links, presentation)


def to_text(
    body: Any,
    representation: str,
    links: Links = NAMES_ONLY,
    presentation: Presentation = AS_READERS_SEE,
) -> str:
    """Return a body as plain text in lines and paragraphs; the rest is as for `to_markdown`."""
    writer = PlainWriter(presentation)
    return _converted(body, representation, writer, links, presentation)


def convert_body(body: Any, convert: Convert, links: Links) -> str | None:
    """Convert the body of a record.

    Args:
        body: An object with one object of `value` a representation, as the API gives it.
        convert: `to_markdown` or `to_text`.
        links: Where references lead.

    Returns:
        The first representation converted; None where there is no body.

    Raises:
        TooLargeError: The body is too large to be read.
    """
    if isinstance(body, dict):
        for representation, part in body.items():
            if isinstance(part, dict) and part.get("value") is not None:
                return convert(part["value"], representation, links)
    return None


def _converted(
    body: Any,
    representation: str,
    writer: BlockWriter,
    links: Links,
    presentation: Presentation,
) -> str:
    if body is None:
        return ""
    find_part = Includes(links.content_id).find if links.pages else None
    reading = Reading(writer, links, presentation, find_part=find_part)
    try:
        return clean(read_body(body, representation, reading))
    except TooLargeError:
        raise
    except Exception:  # noqa: BLE001
        # A body is what anyone may have typed; not one of them may end a run.
        return clean(_TAG.sub(" ", as_text(body)))
