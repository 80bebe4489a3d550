"""Finding things by the ids in a path, or refusing in the API's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from tests.demo_site.errors import ApiError
from tests.demo_site.paging import Numbered

if TYPE_CHECKING:
    from tests.demo_site.model import Content, Label, Space, Task, TreeItem
    from tests.demo_site.paging import Collection
    from tests.demo_site.store import Store

T = TypeVar("T", bound=Numbered)

_NAMES = {
    "pages": "page",
    "blogposts": "blogpost",
    "attachments": "attachment",
    "footer-comments": "comment",
    "inline-comments": "comment",
    "comments": "comment",
    "custom-content": "custom content",
}


class Finder:
    """Looks things up in one wiki. Every method raises ApiError when there is no such thing."""

    def __init__(self, wiki: Store) -> None:
        self._wiki = wiki

    def content(self, kind: str, id_: str) -> Content:
        """Find a content by the plural it has in paths."""
        num = _number(id_.removeprefix("att") if kind == "attachments" else id_)
        for collection in self._collections(kind):
            found: Content | None = collection.get(num)
            if found is not None and found.id == id_:
                return found
        raise missing(_NAMES[kind], id_)

    def tree_item(self, kind: str, id_: str) -> TreeItem:
        """Find what lies among the pages by the plural it has in paths, such as `folders`."""
        type_ = kind.removesuffix("s")
        return _in(self._wiki.tree_items[type_], type_, id_)

    def space(self, id_: str) -> Space:
        """Find a space."""
        return _in(self._wiki.spaces, "space", id_)

    def label(self, id_: str) -> Label:
        """Find a label."""
        return _in(self._wiki.labels, "label", id_)

    def task(self, id_: str) -> Task:
        """Find a task."""
        return _in(self._wiki.tasks, "task", id_)

    def custom_type(self, name: str | None) -> str:
        """Check a type of custom content, which every list of them requires."""
        if not name:
            raise ApiError(400, "Required parameter 'type' is missing")
        if name not in self._wiki.custom_types:
            raise ApiError(400, f"Unknown custom content type: {name}")
        return name

    def _collections(self, kind: str) -> tuple[Collection[Any], ...]:
        wiki = self._wiki
        collections: dict[str, tuple[Collection[Any], ...]] = {
            "pages": (wiki.pages,),
            "blogposts": (wiki.blog_posts,),
            "attachments": (wiki.attachments,),
            "footer-comments": (wiki.footer_comments,),
            "inline-comments": (wiki.inline_comments,),
            "comments": (wiki.footer_comments, wiki.inline_comments),
            "custom-content": (wiki.custom_content,),
        }
        return collections[kind]


def missing(name: str, id_: str) -> ApiError:
    """Say that there is no such thing."""
    return ApiError(404, f"Cannot find a {name} with id [{id_}]")


def _in(collection: Collection[T], name: str, id_: str) -> T:
    found = collection.get(_number(id_))
    if found is None:
        raise missing(name, id_)
    return found


def _number(id_: str) -> int:
    try:
        return int(id_)
    except ValueError as error:
        raise ApiError(400, f"Provided value {{{id_}}} for 'id' is not a number") from error
