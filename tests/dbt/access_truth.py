"""Who holds which right in a space, as the site itself says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.demo_site.people import ACTIVE, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site import Wiki
    from tests.demo_site.model import Space

Row = dict[str, Any]
Holder = tuple[str, str]
"""The kind of a principal, and its id."""

UNLISTED = {"ALL_PRODUCT_ADMINS", "JSM_PROJECT_ADMINS"}
"""Classes of access whose members no API lists."""


class Access:
    """The rights in the spaces of a wiki of the cloud.

    Args:
        wiki: The wiki.
    """

    def __init__(self, wiki: Wiki) -> None:
        self._wiki = wiki
        self._active = {user.account_id: user for user in wiki.users if user.status == ACTIVE}
        self._members = {group.id: wiki.people.members(group) for group in wiki.groups}

    def rows(self) -> list[Row]:
        """The rows of `confluence__access`."""
        return [row for space in self._wiki.spaces for row in self._of(space)]

    def _of(self, space: Space) -> Iterator[Row]:
        found: dict[tuple[Holder, str, str], set[str | None]] = {}
        for holder, operation, target, role in self._rights(space):
            found.setdefault((holder, operation, target), set()).add(role)
        for (holder, operation, target), roles in found.items():
            members = self._people(space, holder)
            yield {
                "space_id": str(space.num),
                "space_key": space.key,
                "principal_type": holder[0],
                "principal_id": holder[1],
                "operation": operation,
                "target": target,
                "is_direct": None in roles,
                "is_admin": (operation, target) == ("administer", "space"),
                "is_anonymous": holder == ("access_class", "ANONYMOUS_USERS"),
                "is_guest": None
                if members is None
                else any(self._active[account].is_guest for account in members),
                "members": None if members is None else len(members),
            }

    def _rights(self, space: Space) -> Iterator[tuple[Holder, str, str, str | None]]:
        wiki = self._wiki
        assigned = [
            (_holder(each.principal_type, each.principal_id), each.role)
            for each in (wiki.people.assignments(space) if wiki.people.has_roles else ())
        ]
        for permission in space.permissions:
            holder = _holder(permission.principal_type, permission.principal_id)
            yield holder, permission.operation, permission.target, None
            for other, role in assigned:
                if holder == ("role", role):
                    yield other, permission.operation, permission.target, role
        for holder, role in assigned:
            for right in next(each for each in ROLES if each.id == role).permissions:
                operation, target = right.split("/")
                yield holder, operation, target, role

    def _people(self, space: Space, holder: Holder) -> set[str] | None:
        kind, id_ = holder
        everybody = self._active.values()
        if id_ in UNLISTED:
            return None
        if kind == "user":
            return {id_} & self._active.keys()
        if kind == "group":
            return {*self._members.get(id_, ())} & self._active.keys()
        if kind == "role":
            assigned = self._wiki.people.assignments(space)
            holders = [_holder(a.principal_type, a.principal_id) for a in assigned if a.role == id_]
            return {account for each in holders for account in self._people(space, each) or ()}
        if id_ == "ALL_LICENSED_USERS":
            people = [user for user in everybody if user.account_type == "atlassian"]
            return {user.account_id for user in people if not user.is_guest}
        return {user.account_id for user in everybody}


def _holder(kind: str, id_: str) -> Holder:
    kind = kind.lower().replace("-", "_")
    return kind, id_.upper().replace("-", "_") if kind == "access_class" else id_
