"""What lies under a page, at any depth, whatever lies between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_confluence.errors import ForbiddenError, NotFoundError, ScopeError, SettingsError

if TYPE_CHECKING:
    from tap_confluence.client import Reader

PATHS = {
    "page": "/api/v2/pages",
    "folder": "/api/v2/folders",
    "whiteboard": "/api/v2/whiteboards",
    "database": "/api/v2/databases",
    "embed": "/api/v2/embeds",
}
"""Where each kind of content is that may have others under it."""

DEEPEST = 10
"""Levels that one list of descendants reaches down."""


def subtree(reader: Reader, page_id: str, *, tag: str) -> set[str] | None:
    """Find all that lies under a page.

    Args:
        reader: Reads the site.
        page_id: The page.
        tag: Under which name the requests are counted.

    Returns:
        The ids of the page and of all pages, folders, whiteboards, databases and embeds under it;
        None if there is no such page, or it is not visible.

    Raises:
        SettingsError: The token may not ask for descendants.
    """
    try:
        reader.get(f"{PATHS['page']}/{page_id}", {}, tag=tag)
    except (NotFoundError, ForbiddenError):
        return None
    found = {page_id}
    unasked = [("page", page_id)]
    while unasked:
        kind, item_id = unasked.pop()
        params = {"depth": str(DEEPEST)}
        request = reader.first_page(f"{PATHS[kind]}/{item_id}/descendants", params, tag=tag)
        try:
            rows = list(reader.items(request))
        except NotFoundError:
            # It was put into the trash since, and lies under nothing.
            continue
        except ScopeError as error:
            message = (
                "'root_page_ids' and 'exclude_page_ids' need the scope "
                f"read:hierarchical-content:confluence, which the token lacks ({error})."
            )
            raise SettingsError(message) from error
        for row in rows:
            row_id, row_kind = str(row["id"]), str(row.get("type"))
            if row_id not in found:
                found.add(row_id)
                if row.get("depth") == DEEPEST and row_kind in PATHS:
                    unasked.append((row_kind, row_id))
    return found
