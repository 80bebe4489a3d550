"""How Data Center writes spaces, with integers for ids."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.demo_site.errors import ApiError

if TYPE_CHECKING:
    from tests.demo_site.datacenter.contents import ContentRows
    from tests.demo_site.datacenter.expand import Tree
    from tests.demo_site.datacenter.people import People
    from tests.demo_site.datacenter.setting import Setting
    from tests.demo_site.model import Permission, Property, Row, Space


class SpaceRows:
    """Writes the spaces of one wiki.

    Args:
        site: The site.
        people: Writes users.
        contents: Writes homepages.
    """

    def __init__(self, site: Setting, people: People, contents: ContentRows) -> None:
        self._wiki = site.wiki
        self._faults = site.faults
        self._people = people
        self._times = site.times
        self._contents = contents
        self._base_url = site.base_url

    def row(self, space: Space, tree: Tree) -> Row:
        """Write a space."""
        path = f"/rest/api/space/{quote(space.key, safe='~')}"
        row: Row = {
            "id": space.num,
            "key": space.key,
            "name": space.name,
            "status": space.status,
            "creator": self._people.user(space.author),
            "creationDate": self._times.write(space.created),
            "type": kind_of(space),
        }
        expandable = {"metadata": "", "icon": "", "description": "", "retentionPolicy": ""}
        if "icon" in tree:
            icon = f"/images/logo/{space.key}.svg"
            row["icon"] = {"path": icon, "width": 48, "height": 48, "isDefault": False}
        if "description" in tree:
            row["description"] = _description(space, tree["description"])
        if "metadata" in tree:
            row["metadata"] = self._metadata(space, tree["metadata"], path)
        if "permissions" in tree:
            row["permissions"] = self.permissions(space)
        else:
            expandable["permissions"] = f"{path}/permissions"
        if space.homepage:
            expandable["homepage"] = f"/rest/api/content/{space.homepage}"
            if "homepage" in tree:
                home = self._wiki.pages[space.homepage]
                row["homepage"] = self._contents.row(home, tree["homepage"])
        row["_links"] = {
            "webui": f"/display/{space.key}",
            "self": f"{self._base_url}{path}",
        }
        row["_expandable"] = {name: to for name, to in expandable.items() if name not in row}
        return row

    def permissions(self, space: Space) -> list[Row]:
        """Write the permissions in a space, which have no ids; only administrators get them.

        Raises:
            ApiError: The user is no administrator, which real sites answer with 500.
        """
        if not self._faults.administrator:
            raise ApiError(500, "Unable to get permissions for the space")
        written = (self._permission(space, p) for p in space.permissions)
        anonymous = self._anonymous(space) if self._faults.lists_anonymous else []
        return [*(row for row in written if row is not None), *anonymous]

    def permissions_of_anonymous(self, space: Space) -> list[Row]:
        """Write what a space permits to those who are not signed in, to administrators.

        It may be more than what they can do: they have to be let in to the site as well.

        Raises:
            ApiError: The user is no administrator.
        """
        if not self._faults.administrator:
            raise ApiError(403, "User is not permitted to view permissions of the space")
        return self._anonymous(space)

    def _anonymous(self, space: Space) -> list[Row]:
        return [
            {
                "operation": {"operationKey": p.operation, "targetType": p.target},
                "subject": {"type": "anonymous", "displayName": "Anonymous"},
                "spaceKey": space.key,
                "spaceId": space.num,
            }
            for p in space.permissions
            if p.principal_id == "ANONYMOUS_USERS"
        ]

    def property(self, space: Space, prop: Property, tree: Tree) -> Row:
        """Write a property of a space, which has no id."""
        path = f"/rest/api/space/{quote(space.key, safe='~')}"
        row: Row = {"key": prop.key, "value": prop.value}
        expandable = {"space": path}
        if "version" in tree:
            row["version"] = self._contents.property_version(prop)
        else:
            expandable["version"] = ""
        row["_links"] = {"self": f"{self._base_url}{path}/property/{quote(prop.key, safe='')}"}
        row["_expandable"] = expandable
        return row

    def _metadata(self, space: Space, tree: Tree, path: str) -> Row:
        if "labels" not in tree:
            return {"_expandable": {"labels": ""}}
        labels = [self._wiki.labels[num] for num in space.labels]
        row = self._contents.label
        return {"labels": self._contents.nested(labels, "labels", f"{path}/label", row)}

    def _permission(self, space: Space, permission: Permission) -> Row | None:
        holder = permission.principal_id
        subject: Row
        if permission.principal_type == "user":
            user = self._people.user(holder)
            subject = {"type": "known", "displayName": "", "userKey": user["userKey"]}
        elif permission.principal_type == "group":
            name = next((group.name for group in self._wiki.groups if group.id == holder), None)
            if name is None:
                return None
            subject = {"type": "group", "name": name}
        else:
            return None
        return {
            "operation": {"operationKey": permission.operation, "targetType": permission.target},
            "subject": subject,
            "spaceKey": space.key,
            "spaceId": space.num,
        }


def kind_of(space: Space) -> str:
    """Get the type of a space, of which Data Center has only two."""
    return "personal" if space.type == "personal" else "global"


def _description(space: Space, tree: Tree) -> Row:
    row: Row = {"_expandable": {name: "" for name in ("plain", "view") if name not in tree}}
    for name in ("plain", "view"):
        if name in tree:
            row[name] = {"representation": name, "value": space.description}
    return row
