"""Who alone may read or update something, as REST v1 tells it on any deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_confluence.errors import RetriesExhaustedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_confluence.client import Client

Row = dict[str, Any]

OPERATIONS = ("read", "update")
KINDS: Mapping[str, tuple[str, ...]] = {
    "user": ("accountId", "userKey", "username"),
    "group": ("id", "name"),
}
"""The kinds of principals, and the fields that may identify one, the best first."""

EXPAND = tuple(f"restrictions.{op}.restrictions.{kind}" for op in OPERATIONS for kind in KINDS)
"""What to have spelled out of an item. Never its ancestors: one that is a draft or in the trash
makes a whole batch fail (https://jira.atlassian.com/browse/CONFCLOUD-77618)."""

UNKNOWN = "unknown"
"""The id of a principal whom the site does not identify. It is kept: what is restricted to nobody
who is known is not open to all."""

LOWEST_CAP = 25
"""At how many principals a site may cut off a list without saying so."""

MOST_LISTED = 100


def restrictions_that_ride(item: Mapping[str, Any]) -> list[Row] | None:
    """Return the restrictions that came with an item; None where some or all of them did not."""
    spelled_out = item.get("restrictions")
    if not isinstance(spelled_out, dict):
        return None
    rows: list[Row] = []
    for operation in OPERATIONS:
        found = _all_of(operation, spelled_out.get(operation))
        if found is None:
            return None
        rows += found
    return rows


def get_restrictions(client: Client, content_id: str, *, tag: str) -> list[Row]:
    """Get all restrictions of one page or blog post, in the calling thread.

    Args:
        client: The site.
        content_id: What they are of.
        tag: Under which name the requests are counted.

    Returns:
        Rows with `operation`, `principalType`, `principalId` and `displayName`.

    Raises:
        NotFoundError: There is no such content, or it is not visible to this account.
    """
    path = f"/rest/api/content/{content_id}/restriction/byOperation"
    body = client.get(path, tag=tag).body
    rows: list[Row] = []
    for operation in OPERATIONS:
        found = _all_of(operation, body.get(operation))
        rows += _page_through(client, path, operation, tag) if found is None else found
    return rows


def _page_through(client: Client, path: str, operation: str, tag: str) -> list[Row]:
    """Get all of whom one operation is restricted to; users and groups share an offset."""
    rows: dict[tuple[str, ...], Row] = {}
    start = 0
    while True:
        params = {"start": str(start), "limit": str(MOST_LISTED)}
        lists = _lists_of(client.get(f"{path}/{operation}", params, tag=tag).body)
        if not lists:
            message = f"{path} answered without 'restrictions': is this a Confluence site?"
            raise RetriesExhaustedError(message)
        new = {_identity(row): row for row in _rows(operation, lists)}
        goes_on = [len(_principals(found)) for found in lists.values() if not _is_whole(found)]
        if not goes_on or new.keys() <= rows.keys():
            return list({**rows, **new}.values())
        rows |= new
        start += min(goes_on)


def _all_of(operation: str, answer: object) -> list[Row] | None:
    """Return whom an operation is restricted to; None if the answer does not tell of all."""
    lists = _lists_of(answer)
    if lists.keys() != KINDS.keys() or not all(map(_is_whole, lists.values())):
        return None
    return list({_identity(row): row for row in _rows(operation, lists)}.values())


def _lists_of(answer: object) -> dict[str, Row]:
    """Return the lists of users and of groups in what is told of an operation."""
    lists = answer.get("restrictions") if isinstance(answer, dict) else None
    if not isinstance(lists, dict):
        return {}
    return {
        kind: lists[kind]
        for kind in KINDS
        if isinstance(lists.get(kind), dict) and isinstance(lists[kind].get("results"), list)
    }


def _is_whole(found: Mapping[str, Any]) -> bool:
    """Tell whether a list is not cut off. Some say where they are, some do not."""
    limit = found.get("limit")
    links = found.get("_links")
    leads_on = isinstance(links, dict) and bool(links.get("next"))
    served = len(found["results"])
    return not leads_on and served < (limit if isinstance(limit, int) and limit else LOWEST_CAP)


def _rows(operation: str, lists: Mapping[str, Row]) -> Iterator[Row]:
    for kind, found in lists.items():
        for principal in _principals(found):
            known = (principal[name] for name in KINDS[kind] if principal.get(name))
            yield {
                "operation": operation,
                "principalType": kind,
                "principalId": str(next(known, UNKNOWN)),
                "displayName": principal.get("displayName") or principal.get("name"),
            }


def _principals(found: Mapping[str, Any]) -> list[Row]:
    return [each if isinstance(each, dict) else {} for each in found["results"]]


def _identity(row: Row) -> tuple[str, ...]:
    return row["operation"], row["principalType"], row["principalId"]
