"""Lists of Data Center: by offset, with everything that is awkward about them, and by cursor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any

from tests.demo_site.datacenter.expand import wants_body, wants_export
from tests.demo_site.errors import ApiError
from tests.demo_site.model import Content
from tests.demo_site.paging import Order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tests.demo_site.datacenter.asked import Asked
    from tests.demo_site.datacenter.expand import Tree
    from tests.demo_site.datacenter.setting import Setting
    from tests.demo_site.model import Row
    from tests.demo_site.paging import Collection

ENDLESS_FROM = 200
_CURSOR = re.compile(r"(content|blogpost|comment):(true|false):(null|\d+)")


@dataclass(frozen=True)
class ScanCursor:
    """A place in a scan: before or after one id, or at its beginning."""

    kind: str
    backwards: bool
    num: int | None

    @classmethod
    def decode(cls, text: str) -> ScanCursor:
        """Read a cursor such as `content:false:393229`.

        Raises:
            ApiError: It is none.
        """
        found = _CURSOR.fullmatch(text)
        if found is None:
            raise ApiError(400, f"Invalid cursor: {text[:60]}")
        kind, backwards, num = found.groups()
        return cls(kind, backwards == "true", None if num == "null" else int(num))

    def encode(self) -> str:
        """Write the cursor."""
        num = "null" if self.num is None else self.num
        return f"{self.kind}:{'true' if self.backwards else 'false'}:{num}"


class Lists:
    """Cuts pages out of lists.

    Args:
        site: The site, of whose manners some concern lists.
    """

    def __init__(self, site: Setting) -> None:
        self._faults = site.faults
        self._base_url = site.base_url
        self._context_path = site.context_path

    def by_offset(
        self,
        asked: Asked,
        items: Sequence[Any],
        row: Callable[[Any], Row],
        tree: Tree | None = None,
        *,
        default_limit: int = 25,
    ) -> Row:
        """Answer with the rows from `start` on.

        Raises:
            ApiError: A row of the page is poisonous.
        """
        start, requested = asked.number("start", 0), asked.number("limit", default_limit)
        limit = self._most(requested, tree or {})
        shown = items[start : start + self._shortened(limit)]
        more = start + len(shown) < len(items)
        if self._faults.endless_paging and not shown and len(items) > ENDLESS_FROM:
            shown, more = items[-limit:], True
        self._check(shown, tree)
        skips = self._faults.next_skips_rows and requested > limit
        following = start + (requested if skips else len(shown))
        links = self._links(asked)
        kept = asked.query_without({"start", "limit"})
        if more:
            parts = [*kept, f"limit={requested}", f"start={following}"]
            links["next"] = f"{asked.path}?{'&'.join(parts)}"
        if start:
            parts = [*kept, f"limit={requested}", f"start={max(0, start - requested)}"]
            links["prev"] = f"{asked.path}?{'&'.join(parts)}"
        return {
            "results": [row(item) for item in shown],
            "start": start,
            "limit": limit,
            "size": len(shown),
            "_links": links,
        }

    def by_cursor(
        self,
        asked: Asked,
        cursor: ScanCursor,
        walked: Iterator[Any],
        row: Callable[[Any], Row],
        tree: Tree,
    ) -> Row:
        """Answer with the rows of a walk from a cursor on, in the order of ids.

        Raises:
            ApiError: A row of the page is poisonous.
        """
        requested = asked.number("limit", 25)
        limit = self._most(requested, tree)
        items = list(islice(walked, self._shortened(limit) + 1))
        more = len(items) > self._shortened(limit)
        items = items[: self._shortened(limit)]
        if cursor.backwards:
            items.reverse()
        self._check(items, tree)
        payload: Row = {"results": [row(item) for item in items], "cursor": cursor.encode()}
        links = self._links(asked)
        ahead, behind = (True, more) if cursor.backwards else (more, cursor.num is not None)
        for name, there, place in (("next", ahead, -1), ("prev", behind, 0)):
            if there and items:
                to = ScanCursor(cursor.kind, name == "prev", items[place].num).encode()
                kept = asked.query_without({"cursor", "limit"})
                parts = [f"cursor={to}", *kept, f"limit={requested}"]
                payload[f"{name}Cursor"] = to
                links[name] = f"{asked.path}?{'&'.join(parts)}"
        return {**payload, "limit": limit, "size": len(items), "_links": links}

    def links_of_one(self, collection: str) -> Row:
        """Get the links that an answer of one object has in addition."""
        return {"base": self._base_url, "context": self._context_path, "collection": collection}

    def check(self, content: Content, tree: Tree | None) -> None:
        """Refuse a content that is poisonous.

        Raises:
            ApiError: It is.
        """
        self._check([content], tree)

    def _most(self, requested: int, tree: Tree) -> int:
        faults = self._faults
        kind = "body" if wants_body(tree) else "expand" if tree else "bare"
        kind = "export" if wants_export(tree) else kind
        limit = min(requested, faults.caps[kind])
        return limit if faults.limit_cap is None else min(limit, faults.limit_cap)

    def _shortened(self, limit: int) -> int:
        return max(1, limit - limit // 3) if self._faults.short_pages and limit else limit

    def _check(self, items: Iterable[Any], tree: Tree | None) -> None:
        if not tree:
            return
        for item in items:
            status = self._status_of(item, tree) if isinstance(item, Content) else None
            if status is not None:
                message = "Cannot find content" if status == 404 else "Internal Server Error"
                raise ApiError(status, message)

    def _status_of(self, content: Content, tree: Tree) -> int | None:
        poisoned = self._faults.poisoned(content.id)
        is_rendered = any("view" in name for name in tree.get("body", {}))
        if poisoned is None and is_rendered:
            return self._faults.unrendered(content.id)
        return poisoned

    def _links(self, asked: Asked) -> Row:
        query = f"?{asked.raw_query}" if asked.raw_query else ""
        return {
            "self": f"{self._base_url}{asked.path}{query}",
            "base": self._base_url,
            "context": self._context_path,
        }


def walk_from(cursor: ScanCursor, collections: Iterable[Collection[Any]]) -> Iterator[Any]:
    """Walk over several collections at once, from a cursor on."""
    order = Order("-id" if cursor.backwards else "id")
    after = None if cursor.num is None else (cursor.num, cursor.num)
    walks = (collection.walk(order, after) for collection in collections)
    return merge(*walks, key=order.key, reverse=order.descending)
