"""The REST API v1 of Data Center: from a path and a query to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.demo_site.api_v2 import Reply
from tests.demo_site.audit import data_center_answer
from tests.demo_site.datacenter.content_api import ContentApi
from tests.demo_site.datacenter.contents import ContentRows
from tests.demo_site.datacenter.finder import Finder
from tests.demo_site.datacenter.lists import Lists
from tests.demo_site.datacenter.people import People
from tests.demo_site.datacenter.setting import FIRST_WITH_AUDIT_LOG
from tests.demo_site.datacenter.space_api import SpaceApi
from tests.demo_site.datacenter.spaces import SpaceRows
from tests.demo_site.errors import ApiError, NoSuchPath, v1_envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo_site.datacenter.asked import Asked
    from tests.demo_site.datacenter.setting import Setting
    from tests.demo_site.model import Content, Row, Space

_REASONS = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error"}


class Api:
    """Answers requests from one wiki.

    Args:
        site: The site.
    """

    def __init__(self, site: Setting) -> None:
        self._wiki = site.wiki
        self._site = site
        self._people = People(site)
        self._lists = Lists(site)
        self._find = Finder(site.wiki, site.faults)
        rows = ContentRows(site, self._people)
        spaces = SpaceRows(site, self._people, rows)
        rows.spaces = spaces
        self._contents = ContentApi(site, self._find, self._lists, rows)
        self._spaces = SpaceApi(site, self._find, self._lists, rows, spaces)

    def answer(self, asked: Asked) -> Reply:
        """Answer a request.

        Raises:
            NoSuchPath: There is no such endpoint.
        """
        try:
            with self._wiki.lock:
                return Reply(200, self._payload(asked))
        except ApiError as error:
            return Reply(error.status, envelope(error.status, error.title))

    def _payload(self, asked: Asked) -> Any:
        match asked.segments:
            case ["rest", "api", "search"]:
                return self._contents.search_anything(asked)
            case ["rest", "api", "content", *rest] if "watchers" not in rest:
                return self._contents.answer(asked, rest)
            case ["rest", "experimental", "content", id_, "version"]:
                return self._contents.versions(asked, id_)
            case ["rest", "api", "space", *rest] if "watchers" not in rest:
                return self._spaces.answer(asked, rest)
            case ["rest", "api", "label", "labels"]:
                return self._spaces.all_labels(asked)
        return self._around(asked)

    def _around(self, asked: Asked) -> Any:
        """Answer what is about the site and its people."""
        match asked.segments:
            case ["rest", "api", "user", *rest]:
                return self._user(asked, rest)
            case ["rest", "auditing", "1.0", "events"] if (
                not asked.anonymous and self._site.release >= FIRST_WITH_AUDIT_LOG
            ):
                return data_center_answer(self._wiki, asked)
            case ["rest", "api", "server-information"] if self._site.release >= (8, 4):
                return self._server()
            case ["rest", "api", "content" | "space" as kind, id_, "watchers"] if (
                not asked.anonymous
            ):
                find = self._find.content if kind == "content" else self._find.space
                return self._watchers(asked, find(id_))
            case ["rest", "api", "permissions", *rest] if self._site.release >= (9, 1):
                return self._global_permissions(asked, rest)
            case ["rest", "api", "group", *rest]:
                return self._group(asked, rest)
        raise NoSuchPath

    def _global_permissions(self, asked: Asked, rest: list[str]) -> list[Row]:
        """List who may use the site at all, which is told to administrators."""
        if asked.anonymous or not self._site.faults.administrator:
            raise ApiError(403, "User is not permitted to view global permissions")
        people = self._wiki.people
        names = [group.name for group in self._wiki.groups]
        subjects: dict[str, list[Row]] = {
            "anonymous": [{"type": "anonymous"}] if people.anonymous_use else [],
            "unlicensed": [{"type": "unlicensed"}] if people.unlicensed_use else [],
            "group": [{"type": "group", "name": name} for name in names],
        }
        match rest:
            case []:
                kinds = ["anonymous", "group"]
            case ["anonymous" | "unlicensed"]:
                kinds = rest
            case _:
                raise NoSuchPath
        return [
            {
                "operation": {
                    "operationKey": "use_unlicensed" if kind == "unlicensed" else "use",
                    "targetType": "application",
                },
                "subject": subject,
            }
            for kind in kinds
            for subject in subjects[kind]
        ]

    def _user(self, asked: Asked, rest: list[str]) -> Row:
        match rest:
            case ["current"]:
                first = self._wiki.users[0].account_id
                return self._people.user(None if asked.anonymous else first)
            case ["anonymous"]:
                return self._people.stranger()
            case ["list"] if self._site.release >= (8, 0):
                users = [] if asked.anonymous else self._people.all()
                return self._lists.by_offset(asked, users, self._user_row(asked), default_limit=100)
            case [] if not asked.anonymous:
                found = self._people.find(asked.text("key"), asked.text("username"))
                if found is None:
                    raise ApiError(404, "No user found with the key or name")
                return self._user_row(asked)(found)
        raise NoSuchPath

    def _user_row(self, asked: Asked) -> Callable[[Row], Row]:
        expanded = "status" in asked.texts("expand")
        return lambda row: self._people.with_status(row, expanded=expanded)

    def _group(self, asked: Asked, rest: list[str]) -> Row:
        if asked.anonymous:
            raise ApiError(403, "The calling user does not have permission to view groups")
        people = self._people
        match rest:
            case []:
                groups = list(self._wiki.groups)
                return self._lists.by_offset(asked, groups, people.group, default_limit=200)
            case [name]:
                return people.group(self._find.group(name))
            case [name, "member"]:
                members, row = people.members(self._find.group(name)), self._user_row(asked)
                return self._lists.by_offset(asked, members, row, default_limit=200)
        raise NoSuchPath

    def _watchers(self, asked: Asked, watched: Content | Space) -> Row:
        if not self._site.faults.administrator:
            raise ApiError(403, "Only an administrator may see who watches")
        watchers = [self._people.user(who) for who in self._wiki.people.watchers(watched)]
        return self._lists.by_offset(asked, watchers, self._user_row(asked))

    def _server(self) -> Row:
        major, minor = self._site.release
        build = major * 1000 + minor * 100
        return {
            "baseUrl": self._site.base_url,
            "version": self._site.version,
            "buildNumber": build,
            "marketplaceBuildNumber": build,
            "buildDate": "2024-11-05T00:00:00.000Z",
        }


def envelope(status: int, message: str) -> Row:
    """Write a refusal."""
    if status == 429:
        return {"message": "Rate limit exceeded."}
    return {**v1_envelope(status, message), "reason": _REASONS.get(status, "Error")}
