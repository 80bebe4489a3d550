"""Which roles there are in spaces, and who has which."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.demo_site import queries
from tests.demo_site.errors import ApiError
from tests.demo_site.listing import Listing, Opened
from tests.demo_site.paging import walk_over
from tests.demo_site.people import ROLES
from tests.demo_site.queries import one_of
from tests.demo_site.singles import Single

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.answers import Keys
    from tests.demo_site.finder import Finder
    from tests.demo_site.model import Row
    from tests.demo_site.people import Assignment, Role
    from tests.demo_site.queries import Param, Query
    from tests.demo_site.store import Store

OF_THE_SITE = frozenset({"space_roles"})
_BY_PRINCIPAL: dict[str, Param] = {
    "role-type": queries.text,
    "principal-id": queries.text,
    "principal-type": one_of("USER", "GROUP", "ACCESS_CLASS"),
}


def endpoints(wiki: Store, find: Finder) -> Iterator[Listing | Single]:
    """Get the lists, and whether the site has roles."""
    by_space: dict[str, Param] = {"space-id": queries.text, **_BY_PRINCIPAL}
    yield Listing("space-roles", partial(_roles, wiki), params=by_space)
    by_role: dict[str, Param] = {"role-id": queries.text, **_BY_PRINCIPAL}
    opener = partial(_assignments, wiki, find)
    yield Listing("spaces/{id}/role-assignments", opener, params=by_role)
    yield Single("space-role-mode", lambda *_: {"mode": wiki.people.role_mode}, {})


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


def truth(wiki: Store) -> dict[str, Keys]:
    """Get the keys."""
    people = wiki.people
    spaces = list(wiki.spaces) if people.has_roles else []
    return {
        "space_roles": {(role.id,) for role in ROLES if people.has_roles},
        "space_role_assignments": {
            (str(space.num), given.role, given.principal_type, _spelled(given))
            for space in spaces
            for given in people.assignments(space)
        },
    }


def _spelled(assignment: Assignment) -> str:
    """Write whom a role is given to as the tap does, which spells classes of access in one way."""
    holder = assignment.principal_id
    is_class = assignment.principal_type == "ACCESS_CLASS"
    return holder.upper().replace("-", "_") if is_class else holder
