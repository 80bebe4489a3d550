"""Who alone may read or update something, and who may in a space: how it comes about."""

from __future__ import annotations

from itertools import cycle
from random import Random
from typing import TYPE_CHECKING

from tests.demo_site.chance import uuid_of
from tests.demo_site.model import Permission, Restriction
from tests.demo_site.people import ROLES, Assignment
from tests.demo_site.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.demo_site.model import Content, Page, Space

OPERATIONS = ("read", "update")
LISTED = frozenset({"current", "archived"})
"""The statuses of what a reading of the restrictions has to find them of."""

GONE_GROUP = uuid_of(7, 4_004)
CROWD = 230
PERMITTED = (
    ("ALL_LICENSED_USERS", "ALL_PRODUCT_ADMINS"),
    ("ALL_PRODUCT_ADMINS",),
    ("ANONYMOUS_USERS",),
    ("AUTHENTICATED_USERS",),
)
"""Classes of access that may read in one space after the other."""

FIRST_NUM = 1_001
"""Of assignments, behind those that a space has anyway."""


class Restricting(Store):
    """A wiki whose content can be restricted, which makes no version of it."""

    def permit(self, space: Space, holder: str, kind: str = "access-class") -> None:
        """Let somebody, or a class of access, read in a space."""
        with self.lock:
            num = max((permission.num for permission in space.permissions), default=0) + 1
            permission = Permission(num, kind, holder, "read", "space")
            space.permissions = (*space.permissions, permission)

    def forbid(self, space: Space, holder: str) -> None:
        """Permit no more to somebody in a space."""
        with self.lock:
            kept = (p for p in space.permissions if p.principal_id != holder)
            space.permissions = tuple(kept)

    def restrict(
        self,
        content_id: str,
        operation: str = "read",
        *,
        users: Iterable[str] = (),
        groups: Iterable[str] = (),
    ) -> str:
        """Let these, and those who may already, alone read or update a content."""
        with self.lock:
            self.tick()
            num = self.restrictable(content_id).num
            known = self.restrictions.get(num, ())
            named = [("user", user) for user in users] + [("group", group) for group in groups]
            added = (Restriction(operation, kind, principal) for kind, principal in named)
            self.restrictions[num] = (*known, *(each for each in added if each not in known))
            return content_id

    def unrestrict(self, content_id: str) -> str:
        """Let everybody read and update a content who may in its space."""
        with self.lock:
            self.tick()
            self.restrictions.pop(self.restrictable(content_id).num, None)
            return content_id

    def restrictable(self, content_id: str) -> Content:
        """Find any content, what lies among the pages included.

        Raises:
            KeyError: There is none.
        """
        for items in self.tree_items.values():
            found = items.get(int(content_id.removeprefix("att")))
            if found is not None:
                return found
        return self.content(content_id)


def restrictions_of(
    wiki: Store,
    contents: Iterable[Content],
    principal: Callable[[Restriction], str] = lambda restriction: restriction.principal_id,
) -> set[tuple[str, str, str, str]]:
    """Get the keys that a stream of restrictions has to deliver.

    Args:
        wiki: The wiki.
        contents: Its pages or blog posts; those in the trash are left out.
        principal: The id of a principal, where it is not that of the cloud.
    """
    return {
        (content.id, each.operation, each.principal_type, principal(each))
        for content in contents
        if content.status in LISTED
        for each in wiki.restrictions.get(content.num, ())
    }


