"""Whether what a search of Confluence Cloud spells out of content by its ids can be relied on."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from tap_confluence.cloud.streams.labels import ContentLabelStream
from tap_confluence.rest_v1.search import CONTENT_SEARCH
from tap_confluence.survey.asker import OK, pick
from tap_confluence.survey.facts import Question, UnansweredError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tap_confluence.survey.asker import Asker, Reply, Row

    Names = set[str]

PAGES = "/api/v2/pages"
ATTACHMENTS = "/api/v2/attachments"
MOST_SEARCHED = 200
COMPARED = 50
"""Items whose details are asked for, to be compared with what the search tells."""

SOME = COMPARED // 3
"""Items of them at most that are chosen because a search tells something of them."""

NOT_KEYS = frozenset({"_links", "_expandable"})


def _label_ids(item: Row) -> Names | None:
    """Return the ids of all labels that a search tells of an item; None if some are missing."""
    rows = ContentLabelStream.expansion.rows(item)
    return None if rows is None else {str(row["id"]) for row in rows}


def _property_keys(item: Row) -> Names | None:
    """Return the keys of all properties that a search names of an item; None if it names none."""
    properties = pick(item, "metadata", "properties")
    if not hasattr(properties, "keys"):
        return None
    unexpanded = properties.get("_expandable")
    keys = {*properties, *(unexpanded if hasattr(unexpanded, "keys") else ())}
    return {str(key) for key in keys} - NOT_KEYS


SECTIONS: Mapping[str, tuple[str, str, Callable[[Row], Names | None]]] = {
    "labels": (",".join(ContentLabelStream.expansion.expand), "id", _label_ids),
    "properties": ("metadata.properties", "key", _property_keys),
}
"""What is compared: how a search spells it out, what tells one from others among the details, and
the same out of an item of the search."""


class ExpansionSurvey:
    """Compares what a search spells out with the details of the same items.

    Args:
        asker: Asks the site.
        pages: Gets some pages.
    """

    def __init__(self, asker: Asker, pages: Callable[[], Sequence[Row]]) -> None:
        self._asker = asker
        self._pages = pages

    def questions(self) -> Iterator[Question]:
        """Get the questions."""
        how = f"{CONTENT_SEARCH}?cql=id in (...)"
        for section, (expand, _, _) in SECTIONS.items():
            yield Question(
                f"{section} of pages by search",
                f"{how}&expand={expand}, against {PAGES}/{{id}} of {COMPARED}",
                partial(self._compare, section),
            )
        yield Question(
            "archived pages by search", f"{how}&cqlcontext={{contentStatuses}}", self._archived
        )
        for spelling, prefix in (("as they are", ""), ("without att", "att")):
            yield Question(
                f"attachments by search, ids {spelling}", how, partial(self._attachments, prefix)
            )

    def _compare(self, section: str) -> str:
        """Say of how many pages a search tells the same as their details."""
        told = self._told(section)
        listed = {i: self._details(i, section) for i in self._some() if told.get(i) is not None}
        compared = {i: names for i, names in listed.items() if names is not None}
        same = sum(told[page_id] == names for page_id, names in compared.items())
        number = sum(names is not None for names in told.values())
        return (
            f"told of {number} of {len(self._page_ids())}, the same for {same} of {len(compared)}, "
            f"{sum(map(bool, compared.values()))} of which have any"
        )

    def _told(self, section: str) -> dict[str, Names | None]:
        """Get the ids or keys of all that a search tells of pages, by their ids."""
        expand, _, names = SECTIONS[section]
        ids = self._page_ids()
        reply = self._ask(ids, {"expand": expand})
        if reply.status != OK:
            raise UnansweredError(str(reply.status))
        return {str(row.get("id")): names(row) for row in reply.rows if str(row.get("id")) in ids}

    def _page_ids(self) -> list[str]:
        return [str(page.get("id")) for page in self._pages()][:MOST_SEARCHED]

    def _some(self) -> list[str]:
        """Choose the pages to compare: first some of which each section has something to tell."""
        chosen: dict[str, None] = {}
        others: dict[str, None] = {}
        for section in SECTIONS:
            with contextlib.suppress(UnansweredError):
                told = self._told(section)
                chosen |= dict.fromkeys([i for i, names in told.items() if names][:SOME])
                others |= dict.fromkeys(told)
        return [*chosen, *(i for i in others if i not in chosen)][:COMPARED]

    def _details(self, page_id: str, section: str) -> Names | None:
        """Get the ids or keys of all that a page has in a section; None if it has too many."""
        _, key, _ = SECTIONS[section]
        params = {f"include-{name}": "true" for name in SECTIONS}
        part = pick(self._asker.get(f"{PAGES}/{page_id}", params).body, section)
        rows = pick(part, "results")
        if not isinstance(rows, list) or pick(part, "meta", "hasMore"):
            return None
        return {str(pick(row, key)) for row in rows}

    def _archived(self) -> str:
        listed = self._asker.get(PAGES, {"status": "archived", "limit": "25"})
        ids = [str(row.get("id")) for row in listed.rows]
        context = {"cqlcontext": '{"contentStatuses":["current","archived"]}'}
        return self._found(ids, {**context, "includeArchivedSpaces": "true"})

    def _attachments(self, prefix: str) -> str:
        listed = self._asker.get(ATTACHMENTS, {"status": "current", "limit": "25"})
        return self._found([str(row.get("id")).removeprefix(prefix) for row in listed.rows], {})

    def _found(self, ids: Sequence[str], params: Mapping[str, str]) -> str:
        reply = self._ask(ids, params)
        if reply.status != OK:
            return f"refused ({reply.status})"
        found = {_number(row.get("id")) for row in reply.rows}
        return f"{len(found & set(map(_number, ids)))} of {len(ids)} found"

    def _ask(self, ids: Sequence[str], params: Mapping[str, str]) -> Reply:
        if not ids:
            message = "nothing to search for"
            raise UnansweredError(message)
        cql = {"cql": f"id in ({','.join(ids)})", "limit": str(len(ids))}
        return self._asker.ask(CONTENT_SEARCH, {**cql, **params})


def _number(content_id: object) -> str:
    """Return an id as it is without what those of attachments begin with."""
    return str(content_id).removeprefix("att")
