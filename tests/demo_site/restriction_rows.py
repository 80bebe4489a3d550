"""How REST v1 writes who alone may read or update a content, on Cloud and on Data Center."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tests.demo_site.restrictions import OPERATIONS

if TYPE_CHECKING:
    from tests.demo_site.datacenter.expand import Tree
    from tests.demo_site.faults import Faults
    from tests.demo_site.model import Content, Row
    from tests.demo_site.store import Store

    class Principals(Protocol):
        """Writes users and groups as one kind of site does."""

        def user(self, account_id: str | None) -> Row: ...

        def group_of(self, group_id: str) -> Row: ...


MOST_LISTED = 200
KINDS = ("user", "group")


class RestrictionRows:
    """Writes the restrictions of one wiki.

    Args:
        wiki: The wiki.
        faults: Says where lists inside a row are cut off.
        base_url: The URL of the site.
        principals: Writes users and groups.
    """

    def __init__(self, wiki: Store, faults: Faults, base_url: str, principals: Principals) -> None:
        self._wiki = wiki
        self._faults = faults
        self._base_url = base_url
        self._principals = principals

    def by_operation(self, content: Content, tree: Tree) -> Row:
        """Write both operations of a content, as far as they are expanded."""
        path = _path(content)
        row: Row = {"_links": {"self": f"{self._base_url}{path}"}, "_expandable": {}}
        for operation in OPERATIONS:
            if operation in tree:
                branch = tree[operation].get("restrictions", {})
                row[operation] = self._operation(content, operation, branch)
            else:
                row["_expandable"][operation] = ""
        return row

    def one(self, content: Content, operation: str, start: int, limit: int) -> Row:
        """Write one operation of a content, users and groups from `start` on."""
        row = self._operation(content, operation, {kind: {} for kind in KINDS}, start, limit)
        row["restrictionsHash"] = ""
        return row

    def _operation(
        self,
        content: Content,
        operation: str,
        tree: Tree,
        start: int = 0,
        limit: int = MOST_LISTED,
    ) -> Row:
        path = f"{_path(content)}/{operation}"
        lists: Row = {"_expandable": {}}
        for kind in KINDS:
            if kind in tree:
                lists[kind] = self._principals_of(content, operation, kind, start, limit)
            else:
                lists["_expandable"][kind] = ""
        return {
            "operation": operation,
            "restrictions": lists,
            "_links": {"self": f"{self._base_url}{path}"},
            "_expandable": {"content": f"/rest/api/content/{content.id}"},
        }

    def _principals_of(
        self, content: Content, operation: str, kind: str, start: int, limit: int
    ) -> Row:
        limit = min(limit, self._faults.nested_caps["restrictions"])
        found = [
            restriction.principal_id
            for restriction in self._wiki.restrictions.get(content.num, ())
            if restriction.operation == operation and restriction.principal_type == kind
        ]
        shown = found[start : start + limit]
        write = self._principals.user if kind == "user" else self._principals.group_of
        row: Row = {"results": [write(each) for each in shown], "size": len(shown)}
        return {**row, "start": start, "limit": limit} if self._faults.tells_nested_limits else row


def _path(content: Content) -> str:
    return f"/rest/api/content/{content.id}/restriction/byOperation"
