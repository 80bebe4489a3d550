"""One request for all the details of an item: `GET /pages/{id}?include-labels=true&...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_confluence.client import ListRequest, collect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_confluence.client import Client

LONGEST_PAGE = "250"

OWNERS = frozenset({"page", "blogpost", "attachment", "custom"})
"""Under which keys the versions of a list repeat what they are versions of."""


def get_details(
    client: Client, path: str, sections: Sequence[str], *, tag: str
) -> dict[str, list[dict[str, Any]]]:
    """Get several sections of an item's details.

    Each section is cut off at 50; where there are more, the rest is read from the section's own
    list.

    Args:
        client: The site.
        path: The item, such as `/api/v2/pages/123`.
        sections: Such as `labels` and `versions`.
        tag: Under which name the requests are counted.

    Returns:
        The rows of each section.
    """
    params = {f"include-{section}": "true" for section in sections}
    item = client.get(path, params, tag=tag).body
    return {section: _rows(client, path, section, item.get(section), tag) for section in sections}


def _rows(client: Client, path: str, section: str, part: object, tag: str) -> list[dict[str, Any]]:
    first = ListRequest(f"{path}/{section}", {"limit": LONGEST_PAGE}, tag)
    if not isinstance(part, dict) or not isinstance(part.get("results"), list):
        return _listed(client, first)
    rows = [row for row in part["results"] if isinstance(row, dict)]
    meta = part.get("meta")
    if not isinstance(meta, dict) or not meta.get("hasMore"):
        return rows
    cursor = meta.get("cursor")
    if not isinstance(cursor, str) or not cursor:
        return _listed(client, first)
    rest = ListRequest(first.path, {**first.params, "cursor": cursor}, tag)
    return rows + _listed(client, rest)


def _listed(client: Client, first: ListRequest) -> list[dict[str, Any]]:
    """Get rows from a list as the details have them: without the item they belong to."""
    return [
        {key: value for key, value in row.items() if key not in OWNERS}
        for row in collect(client, first)
    ]
