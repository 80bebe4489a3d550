"""What a complete reading of the people around a wiki must find."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.demo_site.model import Content
    from tests.demo_site.store import Store

    Keys = set[tuple[str, ...]]


def people_of(wiki: Store) -> dict[str, Keys]:
    """Get the primary keys that each stream of people has to deliver from the cloud.

    Everyone counts as a user who may use the site, is in a group or writes. The others are known
    to nobody.
    """
    people = wiki.people
    members = {(g.id, member) for g in people.groups for member in people.members(g)}
    met = {*(member for _, member in members), *people.authors}
    spaces = list(wiki.spaces) if people.has_roles else []
    assigned = [given for space in spaces for given in people.assignments(space)]
    met |= {given.principal_id for given in assigned if given.principal_type == "USER"}
    known = met | {user.account_id for user in people.searchable()}
    return {
        "users": {(u.account_id,) for u in people.users if u.account_id in known},
        "group_members": set(members),
        **watchers_of(wiki),
    }


def watchers_of(wiki: Store) -> dict[str, Keys]:
    """Get who watches what."""
    people = wiki.people
    return {
        "page_watchers": _pairs(people.watchers, wiki.pages),
        "space_watchers": {
            (str(space.num), watcher) for space in wiki.spaces for watcher in people.watchers(space)
        },
    }


def _pairs(who: Callable[[Content], list[str]], contents: Iterable[Content]) -> Keys:
    return {(content.id, account) for content in contents for account in who(content)}
