"""Who there is around a wiki: what groups and roles they are in, what they like and watch."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.demo_site.chance import mix, uuid_of

if TYPE_CHECKING:
    from tests.demo_site.model import Content, Group, Space, User

TRASHED = "trashed"
BIG_SPACE = "ENG"
CLASSES = ("all-licensed-users", "all-product-admins", "ALL_PRODUCT_ADMINS", "ALL_LICENSED_USERS")
"""Classes of access as assignments spell them: with dashes or with underscores."""
ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Role:
    """A role in spaces."""

    num: int
    id: str
    name: str
    type: str = "SYSTEM"
    permissions: tuple[str, ...] = ("read/space",)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role that somebody has in a space."""

    num: int
    role: str
    principal_type: str
    principal_id: str


ROLES = (
    Role(1, uuid_of(17, 1), "Admin", permissions=("read/space", "administer/space")),
    Role(2, uuid_of(17, 2), "Manager", permissions=("read/space", "create/page", "delete/page")),
    Role(3, uuid_of(17, 3), "Collaborator", permissions=("read/space", "create/page")),
    Role(4, uuid_of(17, 4), "Viewer"),
    Role(5, uuid_of(17, 5), "Übersetzer & co.", "CUSTOM", ()),
)


class People:
    """The people around a wiki. What they do moves neither its clock nor a date in it.

    Attributes:
        users: Everyone, those included who have left.
        authors: Those of them who write, by account id.
        groups: The groups.
        role_mode: Whether the site has roles, in the words of the API.
        anonymous_use: Whether those may use a Data Center site who are not signed in.
        unlicensed_use: Whether those may who are signed in and have no licence for it.
        roles_come_along: Whether a space that is asked for comes with who has which role in it.
        joined: Who is in a group beside some authors, by the group's id.
        granted: Roles that somebody has in a space beside those that all spaces give.
    """

    def __init__(self, users: list[User], authors: list[str], groups: list[Group]) -> None:
        self.users = users
        self.authors = authors
        self.groups = groups
        self.role_mode = "ROLES"
        self.roles_come_along = True
        self.anonymous_use = True
        self.unlicensed_use = False
        self.joined: defaultdict[str, list[str]] = defaultdict(list)
        self.granted: defaultdict[int, list[Assignment]] = defaultdict(list)
        self._left: set[tuple[str, str]] = set()
        self._places: dict[str, int] = {}
        self._likes: defaultdict[int, dict[str, bool]] = defaultdict(dict)
        self._watches: defaultdict[int, dict[str, bool]] = defaultdict(dict)

    def find(self, account_id: str) -> User | None:
        """Find somebody."""
        if len(self._places) != len(self.users):
            self._places = {user.account_id: place for place, user in enumerate(self.users)}
        place = self._places.get(account_id)
        return None if place is None else self.users[place]

    def searchable(self) -> list[User]:
        """Get those whom a search of Cloud finds: people who may use the site, now."""
        return [u for u in self.users if u.status == ACTIVE and u.account_type == "atlassian"]

    def members(self, group: Group) -> list[str]:
        """Get the account ids of those who are in a group."""
        if group.name == "nobody":
            return []
        seed = mix(*group.name.encode())
        authors = (
            user.account_id
            for place, user in enumerate(self.users[: len(self.authors)])
            if user.status == ACTIVE and mix(seed, place) % 3
        )
        members = [*authors, *self.joined[group.id]]
        return [member for member in members if (group.id, member) not in self._left]

    def join(self, group: Group, account_id: str) -> None:
        """Put somebody into a group."""
        self._left.discard((group.id, account_id))
        if account_id not in self.members(group):
            self.joined[group.id].append(account_id)

    def leave(self, group: Group, account_id: str) -> None:
        """Take somebody out of a group."""
        self._left.add((group.id, account_id))

    def likes(self, content: Content) -> list[str]:
        """Get the account ids of those who like a content."""
        return self._some(content.num, mix(content.num) % 5, self._likes)

    @property
    def has_roles(self) -> bool:
        """Whether the site has roles."""
        return self.role_mode != "PRE_ROLES"

    def like(self, content: Content, *account_ids: str) -> None:
        """Have people like a content."""
        self._likes[content.num].update(dict.fromkeys(account_ids, True))

    def unlike(self, content: Content, account_id: str) -> None:
        """Have somebody no longer like a content."""
        self._likes[content.num][account_id] = False

    def watchers(self, watched: Content | Space) -> list[str]:
        """Get the account ids of those who watch a page or a space."""
        if getattr(watched, "status", None) == TRASHED:
            return []
        return self._some(watched.num, mix(watched.num, 77) % 4, self._watches)

    def watch(self, watched: Content | Space, *account_ids: str) -> None:
        """Have people watch a page or a space."""
        self._watches[watched.num].update(dict.fromkeys(account_ids, True))

    def unwatch(self, watched: Content | Space, account_id: str) -> None:
        """Have somebody no longer watch a page or a space."""
        self._watches[watched.num][account_id] = False

    def assignments(self, space: Space) -> list[Assignment]:
        """Get who has which role in a space."""
        count = 70 if space.key == BIG_SPACE else 2 + space.num % 4
        users = [user.account_id for user in self.users]
        made = [self._assignment(space, place, users) for place in range(count)]
        made += self.granted.get(space.num, [])
        return list({(a.role, a.principal_type, a.principal_id): a for a in made}.values())

    def _assignment(self, space: Space, place: int, users: list[str]) -> Assignment:
        role = ROLES[(space.num + place) % len(ROLES)].id
        kind = ("GROUP", "USER", "USER", "ACCESS_CLASS")[place % 4]
        holder = {
            "GROUP": self.groups[place % len(self.groups)].id,
            "USER": users[mix(space.num, place) % len(users)],
            "ACCESS_CLASS": CLASSES[(space.num + place // 4) % len(CLASSES)],
        }[kind]
        return Assignment(place + 1, role, kind, holder)

    def _some(self, num: int, count: int, changes: dict[int, dict[str, bool]]) -> list[str]:
        changed = changes.get(num, {})
        some = [account for account in self.authors[:count] if changed.get(account, True)]
        return [*some, *(a for a, does in changed.items() if does and a not in some)]
