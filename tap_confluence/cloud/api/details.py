"""One request for all the details of an item: `GET /pages/{id}?include-labels=true&...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_confluence.errors import (
    ForbiddenError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    of_item,
)
from tap_confluence.http import ListRequest, get_item, read_items
from tap_confluence.streams.parents import read_sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_confluence.http import Client, Reader
    from tap_confluence.streams.parents import Details

LONGEST_PAGE = "250"

BODY_SECTION = "body"
"""Under which name a body is among the details."""

VERSION_OWNERS = frozenset({"page", "blogpost", "attachment", "custom"})
"""Under which keys versions repeat what they are versions of, with its whole text if that was asked
for."""

FIELDS = {"role-assignments": "roleAssignments"}
"""Where in an answer a section is, if not under its own name."""

NO_BODY_TO_BLAME = (NotFoundError, ForbiddenError, ScopeError)
"""Refusals of an item that are not for its body."""

SECTION_LISTS = {"likes": "likes/users"}
"""Where the list of a section is, if not under its own name."""


def get_details(  # noqa: PLR0913
    reader: Reader,
    path: str,
    sections: Sequence[str],
    *,
    tag: str,
    body_format: str = "",
    statuses: Sequence[str] = (),
) -> Details:
    """Get several sections of an item's details. Takes what `get_with_details` takes."""
    _, details = get_with_details(
        reader, path, sections, tag=tag, body_format=body_format, statuses=statuses
    )
    return details


def get_with_details(  # noqa: PLR0913
    reader: Reader,
    path: str,
    sections: Sequence[str],
    *,
    tag: str,
    body_format: str = "",
    statuses: Sequence[str] = (),
) -> tuple[dict[str, Any], Details]:
    """Get an item, with several sections of its details. Runs in a worker thread.

    Each section is cut off at 50; where there are more, the rest is read from the section's own
    list. What cannot be rendered is got without its body.

    Args:
        reader: Reads the site.
        path: The item, such as `/api/v2/pages/123`.
        sections: Such as `labels` and `versions`; or `body`, which is a row, if there is one.
        tag: Under which name the requests are counted.
        body_format: In which format to get the body, if one of the sections is the body or the
            item is to have one.
        statuses: Which statuses it may have, if the site is to be told.

    Returns:
        The item as a list has it, and the rows of each section, or why it cannot be read.

    Raises:
        RefusedError: The item itself is gone, or may not be read.
        RetriesExhaustedError: The site fails for it, or answers with something else.
    """
    client = reader.client
    lists = [section for section in sections if section != BODY_SECTION]
    params: dict[str, str | Sequence[str]] = {f"include-{section}": "true" for section in lists}
    if statuses:
        params["status"] = statuses
    body: list[dict[str, Any]] | RefusedError = []
    try:
        item = get_item(client, path, {**params, **_body_param(body_format)}, tag=tag)
    except (RefusedError, RetriesExhaustedError) as error:
        if BODY_SECTION not in sections or not lists or isinstance(error, NO_BODY_TO_BLAME):
            raise
        item = get_item(client, path, params, tag=tag)
        body = of_item(error)
    else:
        if isinstance(item.get(BODY_SECTION), dict):
            body = [item[BODY_SECTION]]
    if isinstance(links := item.get("_links"), dict):
        # In a list, the address of the site is not among those of each item.
        links.pop("base", None)
    parts = {section: item.pop(FIELDS.get(section, section), None) for section in lists}
    came = {section: _rows(path, section, part, tag) for section, part in parts.items()}

    def read(section: str) -> list[dict[str, Any]]:
        rows, rest = came[section]
        return rows if rest is None else rows + _listed(client, rest)

    cut_off = [section for section, (_, rest) in came.items() if rest is not None]
    read_on = read_sections(reader, cut_off, read)
    details = {section: read_on.get(section, rows) for section, (rows, _) in came.items()}
    if BODY_SECTION in sections and body != []:
        details[BODY_SECTION] = body
    return item, details


def _body_param(body_format: str) -> dict[str, str]:
    return {"body-format": body_format} if body_format else {}


def _rows(
    path: str, section: str, part: object, tag: str
) -> tuple[list[dict[str, Any]], ListRequest | None]:
    """Return the rows of a section that came with an item, and where the others are, if any are."""
    first = ListRequest(
        f"{path}/{SECTION_LISTS.get(section, section)}", {"limit": LONGEST_PAGE}, tag
    )
    if not isinstance(part, dict) or not isinstance(part.get("results"), list):
        return [], first
    # What is no row has no key either, which its stream takes note of.
    rows = [_alone(row) if isinstance(row, dict) else {} for row in part["results"]]
    meta = part.get("meta")
    if not isinstance(meta, dict) or not meta.get("hasMore"):
        return rows, None
    cursor = meta.get("cursor")
    if not isinstance(cursor, str) or not cursor:
        return [], first
    return rows, ListRequest(first.path, {**first.params, "cursor": cursor}, tag)


def _listed(client: Client, first: ListRequest) -> list[dict[str, Any]]:
    return [_alone(row) for row in read_items(client, first)]


def _alone(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without the item it belongs to."""
    return {key: value for key, value in row.items() if key not in VERSION_OWNERS}
