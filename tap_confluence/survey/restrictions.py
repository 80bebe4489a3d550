"""Whether a site of Confluence Cloud tells the restrictions of what lies among its pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tap_confluence.cloud.api.descendants import TREE_ITEMS
from tap_confluence.rest_v1.search import CONTENT_SEARCH
from tap_confluence.streams.restrictions import EXPAND, expanded_restrictions
from tap_confluence.survey.asker import OK, pick
from tap_confluence.survey.facts import Question, UnansweredError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap_confluence.survey.asker import Asker, Row

BY_ID = "/rest/api/content/{id}/restriction/byOperation"


class RestrictionSurvey:
    """Asks whether restrictions are told, and never whom something is restricted to.

    Args:
        asker: Asks the site.
        pages: Gets some pages, which name what they lie under.
    """

    def __init__(self, asker: Asker, pages: Callable[[], Sequence[Row]]) -> None:
        self._asker = asker
        self._pages = pages

    def questions(self) -> Iterator[Question]:
        """Get the questions."""
        for kind in TREE_ITEMS:
            how = f"{BY_ID} and {CONTENT_SEARCH} for the id of one"
            find = partial(self._told, kind)
            yield Question(
                f"restrictions of a {kind}", how, find, ("by id: told; by search: told",)
            )

    def _told(self, kind: str) -> str:
        id_ = self._one(kind)
        return f"by id: {self._by_id(id_)}; by search: {self._by_search(id_)}"

    def _one(self, kind: str) -> str:
        """Find the id of something of a type.

        Raises:
            UnansweredError: There is none, or nothing tells.
        """
        for page in self._pages():
            if page.get("parentType") == kind and page.get("parentId") is not None:
                return str(page["parentId"])
        found = self._asker.ask_whether(CONTENT_SEARCH, {"cql": f"type={kind}", "limit": "1"}).rows
        for row in found:
            if row.get("type") == kind:
                return str(row.get("id"))
        message = f"no {kind} was met"
        raise UnansweredError(message)

    def _by_id(self, id_: str) -> str:
        reply = self._asker.ask(BY_ID.format(id=id_))
        if reply.status != OK:
            return f"refused ({reply.status})"
        spelled_out = {
            operation: {"restrictions": pick(reply.body, operation, "restrictions")}
            for operation in ("read", "update")
        }
        is_told = expanded_restrictions({"restrictions": spelled_out}) is not None
        return "told" if is_told else "answered without them"

    def _by_search(self, id_: str) -> str:
        cql = {"cql": f"id in ({id_})", "includeArchivedSpaces": "true"}
        params = {**cql, "expand": ",".join(EXPAND), "limit": "1"}
        reply = self._asker.ask(CONTENT_SEARCH, params)
        if reply.status != OK:
            return f"refused ({reply.status})"
        found = [row for row in reply.rows if str(row.get("id")) == id_]
        if not found:
            return "not found"
        return "told" if expanded_restrictions(found[0]) is not None else "found without them"
