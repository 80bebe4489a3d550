"""Who alone may read or update something, as REST v1 tells it on any deployment."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.errors import (
    FailedItemError,
    ForbiddenError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
)
from tap_confluence.http import CircleGuard, ListRequest, OffsetPaginator, collect
from tap_confluence.streams.failures import Failures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_confluence.http import Client
    from tap_confluence.http.client import Answer

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
who is known is not open to all. It is also the type of the principal of a marker, see `unread`."""

LOWEST_CAP = 25
"""At how many principals a site may cut off a list without saying so."""

MOST_LISTED = 100


class RestrictionReader:
    """Reads the restrictions of items one by one, and keeps those that the site does not tell.

    Calls may come from any thread.

    Attributes:
        unread: Why the restrictions of an item are not known, by its id.
        has_read: Whether the site has told those of any item, one by one or otherwise.

    Args:
        client: The site.
        tag: Under which name requests are counted.
    """

    def __init__(self, client: Client, tag: str) -> None:
        self.unread: dict[str, RefusedError] = {}
        self.has_read = False
        self._client = client
        self._tag = tag
        self._failures = Failures()
        self._lock = Lock()

    def get(self, content_id: str) -> list[Row]:
        """Get all restrictions of an item; the marker alone where the site does not tell them.

        Raises:
            ScopeError: The token may not read restrictions at all.
            RetriesExhaustedError: The site fails for one item after the other.
        """
        try:
            rows = get_restrictions(self._client, content_id, tag=self._tag)
        except ScopeError:
            raise
        except RefusedError as error:
            return self.leave_unread(content_id, error)
        except RetriesExhaustedError as error:
            marker = self.leave_unread(content_id, FailedItemError(error))
            with self._lock:
                self._failures.add(error)
            return marker
        self.note_read()
        return rows

    def note_read(self) -> None:
        """Take note that the site has told the restrictions of an item."""
        with self._lock:
            self._failures.end()
            self.has_read = True

    def leave_unread(self, content_id: str, error: RefusedError) -> list[Row]:
        """Take note that the restrictions of an item are not known; return the marker of it."""
        self.unread[content_id] = error
        return [unread(str(error))]

    def check(self) -> None:
        """Make sure that it is the items whose restrictions the site does not tell.

        Raises:
            ForbiddenError: It forbids those of all.
            RetriesExhaustedError: It fails for all.
        """
        if self.has_read or not self.unread:
            return
        errors = list(self.unread.values())
        if all(isinstance(error, ForbiddenError) for error in errors):
            raise errors[0]
        if all(isinstance(error, FailedItemError) for error in errors):
            self._failures.check()


def unread(reason: str) -> Row:
    """Make the marker of what may be restricted to somebody, and the site does not tell to whom.

    Args:
        reason: What it answered instead.
    """
    return {
        "operation": "read",
        "principalType": UNKNOWN,
        "principalId": UNKNOWN,
        "reason": reason,
    }


def expanded_restrictions(item: Mapping[str, Any]) -> list[Row] | None:
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
    """Get all restrictions of one content, in the calling thread.

    Args:
        client: The site.
        content_id: What they are of.
        tag: Under which name the requests are counted.

    Returns:
        Rows with `operation`, `principalType`, `principalId` and `displayName`.

    Raises:
        RefusedError: There is no such content, it is not visible to this account, or the site does
            not tell restrictions of its type.
        RetriesExhaustedError: The site fails for it, or does not say what it was asked.
    """
    path = f"/rest/api/content/{content_id}/restriction/byOperation"
    body = client.get(path, tag=tag).body
    rows: list[Row] = []
    for operation in OPERATIONS:
        found = _all_of(operation, body.get(operation))
        if found is None:
            request = ListRequest(f"{path}/{operation}", {"limit": str(MOST_LISTED)}, tag)
            found = collect(client, request, PrincipalPaginator(path, operation))
        rows += found
    return rows


class PrincipalPaginator(OffsetPaginator):
    """Follows all of whom an operation is restricted to: users and groups share an offset.

    One of the two lists may be at its end while the other goes on, and then repeats itself.

    Args:
        path: The list of all operations.
        operation: The operation.
    """

    def __init__(self, path: str, operation: str) -> None:
        super().__init__(CircleGuard(_identity, most_repeats=0, ends=True))
        self._path = path
        self._operation = operation

    @override
    def rows(self, request: ListRequest, body: dict[str, Any]) -> list[Row]:
        lists = _lists_of(body)
        if lists.keys() != KINDS.keys():
            message = (
                f"{self._path} answered without all 'restrictions': is this a Confluence site?"
            )
            raise RetriesExhaustedError(message)
        return _each_once(self._operation, lists)

    @override
    def step(self, answer: Answer, rows: list[Row]) -> int | None:
        lists = _lists_of(answer.body).values()
        return min(
            (len(_principals(found)) for found in lists if not _is_whole(found)), default=None
        )


def _all_of(operation: str, answer: object) -> list[Row] | None:
    """Return whom an operation is restricted to; None if the answer does not tell of all."""
    lists = _lists_of(answer)
    if lists.keys() != KINDS.keys() or not all(map(_is_whole, lists.values())):
        return None
    return _each_once(operation, lists)


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


def _each_once(operation: str, lists: Mapping[str, Row]) -> list[Row]:
    return list({_identity(row): row for row in _rows(operation, lists)}.values())


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
