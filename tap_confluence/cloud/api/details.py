"""One request for all the details of an item: `GET /pages/{id}?include-labels=true&...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_confluence.http import ListRequest, collect, get_item
from tap_confluence.streams.parents import read_section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_confluence.http import Client
    from tap_confluence.streams.parents import Details

LONGEST_PAGE = "250"

BODY_SECTION = "body"
"""Under which name a body is among the details."""

VERSION_OWNERS = frozenset({"page", "blogpost", "attachment", "custom"})
"""Under which keys versions repeat what they are versions of, with its whole text if that was asked
for."""

FIELDS = {"role-assignments": "roleAssignments"}
"""Where in an answer a section is, if not under its own name."""

SECTION_LISTS = {"likes": "likes/users"}
"""Where the list of a section is, if not under its own name."""


def get_details(  # noqa: PLR0913
    client: Client,
    path: str,
    sections: Sequence[str],
    *,
    tag: str,
    body_format: str = "",
    statuses: Sequence[str] = (),
) -> Details:
    """Get several sections of an item's details.

    Each section is cut off at 50; where there are more, the rest is read from the section's own
    list.

    Args:
        client: The site.
        path: The item, such as `/api/v2/pages/123`.
        sections: Such as `labels` and `versions`; or `body`, which is a row, if there is one.
        tag: Under which name the requests are counted.
        body_format: In which format to get the body.
        statuses: Which statuses it may have, if the site is to be told.

    Returns:
        The rows of each section, or why it cannot be read.

    Raises:
        RefusedError: The item itself is gone, or may not be read.
        RetriesExhaustedError: The site fails for it, or answers with something else.
    """
    lists = [section for section in sections if section != BODY_SECTION]
    params: dict[str, str | Sequence[str]] = {f"include-{section}": "true" for section in lists}
    if statuses:
        params["status"] = statuses
    if BODY_SECTION in sections:
        params["body-format"] = body_format
    item = get_item(client, path, params, tag=tag)
    parts = {section: item.get(FIELDS.get(section, section)) for section in lists}
    details: Details = {
        section: read_section(_rows, client, path, section, part, tag)
        for section, part in parts.items()
    }
    if BODY_SECTION in sections and isinstance(item.get(BODY_SECTION), dict):
        details[BODY_SECTION] = [item[BODY_SECTION]]
    return details


def _rows(client: Client, path: str, section: str, part: object, tag: str) -> list[dict[str, Any]]:
    first = ListRequest(
        f"{path}/{SECTION_LISTS.get(section, section)}", {"limit": LONGEST_PAGE}, tag
    )
    if not isinstance(part, dict) or not isinstance(part.get("results"), list):
        return _listed(client, first)
    # What is no row has no key either, which its stream takes note of.
    rows = [_alone(row) if isinstance(row, dict) else {} for row in part["results"]]
    meta = part.get("meta")
    if not isinstance(meta, dict) or not meta.get("hasMore"):
        return rows
    cursor = meta.get("cursor")
    if not isinstance(cursor, str) or not cursor:
        return _listed(client, first)
    rest = ListRequest(first.path, {**first.params, "cursor": cursor}, tag)
    return rows + _listed(client, rest)


def _listed(client: Client, first: ListRequest) -> list[dict[str, Any]]:
    return [_alone(row) for row in collect(client, first)]


def _alone(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without the item it belongs to."""
    return {key: value for key, value in row.items() if key not in VERSION_OWNERS}
