"""What lies under what: pages, and the folders, whiteboards, databases and embeds between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.demo_site import words
from tests.demo_site.clock import iso
from tests.demo_site.errors import ApiError
from tests.demo_site.listing import CHILD_SORTS, Listing
from tests.demo_site.model import Page, TreeItem
from tests.demo_site.paging import walk_over
from tests.demo_site.queries import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.finder import Finder
    from tests.demo_site.listing import Opened, Opener
    from tests.demo_site.model import Row
    from tests.demo_site.queries import Query
    from tests.demo_site.store import Store

TREE_ITEMS = tuple(f"{name}s" for name in words.TREE_ITEMS)
"""In paths, the types of what lies among the pages are in the plural."""

DEEPEST = 10
SHOWN = frozenset({"current", "archived", "draft"})
"""Which statuses the lists have: drafts too, against what the API's reference says."""


@dataclass(frozen=True)
class Descendant:
    """Something at so many levels under what was asked for."""

    item: Page | TreeItem
    depth: int

    @property
    def num(self) -> int:
        """By what the list is sorted, so that a child may come before its parent."""
        return self.item.num


def hierarchy_lists(wiki: Store, find: Finder) -> Iterator[Listing]:
    """Get the lists of what is under pages and the rest of the tree."""
    sorts = (*CHILD_SORTS, "title", "-title")
    for kind in ("pages", *TREE_ITEMS):
        yield Listing(f"{kind}/{{id}}/direct-children", _children(wiki, find, kind), sorts)
        depth = {"depth": _depth}
        descendants = _descendants(wiki, find, kind)
        yield Listing(f"{kind}/{{id}}/descendants", descendants, params=depth)


def children(wiki: Store, num: int) -> list[Page | TreeItem]:
    """Get what lies right under something, the trash left out."""
    found: list[Page | TreeItem] = [*wiki.children[num], *wiki.tree_items_under[num]]
    return [item for item in found if item.status in SHOWN]


def type_of(item: Page | TreeItem) -> str:
    """Get the type as the API writes it, such as `page` or `folder`."""
    return item.type if isinstance(item, TreeItem) else "page"


def _above(find: Finder, kind: str, id_: str) -> int:
    return (find.content(kind, id_) if kind == "pages" else find.tree_item(kind, id_)).num


def _children(wiki: Store, find: Finder, kind: str) -> Opener:
    def opened(id_: str, _: Query) -> Opened:
        return walk_over(children(wiki, _above(find, kind, id_))), _child

    return opened


def _descendants(wiki: Store, find: Finder, kind: str) -> Opener:
    def opened(id_: str, query: Query) -> Opened:
        found: list[Descendant] = []
        level = [_above(find, kind, id_)]
        for depth in range(1, query.get("depth", 2) + 1):
            items = [item for above in level for item in children(wiki, above)]
            found += map(partial(Descendant, depth=depth), items)
            level = [item.num for item in items]
        return walk_over(found), _descendant

    return opened


def _depth(name: str, texts: list[str]) -> int:
    found = number(name, texts)
    if not 1 <= found <= DEEPEST:
        raise ApiError(400, f"depth must be between 1 and {DEEPEST}, was {found}")
    return found


def _child(item: Any) -> Row:
    return {
        "id": item.id,
        "status": item.status,
        "title": item.title,
        "type": type_of(item),
        "spaceId": str(item.space),
        "childPosition": item.position,
    }


def _descendant(found: Descendant) -> Row:
    """Write a descendant. `lastModified` is undocumented but seen live."""
    item = found.item
    return {
        "id": item.id,
        "status": item.status,
        "title": item.title,
        "type": type_of(item),
        "parentId": str(item.parent),
        "depth": found.depth,
        "childPosition": item.position,
        "lastModified": iso(item.modified),
    }
