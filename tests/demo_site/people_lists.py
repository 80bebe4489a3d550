"""What REST v2 tells of people in lists: who likes something, and who has which role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tests.demo_site import queries
from tests.demo_site.errors import ApiError
from tests.demo_site.listing import Listing, Opened
from tests.demo_site.paging import walk_over
from tests.demo_site.people import ROLES
from tests.demo_site.queries import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.finder import Finder
    from tests.demo_site.model import Row
    from tests.demo_site.people import Assignment, Role
    from tests.demo_site.queries import Param, Query
    from tests.demo_site.store import Store

LIKED = ("pages", "blogposts", "footer-comments", "inline-comments")
_BY_PRINCIPAL: dict[str, Param] = {
    "role-type": queries.text,
    "principal-id": queries.text,
    "principal-type": one_of("USER", "GROUP", "ACCESS_CLASS"),
}


@dataclass(frozen=True)
class Like:
    """That somebody likes something."""

    num: int
    account_id: str


def people_lists(wiki: Store, find: Finder) -> Iterator[Listing]:
    """Get the lists."""
    for kind in LIKED:
        yield Listing(f"{kind}/{{id}}/likes/users", partial(_likes, wiki, find, kind))
    by_space: dict[str, Param] = {"space-id": queries.text, **_BY_PRINCIPAL}
    yield Listing("space-roles", partial(_roles, wiki), params=by_space)
    by_role: dict[str, Param] = {"role-id": queries.text, **_BY_PRINCIPAL}
    opener = partial(_assignments, wiki, find)
    yield Listing("spaces/{id}/role-assignments", opener, params=by_role)


def role_mode(wiki: Store) -> Row:
    """Say whether the site has roles."""
    return {"mode": wiki.people.role_mode}


def _likes(wiki: Store, find: Finder, kind: str, id_: str, _: Query) -> Opened:
    accounts = wiki.people.likes(find.content(kind, id_))
    likes = [Like(place, account) for place, account in enumerate(accounts, start=1)]
    return walk_over(likes), lambda like: {"accountId": like.account_id}


def _roles(wiki: Store, _: str, __: Query) -> Opened:
    _check(wiki)
    return walk_over(ROLES), _role


def _assignments(wiki: Store, find: Finder, id_: str, _: Query) -> Opened:
    _check(wiki)
    return walk_over(wiki.people.assignments(find.space(id_))), _assignment


def _check(wiki: Store) -> None:
    if not wiki.people.has_roles:
        raise ApiError(404, "Space roles are not available")


def _role(role: Role) -> Row:
    return {
        "id": role.id,
        "type": role.type,
        "name": role.name,
        "description": f"{role.name} of a space",
        "spacePermissions": list(role.permissions),
    }


def _assignment(assignment: Assignment) -> Row:
    return {
        "principal": {
            "principalType": assignment.principal_type,
            "principalId": assignment.principal_id,
        },
        "roleId": assignment.role,
    }
