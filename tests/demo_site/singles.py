"""Every single object of the v2 API, with what may be included in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.demo_site import queries, words
from tests.demo_site.errors import ApiError
from tests.demo_site.hierarchy import TREE_ITEMS
from tests.demo_site.paging import Cursor, Order, page_of
from tests.demo_site.queries import Param, Query, one_of, some_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.demo_site.faults import Faults
    from tests.demo_site.finder import Finder
    from tests.demo_site.listing import Listing
    from tests.demo_site.model import Content, Row
    from tests.demo_site.rows import Rows
    from tests.demo_site.store import Store

CAP = 50
VIEWS = ("view", "export_view", "anonymous_export_view")
BODIES = ("storage", "atlas_doc_format", *VIEWS, "styled_view", "editor")
PAGE_STATUSES = ("current", "archived", "trashed", "deleted", "historical", "draft")

_RAW = {"body-format": one_of("raw", "storage", "atlas_doc_format", *VIEWS)}
_BODY = {"body-format": one_of(*BODIES)}

Answer: TypeAlias = "Callable[[str, Query], Row | list[Row]]"


@dataclass(frozen=True)
class Single:
    """One endpoint that answers one object."""

    path: str
    answer: Answer
    params: Mapping[str, Param]


class Singles:
    """Makes the single answers of one wiki.

    Args:
        wiki: The wiki.
        rows: Writes the objects.
        find: Looks ids up.
        listings: The lists by path, from which the included first fifty are taken.
        faults: The manners of the site that concern answers.
    """

    def __init__(
        self,
        wiki: Store,
        rows: Rows,
        find: Finder,
        listings: Mapping[str, Listing],
        faults: Faults,
    ) -> None:
        self._wiki = wiki
        self._rows = rows
        self._find = find
        self._listings = listings
        self._faults = faults

    def all(self) -> Iterable[Single]:
        """Get every single endpoint."""
        rows = self._rows
        shared = ("labels", "properties", "operations", "versions", "version", "collaborators")
        page = (*shared, "likes", "favorited-by-current-user-status", "webresources")
        status: dict[str, Param] = {"status": some_of(*PAGE_STATUSES), "get-draft": queries.flag}
        remark = ("properties", "operations", "likes", "versions", "version")
        yield self._content("pages", rows.page, (*page, "direct-children"), {**_BODY, **status})
        yield self._content("blogposts", rows.blog_post, page, {**_BODY, **status})
        yield self._content("attachments", lambda c, *_: rows.attachment(c), shared, {})
        yield self._content("custom-content", rows.custom_content, shared, _RAW)
        yield self._content("footer-comments", rows.comment, remark, _BODY)
        yield self._content("inline-comments", rows.comment, remark, _BODY)
        space = ("icon", "operations", "properties", "permissions", "role-assignments", "labels")
        params: dict[str, Param] = {f"include-{name}": queries.flag for name in space}
        params["description-format"] = one_of("plain", "view")
        yield Single("spaces/{id}", self._space, params)
        yield Single("tasks/{id}", self._task, queries.BODY)
        lying = ("collaborators", "direct-children", "operations", "properties")
        flags: dict[str, Param] = {f"include-{name}": queries.flag for name in lying}
        for kind in TREE_ITEMS:
            yield Single(f"{kind}/{{id}}", partial(self._tree_item, kind), flags)

    def _content(
        self,
        kind: str,
        row: Callable[[Any, str | None, int | None], Row],
        flags: Iterable[str],
        params: Mapping[str, Param],
    ) -> Single:
        def answer(id_: str, query: Query) -> Row:
            content = self._find.content(kind, id_)
            number = query.get("version")
            if number is not None and not 1 <= number <= content.version:
                raise ApiError(404, f"Cannot find version [{number}] of content with id [{id_}]")
            self._refuse_broken(content, query)
            found = row(content, query.body_format, number)
            if query.get("include-version") is False:
                del found["version"]
            for name in ("labels", "properties", "versions", "operations", "likes"):
                if query.get(f"include-{name}") and self._faults.sections_come_along:
                    part = self._part(kind, content, name, query)
                    found[name] = {**found.get(name, {}), **part}
            if query.get("include-collaborators"):
                found["collaborators"] = [{"accountId": content.author}]
            if query.get("include-favorited-by-current-user-status"):
                found["isFavoritedByCurrentUser"] = False
            return found

        known: dict[str, Param] = {f"include-{name}": queries.flag for name in flags}
        return Single(f"{kind}/{{id}}", answer, {**known, **params, "version": queries.number})

    def _refuse_broken(self, content: Content, query: Query) -> None:
        status = self._faults.unrendered(content.id)
        if status is not None and query.body_format in VIEWS:
            raise ApiError(status, "Internal Server Error")

    def _part(self, kind: str, content: Content, name: str, query: Query) -> Row:
        link = f"/api/v2/{kind}/{content.id}/{name}"
        if name == "operations":
            pairs = (("read", content.kind), ("update", content.kind), ("delete", content.kind))
            operations = [{"operation": o, "targetType": t} for o, t in pairs]
            return _fragment(operations, None, link)
        if name == "likes":
            return self._first_fifty(f"{kind}/{{id}}/likes/users", content.id)
        if name == "properties" and kind.endswith("comments"):
            return self._first_fifty("comments/{id}/properties", content.id)
        if name == "versions":
            # Each repeats the content as of that version, with its text if one is asked for.
            return self._first_fifty(f"{kind}/{{id}}/versions", content.id, query)
        return self._first_fifty(f"{kind}/{{id}}/{name}", content.id)

    def _space(self, id_: str, query: Query) -> Row:
        space = self._find.space(id_)
        description, icon = query.get("description-format"), query.get("include-icon", False)
        found = self._rows.space(space, description, icon=icon)
        for name in ("labels", "properties", "permissions"):
            if query.get(f"include-{name}"):
                found[name] = self._first_fifty(f"spaces/{{id}}/{name}", id_)
        people = self._wiki.people
        if query.get("include-role-assignments") and people.has_roles and people.roles_come_along:
            found["roleAssignments"] = self._first_fifty("spaces/{id}/role-assignments", id_)
        if query.get("include-operations"):
            operations = [{"operation": o, "targetType": t} for o, t in words.OPERATIONS]
            link = f"/api/v2/spaces/{id_}/operations"
            found["operations"] = _fragment(operations, None, link)
        return found

    def _task(self, id_: str, query: Query) -> Row:
        return self._rows.task(self._find.task(id_), query.body_format)

    def _tree_item(self, kind: str, id_: str, query: Query) -> Row:
        del query  # how the answer has what may be included is not described
        return self._rows.tree_item(self._find.tree_item(kind, id_))

    def _first_fifty(self, path: str, id_: str, query: Query | None = None) -> Row:
        listing = self._listings[path]
        walk, row = listing.open(id_, query or Query())
        items, following = page_of(walk, Order(listing.default_sort), None, CAP)
        link = f"/api/v2/{path.replace('{id}', id_)}"
        return _fragment([row(item) for item in items], following, link)


def _fragment(results: list[Any], following: Cursor | None, link: str) -> Row:
    meta: Row = {"hasMore": following is not None}
    if following is not None:
        meta["cursor"] = following.encode()
    return {"results": results, "meta": meta, "_links": {"self": link}}
