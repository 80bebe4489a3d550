"""What stands in the bodies of pages: their links, what they include, and their properties."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.demo_site.model import BlogPost, Page
    from tests.demo_site.store import Store

Keys = set[tuple[Any, ...]]

STREAMS: Final = ("page_links", "page_includes", "page_property_rows")

_LINK: Final = re.compile(
    r'<ri:(?:page|user|attachment)\b|<a href="http|<ac:parameter ac:name="key">'
)
_INCLUDE: Final = re.compile(r'ac:name="(?:include|excerpt-include)"')
_ROW: Final = re.compile(r'ac:name="details".*?</table>', re.DOTALL)


def storage_of(wiki: Store, page: Page | BlogPost) -> str:
    """Return the body of a page or blog post in storage format."""
    if page.num in wiki.empty_bodies:
        return ""
    given = wiki.given_bodies.get((page.num, "storage"))
    return given if given is not None else wiki.bodies.text(page.num, page.version)


def bodies_of(wiki: Store, pages: Iterable[Page]) -> dict[str, Keys]:
    """Get the keys of all that is made of the bodies of pages: each with a number from 1 on."""
    found: dict[str, Keys] = {stream: set() for stream in STREAMS}
    for page in pages:
        body = storage_of(wiki, page)
        counts = {
            "page_links": len(_LINK.findall(body)),
            "page_includes": len(_INCLUDE.findall(body)),
            "page_property_rows": sum(part.count("<tr>") for part in _ROW.findall(body)),
        }
        for stream, count in counts.items():
            found[stream] |= {(page.id, position + 1) for position in range(count)}
    return found
