"""The few endpoints of the v1 API that are still needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.demo_site import queries
from tests.demo_site.api_v2 import Reply
from tests.demo_site.errors import ApiError, NoSuchPath, v1_envelope

if TYPE_CHECKING:
    from tests.demo_site.model import Group, Row, User
    from tests.demo_site.queries import Query
    from tests.demo_site.store import Store

ROOT = "/rest/api/"
CONTENT_TYPES = (
    *("attachment", "blogpost", "comment", "database", "embed", "folder", "page"),
    *("space", "user", "whiteboard"),
)
_CONTENT_TYPE = re.compile(r"""^\s*type\s*=\s*["']?([\w.:-]+)["']?\s*$""")


class ApiV1:
    """Answers v1 requests from one wiki.

    Args:
        wiki: The wiki.
        base_url: What `_links.base` says.
        email: The address of the user who signs in.
    """

    def __init__(self, wiki: Store, base_url: str, email: str) -> None:
        self._wiki = wiki
        self._base_url = base_url
        self._email = email

    def answer(self, path: str, raw_query: str, *, anonymous: bool = False) -> Reply:
        """Answer a request.

        Raises:
            NoSuchPath: There is no such endpoint.
        """
        try:
            match path.removeprefix(ROOT):
                case "user/current":
                    queries.read(raw_query, {"expand": queries.text})
                    user = self._wiki.users[0]
                    return Reply(200, _nobody() if anonymous else self._user(user), points=3)
                case "group":
                    return self._groups(raw_query, anonymous=anonymous)
                case "search":
                    return self._search(raw_query)
        except ApiError as error:
            return Reply(error.status, v1_envelope(error.status, error.title))
        raise NoSuchPath

    def _groups(self, raw_query: str, *, anonymous: bool) -> Reply:
        params = {"start": queries.number, "limit": queries.number, "next": queries.flag}
        query = queries.read(raw_query, {**params, "accessType": queries.text})
        start, limit = query.get("start", 0), query.get("limit", 200)
        if start < 0 or not 1 <= limit <= 200:
            raise ApiError(400, "start or limit is out of range")
        with self._wiki.lock:
            groups = [] if anonymous else list(self._wiki.groups)
        shown = groups[start : start + limit]
        links = {
            "base": self._base_url,
            "context": "/wiki",
            "self": f"{self._base_url}/rest/api/group",
        }
        if start + limit < len(groups):
            links["next"] = f"/rest/api/group?next=true&limit={limit}&start={start + limit}"
        rows = [self._group(group) for group in shown]
        payload = {
            "results": rows,
            "start": start,
            "limit": limit,
            "size": len(rows),
            "_links": links,
        }
        return Reply(200, payload, points=1 + 2 * len(rows))

    def _search(self, raw_query: str) -> Reply:
        params = {"cql": queries.text, "limit": queries.number, "start": queries.number}
        query: Query = queries.read(raw_query, {**params, "cursor": queries.text})
        cql = query.get("cql")
        asked = _CONTENT_TYPE.match(cql or "")
        if asked is None:
            raise ApiError(400, f"Could not parse cql : {cql}")
        types = [*CONTENT_TYPES, *self._wiki.custom_types]
        if asked[1] not in types:
            message = (
                "com.atlassian.confluence.api.service.exceptions.api.BadRequestException: "
                f"Could not parse cql : {cql}. Unsupported value '{asked[1]}' for field 'type'. "
                f"Supported values are: [{', '.join(sorted(types))}]"
            )
            raise ApiError(400, message)
        links = {
            "base": self._base_url,
            "context": "/wiki",
            "self": f"{self._base_url}/rest/api/search",
        }
        return Reply(
            200,
            {
                "results": [],
                "start": 0,
                "limit": query.get("limit", 25),
                "size": 0,
                "totalSize": 0,
                "cqlQuery": cql,
                "searchDuration": 12,
                "_links": links,
            },
        )

    def _user(self, user: User) -> Row:
        return {
            "type": "known",
            "accountId": user.account_id,
            "accountType": user.account_type,
            "email": self._email,
            "publicName": user.name,
            "profilePicture": _picture(f"/wiki/aa-avatar/{user.account_id}"),
            "displayName": user.name,
            "isExternalCollaborator": False,
            "isGuest": False,
            "locale": "en_US",
            "accountStatus": "active",
            "_expandable": {"operations": "", "personalSpace": ""},
            "_links": {
                "base": self._base_url,
                "context": "/wiki",
                "self": f"{self._base_url}/rest/api/user?accountId={user.account_id}",
            },
        }

    def _group(self, group: Group) -> Row:
        return {
            "id": group.id,
            "name": group.name,
            "resourceAri": f"ari:cloud:identity::group/{group.id}",
            "type": "group",
            "_links": {"self": f"{self._base_url}/rest/experimental/group/{group.name}"},
        }


def _picture(path: str) -> Row:
    return {"path": path, "width": 48, "height": 48, "isDefault": False}


def _nobody() -> Row:
    return {
        "type": "anonymous",
        "profilePicture": _picture("/wiki/s/anonymous.png"),
        "displayName": "Anonymous",
        "_expandable": {"operations": ""},
    }
