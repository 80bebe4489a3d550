"""What the site itself says that models have to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tests.demo_site.rows import Rows

if TYPE_CHECKING:
    from tests.demo_site import Wiki
    from tests.demo_site.model import Page


def page_as_given(wiki: Wiki, page: Page) -> dict[str, Any]:
    """Return a page as the API gives it, its body written out."""
    written = wiki.bodies.written(msgspec.json.encode(Rows(wiki).page(page, "storage")))
    given: dict[str, Any] = msgspec.json.decode(written)
    return given
