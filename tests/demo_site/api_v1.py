"""The few endpoints of the v1 API that are still needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_site import answers, queries
from tests.demo_site.api_v2 import Reply
from tests.demo_site.datacenter.cql import type_of
from tests.demo_site.datacenter.expand import tree_of
from tests.demo_site.errors import ApiError, NoSuchPath, v1_envelope
from tests.demo_site.people_api import PeopleApi, is_about_people
from tests.demo_site.restrictions import OPERATIONS
from tests.demo_site.search import Search

if TYPE_CHECKING:
    from tests.demo_site.faults import Faults
    from tests.demo_site.model import Group, Row, User
    from tests.demo_site.restrictions import Restricting

ROOT = "/rest/api/"
CONTENT = "content/"
_BOTH = tree_of(f"{o}.restrictions.{kind}" for o in OPERATIONS for kind in ("user", "group"))


class ApiV1:
    """Answers v1 requests from one wiki.

    Args:
        wiki: The wiki.
        faults: The manners of the site that concern answers.
        base_url: What `_links.base` says.
        email: The address of the user who signs in.
    """

    def __init__(self, wiki: Restricting, faults: Faults, base_url: str, email: str) -> None:
        self._wiki = wiki
        self._faults = faults
        self._base_url = base_url
        self._email = email
        self._search = Search(wiki, faults, base_url)
        self._people = PeopleApi(wiki, faults, base_url)

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
                    with self._wiki.lock:
                        return self._found(self._search.anything(raw_query, anonymous=anonymous))
                case under if not anonymous and is_about_people(under):
                    return self._people.answer(under, raw_query)
                case under:
                    return self._other(under, raw_query, anonymous=anonymous)
        except ApiError as error:
            return Reply(error.status, v1_envelope(error.status, error.title))

    def _other(self, path: str, raw_query: str, *, anonymous: bool) -> Reply:
        if not anonymous:
            with self._wiki.lock:
                found = answers.answer(self._wiki, self._base_url, path, raw_query)
            if found is not None:
                return found
        if path.startswith(CONTENT):
            return self._content(path.removeprefix(CONTENT), raw_query, anonymous=anonymous)
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

    def _content(self, path: str, raw_query: str, *, anonymous: bool) -> Reply:
        """Answer what stands under `content` in a path."""
        if path == "search":
            with self._wiki.lock:
                return self._found(self._search.contents(raw_query, anonymous=anonymous))
        match path.split("/"):
            case [id_, "restriction", "byOperation", *rest] if len(rest) < 2:
                return self._restrictions(id_, rest, raw_query, anonymous=anonymous)
        raise NoSuchPath

    def _found(self, answer: Row) -> Reply:
        return Reply(200, answer, points=1 + len(answer["results"]))

    def _restrictions(
        self, id_: str, operations: list[str], raw_query: str, *, anonymous: bool
    ) -> Reply:
        params = {"start": queries.number, "limit": queries.number, "expand": queries.texts}
        query = queries.read(raw_query, params)
        try:
            content = self._wiki.restrictable(id_)
        except (KeyError, ValueError) as error:
            raise ApiError(404, f"No content found with id: {id_}") from error
        untold = type_of(content) in self._faults.restrictions_untold
        if anonymous or content.status == "trashed" or untold:
            raise ApiError(404, f"No content found with id: {id_}")
        rows = self._search.rows.restrictions
        if not operations:
            return Reply(200, rows.by_operation(content, _BOTH))
        if operations[0] not in OPERATIONS:
            raise ApiError(400, f"No such operation: {operations[0]}")
        start, limit = query.get("start", 0), query.get("limit", 100)
        return Reply(200, rows.one(content, operations[0], start, limit))

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
        # Some sites say this of some of their groups.
        kind = {"usageType": "USERBASE_GROUP", "managedBy": "ADMINS"} if group.id < "8" else {}
        return {
            **kind,
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
