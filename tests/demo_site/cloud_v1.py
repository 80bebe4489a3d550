"""How REST v1 of Cloud writes content, users and groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from typing_extensions import override

from tests.demo_site.datacenter.contents import ContentRows
from tests.demo_site.datacenter.cql import type_of
from tests.demo_site.datacenter.times import LocalTimes
from tests.demo_site.model import Group, User
from tests.demo_site.people_api import PeopleApi

if TYPE_CHECKING:
    from tests.demo_site.datacenter.expand import Tree
    from tests.demo_site.faults import Faults
    from tests.demo_site.model import Content, Row, Space
    from tests.demo_site.store import Store


class CloudPeople:
    """Writes users and groups.

    Args:
        site: The site.
    """

    def __init__(self, site: CloudSetting) -> None:
        self._wiki = site.wiki
        self._base_url = site.base_url
        self._api = PeopleApi(site.wiki, site.faults, site.base_url)

    def user(self, account_id: str | None) -> Row:
        """Write a user; one that the site does not know is somebody who has left."""
        if account_id is None:
            return {"type": "anonymous", "displayName": "Anonymous"}
        known = self._wiki.people.find(account_id)
        return self._api.user(known or User(account_id, "Former user", status="closed"))

    def group_of(self, group_id: str) -> Row:
        """Write a group; one that is gone stays in the restrictions it was in."""
        known = next((group for group in self._wiki.groups if group.id == group_id), None)
        group = known or Group(group_id, "deleted-group")
        link = f"{self._base_url}/rest/experimental/group/{quote(group.name, safe='')}"
        return {"type": "group", "name": group.name, "id": group.id, "_links": {"self": link}}


class CloudSpaces:
    """Writes spaces, of which content has little in it."""

    def row(self, space: Space, _: Tree) -> Row:
        """Write a space."""
        return {
            "id": space.num,
            "key": space.key,
            "name": space.name,
            "type": space.type,
            "status": space.status,
            "_links": {"webui": f"/spaces/{space.key}"},
        }


@dataclass(frozen=True)
class CloudSetting:
    """One site.

    Attributes:
        wiki: The wiki that it shows.
        faults: Its manners.
        base_url: Its URL with the context path.
        times: Writes times in UTC.
    """

    wiki: Store
    faults: Faults
    base_url: str
    times: LocalTimes = field(default_factory=partial(LocalTimes, "UTC"))


class CloudContentRows(ContentRows):
    """Writes the content of one wiki as REST v1 of Cloud does.

    Args:
        site: The site.
    """

    def __init__(self, site: CloudSetting) -> None:
        super().__init__(site, CloudPeople(site))
        self.spaces = CloudSpaces()

    @override
    def row(self, content: Content, tree: Tree, number: int | None = None) -> Row:
        row = super().row(content, tree, number)
        # Only Data Center has these.
        del row["position"], row["_expandable"]["relevantViewRestrictions"]
        return {**row, "type": type_of(content)}
