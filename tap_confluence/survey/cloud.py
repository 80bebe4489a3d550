"""What is not known for sure of Confluence Cloud, and how a site can be made to tell."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tap_confluence.rest_v1.search import CONTENT_SEARCH, SITE_SEARCH
from tap_confluence.survey.asker import OK, Asker, Listed, pick
from tap_confluence.survey.endpoints import Endpoints, Source
from tap_confluence.survey.expansions import ExpansionSurvey
from tap_confluence.survey.facts import Question, UnansweredError
from tap_confluence.survey.restrictions import RestrictionSurvey
from tap_confluence.survey.search import SearchSurvey, cap_of, is_number
from tap_confluence.timestamps import to_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_confluence.survey.asker import Row

V1 = "/rest/api"
V2 = "/api/v2"
PAGES = f"{V2}/pages"
BLOG_POSTS = f"{V2}/blogposts"
FOLDERS = f"{V2}/folders"
FOOTER, INLINE = "footer-comments", "inline-comments"
FULL = "250"
NEWEST = {"limit": FULL, "sort": "-modified-date"}

STATUSES = frozenset({"current", "archived", "trashed", "deleted", "draft", "historical"})
FIELD = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,40}")

MOST_INCLUDED = 50
"""How many versions are told of with a page, as the description has it."""

FEW, MANY = 3, 50
"""Items to look at one by one until one tells, without and with `--thorough`."""

WHOLE = 100_000
"""Pages of a list that no list has."""

CURRENT = {**NEWEST, "status": "current"}

COUNTED = {
    "page": (PAGES,),
    "blogpost": (BLOG_POSTS,),
    "attachment": (f"{V2}/attachments",),
    "comment": (f"{V2}/{FOOTER}", f"{V2}/{INLINE}"),
}
"""The lists that hold what a search finds as a type."""

NEEDLESS = (
    f"{V1}/user/bulk?accountId={{account}}",
    f"{V1}/settings/systemInfo",
    f"{V1}/content?limit=1",
    f"{V1}/space?limit=1",
)
"""What no run asks for."""

ENDPOINTS = (
    f"{CONTENT_SEARCH}?cql=type=page&limit=250",
    f"{SITE_SEARCH}?cql=type=page&limit=1",
    f"{V1}/user/current",
    f"{V1}/group?limit=1",
    f"{V1}/group/{{group}}/membersByGroupId?limit=1",
    f"{V1}/search/user?cql=type=user&limit=1",
    f"{V1}/content/{{page}}/restriction/byOperation",
    f"{V1}/content/{{page}}/notification/child-created?limit=1",
    f"{V1}/content/{{page}}/state",
    f"{V1}/analytics/content/{{page}}/views",
    f"{V1}/space/{{key}}/watch?limit=1",
    f"{V1}/template/page?limit=1",
    f"{V1}/audit?limit=1",
    *NEEDLESS,
)
"""What REST v1 has that REST v2 has not, and what it is said to have no more."""

SOURCES = {
    "{page}": Source(PAGES, "id", CURRENT),
    "{account}": Source(PAGES, "authorId", CURRENT),
    "{group}": Source(f"{V1}/group", "id"),
    "{key}": Source(f"{V2}/spaces", "key"),
}


class CloudSurvey:
    """Asks a site of Confluence Cloud.

    Args:
        asker: Asks the site.
        thorough: Whether to read whole lists, and to look at many items until one tells.
    """

    def __init__(self, asker: Asker, *, thorough: bool) -> None:
        self._asker = asker
        self._search = SearchSurvey(asker)
        self._endpoints = Endpoints(asker, SOURCES)
        self._items = MANY if thorough else FEW
        self._pages = WHOLE if thorough else 1

    def questions(self) -> Iterator[Question]:
        """Get the questions, the most important first."""
        yield Question("site", "its settings", self._site)
        yield Question(
            "251 rows of a list", f"{PAGES}?limit=251", self._above_most, ("refused (400)",)
        )
        for place in (FOOTER, INLINE):
            yield Question(
                f"replies in the list of all {place}",
                f"parentCommentId in {V2}/{place}, and /children of some",
                partial(self._replies, place),
                ("yes",),
            )
        yield Question(
            "lists are sorted by version.createdAt",
            f"{PAGES}?sort=-modified-date",
            self._order,
            ("yes",),
        )
        for path in (PAGES, BLOG_POSTS):
            yield Question(f"status=deleted of {path}", "count only", partial(self._deleted, path))
        yield from self._search.questions()
        yield from RestrictionSurvey(self._asker, lambda: self._newest(PAGES).rows).questions()
        for status in ("archived", "trashed"):
            yield Question(
                f"{status} pages in the lists of labels",
                f"{V2}/labels/{{id}}/pages, for a label of such a page",
                partial(self._labelled, status),
                ("yes",),
            )
        yield Question(
            "trashing changes version.createdAt",
            "trashed pages against the newest of their versions",
            self._trashing,
        )
        yield Question(
            "versions that come with a page",
            f"include-versions, for a page of more than {MOST_INCLUDED}",
            self._included,
        )
        yield Question(
            "archived pages among descendants",
            f"{PAGES}/{{id}}/descendants of a page above one",
            self._archived_below,
            ("yes",),
        )
        for kind, path in (("page", PAGES), ("folder", FOLDERS)):
            yield Question(
                f"folders among descendants of a {kind}",
                f"{path}/{{id}}/descendants of one above a folder",
                partial(self._folders_below, kind, path),
                ("yes",),
            )
        yield Question(
            "fields of custom content",
            f"{V2}/custom-content, types as the search names them",
            self._custom_fields,
        )
        for kind, paths in COUNTED.items():
            how = f"{SITE_SEARCH} totalSize against {' and '.join(paths)}, what is current"
            yield Question(f"count of type {kind}", how, partial(self._count, kind, paths))
        yield from self._endpoints.questions(ENDPOINTS, NEEDLESS)
        yield from ExpansionSurvey(self._asker, lambda: self._newest(PAGES).rows).questions()

    def _site(self) -> str:
        root = urlsplit(self._asker.client.root)
        if (root.hostname or "").endswith(".atlassian.net"):
            return "Confluence Cloud at atlassian.net"
        place = "through the gateway" if "/ex/confluence/" in root.path else "at another host"
        return f"Confluence Cloud {place}"

    def _above_most(self) -> str:
        reply = self._asker.ask_whether(PAGES, {"limit": "251"})
        return cap_of(reply, 251) if reply.status == OK else f"refused ({reply.status})"

    def _newest(self, path: str) -> Listed:
        return self._asker.walk(path, NEWEST, self._pages)

    def _replies(self, place: str) -> str:
        listed = self._newest(f"{V2}/{place}")
        replies = [row for row in listed.rows if row.get("parentCommentId")]
        if replies:
            return f"yes ({len(replies)} of {len(listed.rows)} rows)"
        ids, last = listed.ids, min(_timestamps(listed.rows), default="")
        for root in self._roots(listed):
            path = f"{V2}/{place}/{root}/children"
            for reply in self._asker.get(path, {"limit": FULL}).rows:
                if str(reply.get("id")) in ids:
                    return "yes, but without parentCommentId"
                if listed.is_whole or (last and _timestamp(reply) > last):
                    return f"no (one is missing among {listed.size})"
        message = "no reply was met"
        raise UnansweredError(message)

    def _roots(self, listed: Listed) -> list[str]:
        """Get some comments of a list, those first that a search finds replies to."""
        params = {"cql": "type=comment", "expand": "ancestors", "limit": "200"}
        try:
            found = self._asker.get(CONTENT_SEARCH, params).rows
        except UnansweredError:
            found = []
        answered = [
            str(pick(above, "id"))
            for row in found
            for above in (row["ancestors"] if isinstance(row.get("ancestors"), list) else [])
        ]
        roots = [str(row.get("id")) for row in listed.rows]
        return sorted(roots, key=lambda root: root not in answered)[: self._items]

    def _order(self) -> str:
        timestamps = _timestamps(self._newest(PAGES).rows)
        if len(timestamps) <= 1:
            message = "too few pages"
            raise UnansweredError(message)
        wrong = sum(later > earlier for earlier, later in itertools.pairwise(timestamps))
        return (
            f"yes, {len(timestamps)} rows"
            if not wrong
            else f"no, {wrong} of {len(timestamps)} rows"
        )

    def _deleted(self, path: str) -> str:
        reply = self._asker.ask_whether(path, {"status": "deleted", "limit": FULL})
        if reply.status != OK:
            return f"refused ({reply.status})"
        named = Counter(_status_of(row) for row in reply.rows)
        statuses = ", ".join(f"{number} {status}" for status, number in sorted(named.items()))
        more = " or more" if reply.next_place else ""
        return f"{len(reply.rows)}{more}{f': {statuses}' if statuses else ''}"

    def _of_status(self, status: str) -> Sequence[Row]:
        return self._asker.get(PAGES, {**NEWEST, "status": status}).rows

    def _labelled(self, status: str) -> str:
        pages = self._of_status(status)
        for page in pages[: self._items]:
            id_ = str(page.get("id"))
            details = self._asker.get(f"{PAGES}/{id_}", {"include-labels": "true"})
            labels = pick(details.body, "labels", "results")
            label = pick(labels[0], "id") if isinstance(labels, list) and labels else None
            if label is None:
                continue
            params = {"limit": FULL, "space-id": str(page.get("spaceId"))}
            carriers = self._asker.walk(f"{V2}/labels/{label}/pages", params, self._pages)
            if id_ in carriers.ids:
                return "yes"
            if carriers.is_whole:
                return "no"
        message = f"no label was met on {status} pages"
        raise UnansweredError(message)

    def _trashing(self) -> str:
        pages = self._of_status("trashed")[: self._items]
        if not pages:
            message = "no trashed page"
            raise UnansweredError(message)
        compared = later = 0
        for page in pages:
            versions = self._asker.get(f"{PAGES}/{page.get('id')}/versions", NEWEST).rows
            newest = max((to_timestamp(row.get("createdAt")) or "" for row in versions), default="")
            compared += bool(newest)
            later += bool(newest) and _timestamp(page) > newest
        if not compared:
            message = "their versions have no dates"
            raise UnansweredError(message)
        return f"{'yes' if later else 'no sign of it'}: {later} of {compared} are dated later"

    def _included(self) -> str:
        for page in self._newest(PAGES).rows:
            number = pick(page, "version", "number")
            if is_number(number) and number > MOST_INCLUDED:
                body = self._asker.get(
                    f"{PAGES}/{page.get('id')}", {"include-versions": "true"}
                ).body
                versions = pick(body, "versions", "results")
                found = len(versions) if isinstance(versions, list) else 0
                has_more = pick(body, "versions", "meta", "hasMore") is True
                return f"{found} of {number}, and {'says' if has_more else 'does not say'} so"
        message = "no page has so many"
        raise UnansweredError(message)

    def _below(self, path: str, above: object) -> Listed:
        """List what is one or two levels below something."""
        params = {"limit": FULL, "depth": "2"}
        return self._asker.walk(f"{path}/{above}/descendants", params, self._pages)

    def _archived_below(self) -> str:
        pages = [p for p in self._of_status("archived") if p.get("parentType") == "page"]
        for page in pages[: self._items]:
            below = self._below(PAGES, page.get("parentId"))
            if str(page.get("id")) in below.ids:
                return "yes"
            if below.is_whole:
                return "no"
        message = "no archived page below a page"
        raise UnansweredError(message)

    def _folders_below(self, kind: str, path: str) -> str:
        inside = {
            str(page.get("parentId")): str(page.get("id"))
            for page in self._newest(PAGES).rows
            if page.get("parentType") == "folder"
        }
        for folder_id, page_id in itertools.islice(inside.items(), self._items):
            folder = self._asker.get(f"{FOLDERS}/{folder_id}").body
            if folder.get("parentType") != kind:
                continue
            below = self._below(path, folder.get("parentId"))
            if folder_id in below.ids:
                return f"yes, with{'' if page_id in below.ids else 'out'} the pages in them"
            if below.is_whole:
                return "no"
        message = f"no folder below a {kind}"
        raise UnansweredError(message)

    def _custom_fields(self) -> str:
        types = self._search.types()
        if not types:
            message = "no types"
            raise UnansweredError(message)
        fields: set[str] = set()
        rows = 0
        for kind in types[: self._items]:
            found = self._asker.get(f"{V2}/custom-content", {"type": kind, "limit": "25"}).rows
            rows += len(found)
            fields.update(name for row in found for name in row if FIELD.fullmatch(name))
        return f"{', '.join(sorted(fields)) or 'none'}; {rows} rows of {len(types)} types"

    def _count(self, kind: str, paths: Sequence[str]) -> str:
        total = self._search.total(kind)
        params = NEWEST if kind == "comment" else CURRENT
        lists = [self._asker.walk(path, params, self._pages) for path in paths]
        return f"search {total}, {' and '.join(found.size for found in lists)} listed"


def _timestamp(row: Row) -> str:
    return to_timestamp(pick(row, "version", "createdAt")) or ""


def _timestamps(rows: Sequence[Row]) -> list[str]:
    return [*filter(None, map(_timestamp, rows))]


def _status_of(row: Row) -> str:
    status = row.get("status")
    return status if isinstance(status, str) and status in STATUSES else "of another status"
