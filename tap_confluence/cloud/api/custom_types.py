"""Which types of custom content there are on a site."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from tap_confluence.errors import RefusedError
from tap_confluence.rest_v1.search import SITE_SEARCH

if TYPE_CHECKING:
    from tap_confluence.http import Reader

logger = logging.getLogger("tap-confluence")


TYPE_NAME = re.compile(r"[\w.-]+(?::[\w.-]+)+")
"""Custom content types have a colon in their name, the types of Confluence itself have none."""


def find_types(reader: Reader, *, tag: str) -> list[str]:
    """Ask the site which types of custom content it has.

    The API has no list of types; but a search for a type that does not exist is refused with a
    message that names those that do (observed 2026-08-14, mozilla/markfluence).

    Args:
        reader: Reads the site.
        tag: Under which name the request is counted.

    Returns:
        The types, such as `ac:com.mxgraph.confluence.plugins.diagramly:drawio-diagram`.
    """
    try:
        reader.get(SITE_SEARCH, {"cql": "type=bogustype"}, tag=tag)
    except RefusedError as error:
        types = sorted(set(TYPE_NAME.findall(error.said)))
    else:
        types = []
    if not types:
        logger.warning(
            "The site does not tell which types of custom content it has: if there are any, name "
            "them in 'custom_content_types'"
        )
    return types
