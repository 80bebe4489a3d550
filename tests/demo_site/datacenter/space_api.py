"""Everything under `/rest/api/space`, and the list of all labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.demo_site.datacenter.expand import expansion
from tests.demo_site.datacenter.extent import is_here, parent_page
from tests.demo_site.datacenter.lists import ScanCursor, walk_from
from tests.demo_site.datacenter.spaces import kind_of
from tests.demo_site.errors import ApiError, NoSuchPath

if TYPE_CHECKING:
    from tests.demo_site.datacenter.asked import Asked
    from tests.demo_site.datacenter.contents import ContentRows
    from tests.demo_site.datacenter.finder import Finder
    from tests.demo_site.datacenter.lists import Lists
    from tests.demo_site.datacenter.setting import Setting
    from tests.demo_site.datacenter.spaces import SpaceRows
    from tests.demo_site.model import Row, Space

_TRASH = "ancestors,container,space,metadata"


class SpaceApi:
    """Answers requests for spaces.

    Args:
        site: The site.
        find: Looks keys up.
        lists: Cuts lists into pages.
        contents: Writes content.
        spaces: Writes spaces.
    """

    def __init__(
        self,
        site: Setting,
        find: Finder,
        lists: Lists,
        contents: ContentRows,
        spaces: SpaceRows,
    ) -> None:
        self._wiki = site.wiki
        self._faults = site.faults
        self._release = site.release
        self._find = find
        self._lists = lists
        self._contents = contents
        self._spaces = spaces

    def answer(self, asked: Asked, rest: list[str]) -> Any:
        """Answer a request, of which `rest` is what stands behind `space` in its path."""
        if not rest:
            return self._list(asked)
        if asked.anonymous:
            raise ApiError(404, f"No space with key : {rest[0]}")
        space = self._find.space(rest[0])
        match rest[1:]:
            case []:
                row = self._spaces.row(space, expansion(asked))
                row["_links"].update(self._lists.links_of_one("/rest/api/space"))
                return row
            case ["content", kind]:
                return self._content(asked, space, kind)
            case ["content"]:
                return {kind: self._content(asked, space, kind) for kind in ("page", "blogpost")}
            case ["permissions", "anonymous"] if self._release >= (9, 1):
                return self._spaces.permissions_of_anonymous(space)
            case [detail]:
                return self._detail(asked, space, detail)
        raise NoSuchPath

    def all_labels(self, asked: Asked) -> Row:
        """List the labels of the site."""
        name, prefix = asked.text("labelName"), asked.text("namespace")
        labels = [
            label
            for label in self._wiki.labels
            if name in {"", label.name} and prefix in {"", label.prefix} and not asked.anonymous
        ]
        return self._lists.by_offset(asked, labels, self._contents.label, default_limit=100)

    def _detail(self, asked: Asked, space: Space, name: str) -> Any:
        match name:
            case "permissions" if self._release >= (9, 1):
                return self._spaces.permissions(space)
            case "property":
                tree = expansion(asked, "version")
                return self._lists.by_offset(
                    asked,
                    space.properties,
                    lambda prop: self._spaces.property(space, prop, tree),
                    default_limit=10,
                )
            case "labels":
                return self._labels_in(asked, space)
            case "trash":
                return self._trash(asked, space)
        raise NoSuchPath

    def _list(self, asked: Asked) -> Row:
        keys, ids = asked.texts("spaceKey"), asked.texts("spaceId")
        kind, status = asked.text("type"), asked.text("status")
        tree = expansion(asked)
        spaces = [
            space
            for space in sorted(self._wiki.spaces, key=lambda space: space.num)
            if (not keys or space.key in keys)
            and (not ids or str(space.num) in ids)
            and kind in {"", kind_of(space)}
            and status in {"", space.status}
            and not asked.anonymous
        ]
        return self._lists.by_offset(
            asked, spaces, lambda space: self._spaces.row(space, tree), tree
        )

    def _labels_in(self, asked: Asked, space: Space) -> Row:
        """List the labels that are used by content in a space, not those of the space."""
        nums = {
            label
            for collection in self._wiki.contents()
            for content in collection
            if content.space == space.num and is_here(content)
            for label in content.labels
        }
        labels = [self._wiki.labels[num] for num in sorted(nums)]
        return self._lists.by_offset(asked, labels, self._contents.label)

    def _content(self, asked: Asked, space: Space, kind: str) -> Row:
        if kind not in {"page", "blogpost"}:
            raise ApiError(400, f"Unsupported content type: {kind}")
        wiki = self._wiki
        roots = asked.text("depth") == "root"
        contents: list[Any] = []
        if kind == "blogpost":
            contents.extend(wiki.blog_posts)
        else:
            contents.extend(p for p in wiki.pages if not roots or parent_page(wiki, p) is None)
        found = [c for c in contents if c.space == space.num and c.status == "current"]
        tree = expansion(asked)
        return self._lists.by_offset(
            asked,
            sorted(found, key=lambda content: content.num),
            lambda content: self._contents.row(content, tree),
            tree,
        )

    def _trash(self, asked: Asked, space: Space) -> Row:
        if not self._faults.administrator:
            raise ApiError(403, "User is not permitted to view the trash of the space")
        text = asked.text("cursor") or "content:false:null"
        cursor, tree = ScanCursor.decode(text), expansion(asked, _TRASH)
        wiki = self._wiki
        walked = (
            content
            for content in walk_from(cursor, (wiki.pages, wiki.blog_posts, wiki.attachments))
            if content.status == "trashed" and content.space == space.num and is_here(content)
        )
        return self._lists.by_cursor(
            asked, cursor, walked, lambda content: self._contents.row(content, tree), tree
        )
