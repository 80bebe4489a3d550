"""What lies under a page, at any depth, whatever lies between."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import (
    FailedItemError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    SettingsError,
)
from tap_confluence.http import collect
from tap_confluence.streams.failures import Failures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_confluence.http import Reader

    Place = tuple[str, str]

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


TREE_ITEMS = ("folder", "whiteboard", "database", "embed")
"""The kinds other than pages."""


def _give_up(_: Place, error: RefusedError) -> None:
    raise error.error if isinstance(error, FailedItemError) else error


def subtree(reader: Reader, page_id: str, *, tag: str) -> dict[str, str] | None:
    """Find all that lies under a page.

    Args:
        reader: Reads the site.
        page_id: The page.
        tag: Under which name the requests are counted.

    Returns:
        The kind of the page and of all pages, folders, whiteboards, databases and embeds under
        it, by id; None if there is no such page, or it is not visible.

    Raises:
        SettingsError: The token may not ask for descendants.
    """
    try:
        reader.get(f"{PATHS['page']}/{page_id}", {}, tag=tag)
    except (NotFoundError, ForbiddenError):
        return None
    try:
        rows = list(descendants(reader, [("page", page_id)], tag=tag))
    except ScopeError as error:
        message = (
            "'root_page_ids' and 'exclude_page_ids' need the scope "
            f"read:hierarchical-content:confluence, which the token lacks ({error})."
        )
        raise SettingsError(message) from error
    return {page_id: "page", **{str(row["id"]): str(row.get("type")) for row in rows}}


def descendants(
    reader: Reader,
    tops: Iterable[Place],
    *,
    tag: str,
    on_refused: Callable[[Place, RefusedError], None] = _give_up,
) -> Iterator[dict[str, Any]]:
    """Read what lies under some pages and items, at any depth, several lists at a time.

    Args:
        reader: Reads the site.
        tops: The kind and the id of each.
        tag: Under which name the requests are counted.
        on_refused: Called where the list of a place is refused, or the site fails for it.

    Yields:
        Each row of the lists of descendants. What is gone has none.

    Raises:
        ScopeError: The token may not ask for them.
        RetriesExhaustedError: The site fails for many in a row.
    """

    def call(place: Place) -> Callable[[], list[dict[str, Any]]]:
        kind, item_id = place
        path = f"{PATHS[kind]}/{item_id}/descendants"
        request = reader.first_page(path, {"depth": str(DEEPEST)}, tag=tag)
        return partial(collect, reader.client, request)

    failures = Failures()
    unasked = list(tops)
    asked = {item_id for _, item_id in unasked}
    while unasked:
        wave, unasked = unasked, []
        for place, future in reader.look_ahead(wave, call):
            try:
                rows = reader.result(future) if future else []
            except ScopeError:
                raise
            except NotFoundError:
                # It was put into the trash since, and nothing lies under it.
                continue
            except RefusedError as error:
                on_refused(place, error)
                continue
            except RetriesExhaustedError as error:
                on_refused(place, failures.add(error))
                continue
            failures.end()
            for row in rows:
                yield row
                item_id, kind = str(row["id"]), str(row.get("type"))
                if row.get("depth") == DEEPEST and kind in PATHS and item_id not in asked:
                    asked.add(item_id)
                    unasked.append((kind, item_id))
