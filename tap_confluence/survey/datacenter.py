"""What differs from one Confluence Data Center to the next, and how a site can be made to tell."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from tap_confluence.http.sign_in import SERVER_INFORMATION
from tap_confluence.survey.asker import OK, Asker, pick
from tap_confluence.survey.endpoints import Endpoints, Source
from tap_confluence.survey.facts import Question, UnansweredError
from tap_confluence.survey.search import SearchSurvey, cap_of

if TYPE_CHECKING:
    from collections.abc import Iterator

API = "/rest/api"
CONTENT = f"{API}/content"
SCAN = f"{CONTENT}/scan"

ONE_PAGE = {"type": "page", "limit": "1", "expand": "version"}

TYPES = ("page", "blogpost", "comment")
STATUSES = ("current", "archived", "trashed", "draft", "any")
RELEASE = re.compile(r"\d{1,3}(?:\.\d{1,4}){1,3}(?:-[a-z]+\d{0,3})?")
RESTRICTIONS = ",".join(
    f"restrictions.{operation}.restrictions.{kind}"
    for operation in ("read", "update")
    for kind in ("user", "group")
)
OFFSET = re.compile(r"T\S+([+-]\d\d:?\d\d|Z)")

WHOLE = 1_000_000
"""Pages of a list that no list has."""

CAPS = (("nothing", "", 1001), ("versions", "version", 1001), ("bodies", "body.storage", 60))
"""What is expanded, and how many are asked for."""

NEEDLESS = (
    f"{CONTENT}/{{page}}/version?limit=1",
    f"{API}/space/{{key}}/trash?limit=1",
    f"{API}/audit?limit=1",
)
"""What no run asks for."""

ENDPOINTS = (
    f"{API}/user/current",
    f"{API}/user/list?limit=1",
    f"{API}/group?limit=1",
    f"{API}/group/{{group}}/member?limit=1",
    f"{CONTENT}/{{page}}/watchers?limit=1",
    f"{CONTENT}/{{page}}/restriction/byOperation",
    f"{CONTENT}/{{page}}/history",
    "/rest/experimental/content/{page}/version?limit=1",
    f"{API}/space/{{key}}/permissions?limit=1",
    f"{API}/space/{{key}}/property?limit=1",
    f"{API}/space/{{key}}/watchers?limit=1",
    "/rest/auditing/1.0/events?limit=1",
    *NEEDLESS,
)
SOURCES = {
    "{page}": Source(CONTENT, "id", ONE_PAGE),
    "{group}": Source(f"{API}/group", "name"),
    "{key}": Source(f"{API}/space", "key"),
}


class DataCenterSurvey:
    """Asks a site of Confluence Data Center or Server.

    Args:
        asker: Asks the site.
        thorough: Whether to read whole lists.
    """

    def __init__(self, asker: Asker, *, thorough: bool) -> None:
        self._asker = asker
        self._search = SearchSurvey(asker)
        self._endpoints = Endpoints(asker, SOURCES)
        self._pages = WHOLE if thorough else 1

    def questions(self) -> Iterator[Question]:
        """Get the questions, the most important first."""
        yield Question("site", SERVER_INFORMATION, self._release)
        for kind in TYPES:
            for status in STATUSES:
                find = partial(self._scan, kind, status)
                yield Question(f"scan of type {kind}, status {status}", SCAN, find, ("finds",))
        for name, expand, limit in CAPS:
            yield Question(
                f"{limit} rows of a list that expands {name}",
                f"{CONTENT}?type=page",
                partial(self._cap, expand, limit),
            )
        yield Question(
            "where the next link of a lowered page leads", f"{CONTENT}?type=page", self._next
        )
        yield Question(
            "restrictions expanded in a list",
            f"{CONTENT}?expand=restrictions...",
            self._restricted,
            ("yes",),
        )
        yield Question("offset of times", "version.when of a page", self._offset)
        yield from self._search.questions()
        for kind in TYPES:
            how = f"{API}/search totalSize against {SCAN}, what is current"
            yield Question(f"count of type {kind}", how, partial(self._count, kind))
        yield from self._endpoints.questions(ENDPOINTS, NEEDLESS)

    def _release(self) -> str:
        reply = self._asker.ask_whether(SERVER_INFORMATION)
        if reply.status != OK:
            return f"Confluence Data Center that does not tell its release ({reply.status})"
        release = str(reply.body.get("version"))
        return f"Confluence Data Center {release if RELEASE.fullmatch(release) else 'unknown'}"

    def _scan(self, kind: str, status: str) -> str:
        reply = self._asker.ask_whether(SCAN, {"type": kind, "status": status, "limit": "1"})
        if reply.status != OK:
            return f"refused ({reply.status})"
        if not reply.rows:
            return "finds nothing"
        [row, *_] = reply.rows
        return "finds some" if row.get("type", kind) == kind else "passes over the type"

    def _pages_with(self, expand: str, limit: int) -> dict[str, str]:
        return {"type": "page", "limit": str(limit), **({"expand": expand} if expand else {})}

    def _cap(self, expand: str, limit: int) -> str:
        return cap_of(self._asker.get(CONTENT, self._pages_with(expand, limit)), limit)

    def _next(self) -> str:
        for _, expand, limit in reversed(CAPS):
            reply = self._asker.get(CONTENT, self._pages_with(expand, limit))
            found, start = len(reply.rows), reply.next_place.get("start")
            if start is None or not found or found >= limit:
                continue
            leads = {str(found): "behind the last row", str(limit): "further: it skips rows"}
            return leads.get(start, "elsewhere")
        message = "no page was lowered"
        raise UnansweredError(message)

    def _restricted(self) -> str:
        reply = self._asker.get(CONTENT, {"type": "page", "limit": "1", "expand": RESTRICTIONS})
        users = [pick(r, "restrictions", "read", "restrictions", "user") for r in reply.rows]
        if not users:
            message = "no page"
            raise UnansweredError(message)
        if not isinstance(pick(users[0], "results"), list):
            return "no users in it"
        tells = pick(users[0], "limit") is not None
        return f"yes, and the users in it {'have' if tells else 'have no'} limit"

    def _offset(self) -> str:
        reply = self._asker.get(CONTENT, ONE_PAGE)
        for row in reply.rows:
            found = OFFSET.search(str(pick(row, "version", "when")))
            if found:
                return found[1]
        message = "no time"
        raise UnansweredError(message)

    def _count(self, kind: str) -> str:
        total = self._search.total(kind)
        params = {"type": kind, "status": "current", "limit": "1000"}
        return f"search {total}, {self._asker.walk(SCAN, params, self._pages).size} scanned"