class Planter:
    """Restricts a part of a seeded wiki in every awkward way.

    Its dice are its own, so that everything else in the wiki is what it would be without.

    Args:
        wiki: The wiki.
        seed: What the dice start from.
    """

    def __init__(self, wiki: Restricting, seed: int) -> None:
        self._wiki = wiki
        self._dice = Random(seed * 7_919 + 11)

    def plant(self) -> None:
        """Plant everything, in no time of the wiki's clock."""
        wiki = self._wiki
        now = wiki.now_ms
        self._open(next(iter(wiki.blog_posts)).space)
        self._permit_classes()
        self._restrict_tree_items()
        self._special_cases([page for page in wiki.pages if not wiki.is_homepage(page)])
        for content in [*wiki.pages, *wiki.blog_posts]:
            if self._dice.random() < 0.06:
                operation = self._dice.choice(OPERATIONS)
                users, groups = self._some_users(), self._some_groups()
                wiki.restrict(content.id, operation, users=users, groups=groups)
        wiki.now_ms = now

    def _special_cases(self, pages: list[Page]) -> None:
        wiki = self._wiki
        current = cycle([page for page in pages if page.status == "current"])
        archived = [page for page in pages if page.status == "archived"]
        trashed = [page for page in pages if page.status == "trashed"]
        wiki.restrict(next(current).id, users=self._crowd(), groups=[wiki.groups[4].id])
        for group in (GONE_GROUP, wiki.groups[-1].id):
            # One that has been deleted, and one without members.
            wiki.restrict(next(current).id, groups=[group])
        only_author = next(current)
        for operation in OPERATIONS:
            wiki.restrict(only_author.id, operation, users=[only_author.author])
        wiki.restrict(next(current).id, "update", groups=[wiki.groups[0].id])
        for page in (*archived[:2], *trashed[:1]):
            wiki.restrict(page.id, users=self._some_users(), groups=[wiki.groups[4].id])
        for parent, child in self._nested(pages):
            wiki.restrict(parent.id, groups=[wiki.groups[4].id, wiki.groups[5].id])
            wiki.restrict(child.id, users=self._some_users(), groups=[wiki.groups[5].id])

    def _open(self, space: int) -> None:
        """Let everybody read a space, signed in or not."""
        viewer = next(role.id for role in ROLES if role.name == "Viewer")
        opening = Assignment(FIRST_NUM, viewer, "ACCESS_CLASS", "anonymous-users")
        self._wiki.people.granted[space].append(opening)

    def _permit_classes(self) -> None:
        """Permit reading to classes of access, as real sites do, in some spaces."""
        # All but the biggest, whose permissions are counted.
        _, *spaces = self._wiki.spaces
        for space, holders in zip(spaces, PERMITTED, strict=False):
            for holder in holders:
                self._wiki.permit(space, holder)

    def _restrict_tree_items(self) -> None:
        """Restrict one or two of each type of what lies among the pages, those first that hold any.

        The dice are others, so that all else is restricted as it was.
        """
        wiki, dice = self._wiki, Random(len(self._wiki.pages) + 13)
        for items in wiki.tree_items.values():
            shown = [item for item in items if item.status in LISTED]
            shown.sort(key=lambda item: (not wiki.children[item.num], item.num))
            for item in shown[:2]:
                users = dice.sample(wiki.accounts, 2)
                wiki.restrict(item.id, users=users, groups=[dice.choice(wiki.groups).id])

    def _nested(self, pages: list[Page]) -> Iterator[tuple[Page, Page]]:
        """Get some pages, each with one that lies two levels below it."""
        found = 0
        for page in pages:
            below = [g for c in self._wiki.children[page.num] for g in self._wiki.children[c.num]]
            if below and page.status == "current" and found < 3:
                found += 1
                yield page, self._dice.choice(below)

    def _crowd(self) -> list[str]:
        """Get more users than one answer lists: some of them guests, some of them gone."""
        wiki = self._wiki
        return [user.account_id for user in wiki.users[len(wiki.accounts) :][:CROWD]]

    def _some_users(self) -> list[str]:
        return self._dice.sample(self._wiki.accounts, self._dice.randrange(1, 4))

    def _some_groups(self) -> list[str]:
        groups = self._dice.sample(self._wiki.groups, self._dice.randrange(3))
        return [group.id for group in groups]
