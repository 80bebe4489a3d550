"""What REST v1 of Cloud tells of people: the search for them, members of groups, watchers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.demo_site import queries
from tests.demo_site.api_v2 import Reply
from tests.demo_site.errors import ApiError, NoSuchPath

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.demo_site.faults import Faults
    from tests.demo_site.model import Row, User
    from tests.demo_site.store import Store

MOST = 200
PATHS_END = ("search/user", "/membersByGroupId", "/notification/child-created", "/watch")
FILTERS = ("none", "externalCollaborator", "all")
_PAGING = {"start": queries.number, "limit": queries.number, "next": queries.flag}


def is_about_people(path: str) -> bool:
    """Tell whether a path behind `/rest/api/` is answered here."""
    return path.endswith(PATHS_END)


class PeopleApi:
    """Answers requests for people.

    Args:
        wiki: The wiki.
        faults: The manners of the site that concern answers.
        base_url: What `_links.base` says.
    """

    def __init__(self, wiki: Store, faults: Faults, base_url: str) -> None:
        self._wiki = wiki
        self._faults = faults
        self._base_url = base_url

    def answer(self, path: str, raw_query: str) -> Reply:
        """Answer a request, by what stands behind `/rest/api/` in its path.

        Raises:
            NoSuchPath: It is not about people.
        """
        with self._wiki.lock:
            match [unquote(part) for part in path.split("/")]:
                case ["search", "user"]:
                    return self._search(path, raw_query)
                case ["group", group, "membersByGroupId"]:
                    return self._members(group, path, raw_query)
                case ["content", id_, "notification", "child-created"]:
                    return self._page_watches(id_, path, raw_query)
                case ["space", key, "watch"]:
                    return self._space_watches(key, path, raw_query)
        raise NoSuchPath

    def _search(self, path: str, raw_query: str) -> Reply:
        more = {"cql": queries.text, "sitePermissionTypeFilter": queries.one_of(*FILTERS)}
        query = queries.read(raw_query, {**_PAGING, **more})
        if query.get("cql", "").replace(" ", "") != "type=user":
            raise ApiError(400, f"Could not parse cql : {query.get('cql')}")
        wanted = query.get("sitePermissionTypeFilter", "none")
        found = [
            user
            for user in self._wiki.people.searchable()
            if wanted == "all" or user.is_guest == (wanted == "externalCollaborator")
        ]
        ceiling, start = self._faults.user_search_ceiling, query.get("start", 0)
        if start >= ceiling and self._faults.refuses_past_ceiling:
            raise ApiError(400, f"start must be less than {ceiling}")
        reply = self._page(path, query, found[:ceiling], self._hit, points=2)
        reply.payload.update(
            totalSize=len(found), cqlQuery=query.get("cql"), searchDuration=9, archivedResultCount=0
        )
        return reply

    def _hit(self, user: User) -> Row:
        return {
            "user": self.user(user),
            "title": user.name,
            "excerpt": "",
            "url": f"/people/{user.account_id}",
            "breadcrumbs": [],
            "entityType": "user",
            "iconCssClass": "",
            "lastModified": "2026-01-01T00:00:00.000Z",
            "score": 0.0,
        }

    def _members(self, group_id: str, path: str, raw_query: str) -> Reply:
        more = {"shouldReturnTotalSize": queries.flag, "expand": queries.texts}
        query = queries.read(raw_query, {**_PAGING, **more})
        people = self._wiki.people
        group = next((group for group in people.groups if group.id == group_id), None)
        if group is None:
            raise ApiError(404, f"Cannot find a group with id {group_id}")
        users = [user for member in people.members(group) if (user := people.find(member))]
        return self._page(path, query, users, self.user, points=2)

    def _page_watches(self, id_: str, path: str, raw_query: str) -> Reply:
        query = queries.read(raw_query, _PAGING)
        page = self._wiki.pages.get(int(id_)) if id_.isdecimal() else None
        if page is None or page.status == "trashed":
            raise ApiError(404, f"No content found with id: {id_}")
        watchers = self._wiki.people.watchers(page)
        row = {"type": "page", "contentId": page.num}
        return self._page(path, query, watchers, lambda who: {**row, "watcher": self._watcher(who)})

    def _space_watches(self, key: str, path: str, raw_query: str) -> Reply:
        query = queries.read(raw_query, _PAGING)
        space = next((space for space in self._wiki.spaces if space.key == key), None)
        if space is None:
            raise ApiError(404, f"No space with key : {key}")
        watchers = self._wiki.people.watchers(space)
        # Who watches the blog of the space as well is there twice.
        watches = [
            (who, kind) for who in watchers for kind in ("space", "blog")[: 1 + len(who) % 2]
        ]

        def row(watch: tuple[str, str]) -> Row:
            return {
                "type": watch[1],
                "watcher": self._watcher(watch[0]),
                "spaceKey": key,
                "labelName": None,
                "prefix": None,
            }

        return self._page(path, query, watches, row)

    def _page(
        self,
        path: str,
        query: queries.Query,
        items: Sequence[Any],
        row: Callable[[Any], Row],
        *,
        points: int = 1,
    ) -> Reply:
        start, limit = query.get("start", 0), query.get("limit", MOST)
        if start < 0 or not 1 <= limit <= MOST:
            raise ApiError(400, "start or limit is out of range")
        if self._faults.limit_cap is not None:
            limit = min(limit, self._faults.limit_cap)
        ignored = self._faults.ignores_start
        first = 0 if ignored and path.endswith(ignored) else start
        rows = [row(item) for item in items[first : first + limit]]
        links = {"base": self._base_url, "context": "/wiki"}
        if start + limit < len(items):
            kept = [p for p in query.raw.split("&") if p.partition("=")[0] not in _PAGING]
            parts = ["next=true", *filter(None, kept), f"limit={limit}", f"start={start + limit}"]
            links["next"] = f"/rest/api/{path}?{'&'.join(parts)}"
        payload = {"results": rows, "start": start, "limit": limit, "size": len(rows)}
        return Reply(200, {**payload, "_links": links}, points=1 + points * len(rows))

    def user(self, user: User) -> Row:
        """Write a user."""
        return {
            "type": "known",
            "accountId": user.account_id,
            "accountType": user.account_type,
            "email": user.email,
            "publicName": user.name,
            "profilePicture": {
                "path": f"/wiki/aa-avatar/{user.account_id}",
                "width": 48,
                "height": 48,
                "isDefault": False,
            },
            "displayName": user.name,
            "isExternalCollaborator": user.is_guest,
            "isGuest": user.is_guest,
            **({} if user.account_type == "app" else {"locale": "en_US"}),
            "accountStatus": user.status,
            "_expandable": {"operations": "", "personalSpace": ""},
            "_links": {"self": f"{self._base_url}/rest/api/user?accountId={user.account_id}"},
        }

    def _watcher(self, account_id: str) -> Row:
        user = self._wiki.people.find(account_id)
        row = self.user(user) if user else {"type": "unknown", "accountId": account_id}
        return {k: v for k, v in row.items() if k not in {"_links", "_expandable"}} | {
            "operations": None,
            "personalSpace": None,
            "externalCollaborator": False,
        }
