"""Users as Data Center knows them: by a name and a key, without account ids."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.demo_site.chance import mix
from tests.demo_site.model import Group

if TYPE_CHECKING:
    from tests.demo_site.datacenter.setting import Setting
    from tests.demo_site.model import Row, User

_NO_NAME = re.compile(r"[^a-z]+")


@lru_cache(10_000)
def user_key(account_id: str) -> str:
    """Derive the key of a user from the account id that the same user has in the cloud."""
    number = mix(*account_id.encode())
    return f"2c9d802a{number:016x}{mix(number) & 0xFFFFFFFF:08x}"


def username(user: User) -> str:
    """Derive a name to sign in with from a user's full name."""
    plain = unicodedata.normalize("NFKD", user.name).encode("ascii", "ignore").decode().lower()
    plain = _NO_NAME.sub(".", plain).strip(".")
    return plain or user.email.partition("@")[0] or user_key(user.account_id)


class People:
    """The users and groups of one wiki.

    Args:
        site: The site.
    """

    def __init__(self, site: Setting) -> None:
        self._wiki = site.wiki
        self._base_url = site.base_url
        self._context_path = site.context_path
        self._former = {user_key(u.account_id) for u in self._wiki.users if u.status != "active"}
        self._by_account = {user.account_id: self._known(user) for user in self._wiki.users}

    def user(self, account_id: str | None) -> Row:
        """Write a user, or a stranger for None."""
        if account_id is None:
            return self.stranger()
        return self._by_account[account_id]

    def find(self, key: str, name: str) -> Row | None:
        """Find a user by key or by name."""
        return next(
            (
                row
                for row in self._by_account.values()
                if key == row["userKey"] or (not key and name == row["username"])
            ),
            None,
        )

    def all(self) -> list[Row]:
        """Write every user."""
        return list(self._by_account.values())

    def group(self, group: Group) -> Row:
        """Write a group."""
        link = f"{self._base_url}/rest/api/group/{quote(group.name, safe='')}"
        return {"type": "group", "name": group.name, "_links": {"self": link}}

    def group_of(self, group_id: str) -> Row:
        """Write a group by the id that it has in the cloud; one that is gone is left by name."""
        found = next((group for group in self._wiki.groups if group.id == group_id), None)
        return self.group(found or Group(group_id, group_id))

    def members(self, group: Group) -> list[Row]:
        """Write the members of a group."""
        return [self.user(member) for member in self._wiki.people.members(group)]

    def with_status(self, row: Row, *, expanded: bool) -> Row:
        """Write a user with the status spelled out, if it is to be."""
        if not expanded:
            return row
        status = "current" if row["userKey"] not in self._former else "deactivated"
        return {**row, "status": status, "_expandable": {}}

    def stranger(self) -> Row:
        """Write somebody who has not signed in."""
        return {
            "type": "anonymous",
            "profilePicture": self._picture("anonymous"),
            "displayName": "Anonymous",
        }

    def _known(self, user: User) -> Row:
        key = user_key(user.account_id)
        return {
            "type": "known",
            "username": username(user),
            "userKey": key,
            "profilePicture": self._picture("default"),
            "displayName": user.name,
            "_links": {"self": f"{self._base_url}/rest/api/user?key={key}"},
            "_expandable": {"status": ""},
        }

    def _picture(self, name: str) -> Row:
        path = f"{self._context_path}/images/icons/profilepics/{name}.svg"
        return {"path": path, "width": 48, "height": 48, "isDefault": True}
