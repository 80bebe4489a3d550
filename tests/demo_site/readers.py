"""Who may read what, reckoned from the wiki itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tests.demo_site.people import ACTIVE, ROLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tests.demo_site.model import BlogPost, Content, Page, Space
    from tests.demo_site.store import Store

ANONYMOUS = "anonymous"
READABLE = frozenset({"current", "archived"})


def readers_of(
    wiki: Store,
    contents: Iterable[Page | BlogPost],
    *,
    on_cloud: bool = True,
    closed: Collection[str] = (),
) -> set[tuple[str, str]]:
    """Get each page or blog post with each account that may read it.

    Args:
        wiki: The wiki.
        contents: Its pages or blog posts.
        on_cloud: Whether there are roles, and something else than pages between pages.
        closed: Ids of what counts as closed, because nobody tells what it is restricted to.

    Returns:
        Ids of content with account ids; `anonymous` stands for everybody.
    """
    active = {user.account_id for user in wiki.users if user.status == ACTIVE}

    @cache
    def of_space(num: int) -> frozenset[str]:
        space = wiki.spaces[num]
        found = set(_permitted(wiki, space, on_cloud=on_cloud))
        if on_cloud and wiki.people.role_mode != "PRE_ROLES":
            found |= set(_assigned(wiki, space))
        return frozenset(found & {*active, ANONYMOUS})

    readers = set()
    for content in contents:
        if content.status not in READABLE:
            continue
        allowed = of_space(content.space)
        for each in _way_up(wiki, content, on_cloud=on_cloud):
            if each is None or each.id in closed:
                allowed = frozenset()
                break
            allowed &= _let_through(wiki, each)
        readers |= {(content.id, account) for account in allowed}
    return readers


def _permitted(wiki: Store, space: Space, *, on_cloud: bool) -> Iterator[str]:
    for permission in space.permissions:
        is_reading = (permission.operation, permission.target) == ("read", "space")
        # Data Center has no other classes, and asks for the permission to use the site as well.
        is_class = permission.principal_type == "access-class" and not on_cloud
        is_void = is_class and not (
            wiki.people.anonymous_use and permission.principal_id == "ANONYMOUS_USERS"
        )
        if is_reading and not is_void:
            yield from _held_by(wiki, permission.principal_type, permission.principal_id)


def _assigned(wiki: Store, space: Space) -> Iterator[str]:
    reading = {role.id for role in ROLES if "read/space" in role.permissions}
    for assignment in wiki.people.assignments(space):
        if assignment.role in reading:
            yield from _held_by(wiki, assignment.principal_type, assignment.principal_id)


def _held_by(wiki: Store, kind: str, holder: str) -> Iterator[str]:
    match kind.lower().replace("-", "_"), holder.lower().replace("_", "-"):
        case "user", _:
            yield holder
        case "group", _:
            yield from _members(wiki, holder)
        case "access_class", "all-licensed-users":
            people = (user for user in wiki.users if user.account_type == "atlassian")
            yield from (user.account_id for user in people if not user.is_guest)
        case "access_class", "anonymous-users":
            yield ANONYMOUS
            yield from (user.account_id for user in wiki.users)
        case "access_class", "authenticated-users":
            yield from (user.account_id for user in wiki.users)


def _members(wiki: Store, group_id: str) -> list[str]:
    groups = (group for group in wiki.groups if group.id == group_id)
    return [member for group in groups for member in wiki.people.members(group)]


def _way_up(wiki: Store, content: Content, *, on_cloud: bool) -> Iterator[Content | None]:
    """Yield a content and all that it lies under; None where that cannot be told."""
    each: Content | None = content
    while each is not None:
        yield each
        above = getattr(each, "parent", None)
        if above is None or (not on_cloud and above not in wiki.pages):
            return
        each = wiki.pages.get(above) or next(
            (items[above] for items in wiki.tree_items.values() if above in items), None
        )
        if each is None or each.status == "trashed":
            yield None
            return


def _let_through(wiki: Store, content: Content) -> frozenset[str]:
    """Get who gets past the restrictions of a content."""
    listed = [r for r in wiki.restrictions.get(content.num, ()) if r.operation == "read"]
    if not listed:
        return frozenset({ANONYMOUS, *(user.account_id for user in wiki.users)})
    users = {each.principal_id for each in listed if each.principal_type == "user"}
    groups = (each.principal_id for each in listed if each.principal_type == "group")
    return frozenset(users.union(*(_members(wiki, group) for group in groups)))
