"""Search on Cloud: `/rest/api/content/search` and `/rest/api/search`, with their cursors."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from tests.demo_site import queries
from tests.demo_site.cloud_v1 import CloudContentRows, CloudSetting
from tests.demo_site.datacenter.cql import Hit, Searcher, type_of
from tests.demo_site.datacenter.expand import tree_of, wants_body
from tests.demo_site.datacenter.extent import ancestors
from tests.demo_site.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.demo_site.datacenter.expand import Tree
    from tests.demo_site.faults import Faults
    from tests.demo_site.model import Content, Row
    from tests.demo_site.queries import Param, Query
    from tests.demo_site.store import Store

OTHER_TYPES = ("space", "user")
SLOW_BODIES = ("export_view", "styled_view")
MOST_SLOW_BODIES = 25
SHORT_FROM = 50
"""Rows from which on a page of `/search` is a little shorter than it was asked to be."""

ATTACHMENT_ID = re.compile(r"\batt\d")
NUMBER = re.compile(r"\b\d+\b")
PAGED = ("cursor", "limit", "next", "start")
PARAMS: dict[str, Param] = {
    "cql": queries.text,
    "cqlcontext": queries.text,
    "cursor": queries.text,
    "expand": queries.texts,
    "includeArchivedSpaces": queries.flag,
    "limit": queries.number,
    "next": queries.flag,
    "start": queries.number,
}


class Search:
    """Searches one wiki.

    Current content is found, archived content only by who asks for it, and then not on every site;
    what was written a moment ago is found later.

    Args:
        wiki: The wiki.
        faults: The manners of the site: caps, lag, poison.
        base_url: The URL of the site.
    """

    def __init__(self, wiki: Store, faults: Faults, base_url: str) -> None:
        site = CloudSetting(wiki, faults, base_url)
        self._wiki = wiki
        self._faults = faults
        self._base_url = base_url
        self._searcher = Searcher(wiki, site.times, lambda _: True)
        self._searcher.collections |= {
            **dict.fromkeys(OTHER_TYPES, ()),
            **{name: (collection,) for name, collection in wiki.tree_items.items()},
        }
        self.rows = CloudContentRows(site)

    def contents(self, raw_query: str, *, anonymous: bool) -> Row:
        """Answer `/rest/api/content/search`: the contents themselves."""
        query = queries.read(raw_query, PARAMS)
        tree = tree_of(query.get("expand", []))
        hits = [] if anonymous else self._hits(query)[: self._faults.lists.search_ends_after]
        place = _after(hits, query.get("cursor"))
        limit = self._limit(query, tree)
        shown = hits[place : place + limit]
        self._check([hit.content for hit in shown], tree)
        self._faults.lists.check([h.content for h in shown if tree], with_body=wants_body(tree))
        links = self._links("/rest/api/content/search")
        if place + limit < len(hits):
            parts = (part for part in query.raw.split("&") if part.partition("=")[0] not in PAGED)
            start = query.get("start", 0) + len(shown)
            cursor = quote(_cursor(shown[-1], place + limit), safe="")
            links["next"] = (
                f"/rest/api/content/search?next=true&cursor={cursor}&limit={limit}&start={start}"
                f"&{'&'.join(parts)}"
            )
        return {
            "results": [self.rows.row(hit.content, tree) for hit in shown],
            "start": query.get("start", 0),
            "limit": limit,
            "size": len(shown),
            "_links": links,
        }

    def anything(self, raw_query: str, *, anonymous: bool) -> Row:
        """Answer `/rest/api/search`: hits. It passes over `start` and counts roughly."""
        query = queries.read(raw_query, {**PARAMS, "excerpt": queries.text})
        hits = [] if anonymous else self._hits(query)
        place = _after(hits, query.get("cursor"))
        limit = self._limit(query, {})
        short = limit - limit // 50 if limit >= SHORT_FROM else limit
        shown = hits[place : place + short]
        links = self._links("/rest/api/search")
        if place + short < len(hits):
            paging = {"cql": query.get("cql"), "limit": limit}
            cursor = quote(_cursor(shown[-1], place + short), safe="")
            links["next"] = f"/rest/api/search?next=true&cursor={cursor}&{urlencode(paging)}"
        return {
            "results": [self._hit(hit.content) for hit in shown],
            "start": 0,
            "limit": limit,
            "size": len(shown),
            "totalSize": len(hits) + len(hits) // 100,
            "cqlQuery": query.get("cql"),
            "searchDuration": 12,
            "archivedResultCount": 0,
            "_links": links,
        }

    def _hits(self, query: Query) -> list[Hit]:
        cql = query.get("cql")
        if not cql:
            raise ApiError(400, "Required parameter 'cql' is missing")
        if self._faults.numeric_ids_only and ATTACHMENT_ID.search(cql):
            raise ApiError(400, f"Could not parse cql : {cql}")
        if self._faults.finds_files_by_number:
            cql = NUMBER.sub(self._with_prefix, cql)
        self._searcher.collections |= dict.fromkeys(
            self._wiki.custom_types, (self._wiki.custom_content,)
        )
        for name in self._faults.unknown_types:
            self._searcher.collections.pop(name, None)
        hits = self._searcher.hits(
            cql,
            archived_spaces=query.get("includeArchivedSpaces", False),
            lag=self._faults.index_lag,
            statuses=self._statuses(query.get("cqlcontext")),
        )
        return [hit for hit in hits if self._is_told(hit.content)] if "id in (" in cql else hits

    def _with_prefix(self, number: re.Match[str]) -> str:
        """Write the number of an attachment as its id."""
        return f"att{number[0]}" if int(number[0]) in self._wiki.attachments else number[0]

    def _is_told(self, content: Content) -> bool:
        """Tell whether a search for ids finds a content that others find."""
        faults = self._faults
        one_in = faults.missed_one_in
        is_missed = one_in is not None and content.num % one_in == 0
        passed_over = {*faults.unsearched_ids, *faults.restrictions_untold}
        return not is_missed and type_of(content) not in passed_over

    def _statuses(self, context: str | None) -> frozenset[str]:
        if context is None:
            return frozenset({"current"})
        try:
            asked = json.loads(context).get("contentStatuses", ["current"])
        except (ValueError, AttributeError) as error:
            raise ApiError(400, f"Could not parse cqlcontext : {context}") from error
        found = frozenset(map(str, asked))
        return found if self._faults.finds_archived else found & {"current"}

    def _limit(self, query: Query, tree: Tree) -> int:
        caps, kind = self._faults.caps, "body" if wants_body(tree) else "expand" if tree else "bare"
        limit: int = min(max(1, query.get("limit", 25)), caps[kind])
        if any(name in tree.get("body", {}) for name in SLOW_BODIES):
            limit = min(limit, MOST_SLOW_BODIES)
        cap = self._faults.limit_cap
        return limit if cap is None else min(limit, cap)

    def _check(self, contents: Sequence[Content], tree: Tree) -> None:
        """Fail for all because of one.

        Raises:
            ApiError: One is poisonous, lies under something in the trash
                (https://jira.atlassian.com/browse/CONFCLOUD-77618), or they are too many.
        """
        if not tree:
            return
        most = self._faults.most_in_time
        if most is not None and len(contents) > most:
            raise ApiError(504, "Gateway Timeout")
        for content in contents:
            status = self._faults.poisoned(content.id)
            if "ancestors" in tree and any(
                above.status != "current" for above in ancestors(self._wiki, content)
            ):
                status = 404
            if status is not None:
                raise ApiError(status, f"Cannot find content {content.id}")

    def _hit(self, content: Content) -> Row:
        row = self.rows.row(content, {})
        title = html.escape(content.title)
        return {
            "content": row,
            "title": f"@@@hl@@@{title}@@@endhl@@@" if content.num % 2 else title,
            "excerpt": "",
            "url": row["_links"]["webui"],
            "entityType": "content",
            "iconCssClass": f"aui-icon content-type-{row['type']}",
            "lastModified": self.rows.version(content, content.version)["when"],
            "friendlyLastModified": "recently",
            "score": 0.0,
        }

    def _links(self, path: str) -> Row:
        return {
            "base": self._base_url,
            "context": "/wiki",
            "self": f"{self._base_url}{path}",
        }


def _cursor(hit: Hit, start: int) -> str:
    """Write the place behind a hit, as a search engine does that goes on after a sort key."""
    offset, key = (base64.b64encode(json.dumps(part).encode()) for part in (start, hit.key))
    return f"_f_{offset.decode()}_sa_{key.decode()}"


def _after(hits: Sequence[Hit], cursor: str | None) -> int:
    """Find the first hit behind a cursor.

    Raises:
        ApiError: It is none.
    """
    if cursor is None:
        return 0
    try:
        key = tuple(json.loads(base64.b64decode(cursor.partition("_sa_")[2], validate=True)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise ApiError(400, f"Provided cursor is not valid: {cursor[:40]}") from error
    return bisect_right([hit.key for hit in hits], key)
