"""Everything under `/rest/api/content`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.demo_site.datacenter.cql import Searcher
from tests.demo_site.datacenter.expand import expansion, tree_of
from tests.demo_site.datacenter.extent import comments_on, is_here
from tests.demo_site.datacenter.finder import missing, status_test
from tests.demo_site.datacenter.lists import ScanCursor, walk_from
from tests.demo_site.datacenter.setting import FIRST_WITH_SCANS
from tests.demo_site.errors import ApiError, NoSuchPath

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo_site.datacenter.asked import Asked
    from tests.demo_site.datacenter.contents import ContentRows
    from tests.demo_site.datacenter.finder import Finder
    from tests.demo_site.datacenter.lists import Lists
    from tests.demo_site.datacenter.setting import Setting
    from tests.demo_site.model import Comment, Content, Row
    from tests.demo_site.paging import Collection

SINGLE = "history,space,version"
_RESTRICTIONS = tree_of(
    f"{operation}.restrictions.{kind}"
    for operation in ("read", "update")
    for kind in ("user", "group")
)
_SCAN_KINDS = {"page": "content", "blogpost": "blogpost", "comment": "comment"}
_SCANNED = {kind: name for name, kind in _SCAN_KINDS.items()}


class ContentApi:
    """Answers requests for content.

    Args:
        site: The site.
        find: Looks ids up.
        lists: Cuts lists into pages.
        rows: Writes content.
    """

    def __init__(self, site: Setting, find: Finder, lists: Lists, rows: ContentRows) -> None:
        self._wiki = site.wiki
        self._site = site
        self._faults = site.faults
        self._find = find
        self._lists = lists
        self._rows = rows
        self._searcher = Searcher(site.wiki, site.times)

    def answer(self, asked: Asked, rest: list[str]) -> Any:
        """Answer a request, of which `rest` is what stands behind `content` in its path."""
        match rest:
            case []:
                return self._list(asked)
            case ["scan"] if self._site.supports_scan and self._site.release >= FIRST_WITH_SCANS:
                return self._scan(asked)
            case ["search"]:
                return self._contents(asked, self._found(asked))
            case [id_]:
                return self._single(asked, id_)
            case [id_, *below]:
                if asked.anonymous:
                    raise missing(id_)
                return self._below(asked, self._find.content_with_details(id_), below)
        raise NoSuchPath

    def versions(self, asked: Asked, id_: str) -> Row:
        """List the versions of a content, the newest first."""
        if asked.anonymous:
            raise missing(id_)
        content = self._find.content_with_details(id_)
        numbers = range(content.version, 0, -1)
        return self._lists.by_offset(
            asked, numbers, lambda number: self._rows.version(content, number)
        )

    def search_anything(self, asked: Asked) -> Row:
        """Search with an answer of hits, whose pages no link connects."""
        found = self._found(asked)
        tree = expansion(asked).get("content", {})

        def hit(content: Content) -> Row:
            row = self._rows.row(content, tree)
            return {
                "content": row,
                "title": row["title"],
                "excerpt": "",
                "url": row["_links"]["webui"],
                "entityType": "content",
                "lastModified": self._rows.version(content, content.version)["when"],
            }

        payload = self._lists.by_offset(asked, found, hit, tree)
        payload["_links"].pop("next", None)
        return {
            **payload,
            "totalSize": len(found),
            "cqlQuery": asked.text("cql"),
            "searchDuration": 9,
        }

    def _list(self, asked: Asked) -> Row:
        kind = asked.text("type", "page")
        collections: dict[str, Collection[Any]] = {
            "page": self._wiki.pages,
            "blogpost": self._wiki.blog_posts,
        }
        if kind not in collections:
            raise ApiError(400, f"Unsupported content type: {kind}")
        wanted = self._wanted(asked)
        title, ids = asked.text("title"), set(asked.texts("ids"))
        contents = [
            content
            for content in sorted(collections[kind], key=lambda c: c.num)
            if wanted(content)
            and (not title or content.title == title)
            and (not ids or content.id in ids)
        ]
        return self._contents(asked, contents)

    def _scan(self, asked: Asked) -> Row:
        if asked.text("cursor"):
            cursor = ScanCursor.decode(asked.text("cursor"))
            kind = _SCANNED[cursor.kind]
        else:
            kind = asked.text("type", "page")
            cursor = ScanCursor(_SCAN_KINDS.get(kind, ""), backwards=False, num=None)
        wiki = self._wiki
        collections: dict[str, tuple[Collection[Any], ...]] = {"page": (wiki.pages,)}
        if self._site.release >= (8, 3):
            collections["blogpost"] = (wiki.blog_posts,)
            collections["comment"] = (wiki.footer_comments, wiki.inline_comments)
        if kind not in collections:
            raise ApiError(400, f"Unsupported content type: {kind}")
        tree, wanted = expansion(asked), self._wanted(asked)
        row = self._writer(tree)
        walked = filter(wanted, walk_from(cursor, collections[kind]))
        return self._lists.by_cursor(asked, cursor, walked, row, tree)

    def _found(self, asked: Asked) -> list[Content]:
        archived = asked.flag("includeArchivedSpaces")
        lag, cql = self._faults.index_lag, asked.text("cql")
        found = self._searcher.find(cql, archived_spaces=archived, lag=lag)
        return [] if asked.anonymous else found

    def _single(self, asked: Asked, id_: str) -> Row:
        if asked.anonymous:
            raise missing(id_)
        content = self._find.content(id_)
        statuses = asked.texts("status")
        number = asked.number("version", 0)
        if "historical" in statuses and not 1 <= number <= content.version:
            raise ApiError(404, f"No version {number} of content with id: {id_}")
        wanted = status_test(status for status in statuses if status != "historical")
        if not wanted(content) and "historical" not in statuses and content.status != "archived":
            raise missing(id_)
        tree = expansion(asked, SINGLE)
        if asked.has("expand"):
            self._lists.check(content, tree)
        row = self._rows.row(content, tree, number or None)
        if "container" in tree and content.id not in self._faults.orphans:
            row["container"] = self._rows.container(content, tree["container"])
        row["_links"].update(self._lists.links_of_one("/rest/api/content"))
        return row

    def _below(self, asked: Asked, content: Content, rest: list[str]) -> Any:
        match rest:
            case ["label" | "property", *_]:
                return self._details(asked, content, rest)
            case ["history"]:
                tree = expansion(asked, "previousVersion,nextVersion,lastUpdated")
                return self._rows.history(content, tree, content.version)
            case ["restriction", "byOperation", *operations]:
                return self._restrictions(asked, content, operations)
            case ["child"]:
                return self._rows.row(content, {"children": expansion(asked)})["children"]
            case ["child", kind]:
                return self._children(asked, content, kind)
            case ["descendant", "comment"]:
                every = list(comments_on(self._wiki, content, replies=True))
                return self._contents(asked, every)
        raise NoSuchPath

    def _restrictions(self, asked: Asked, content: Content, operations: list[str]) -> Row:
        rows = self._rows.restrictions
        match operations:
            case []:
                return rows.by_operation(content, expansion(asked) or _RESTRICTIONS)
            case ["read" | "update" as operation]:
                start, limit = asked.number("start", 0), asked.number("limit", 100)
                return rows.one(content, operation, start, limit)
        raise NoSuchPath

    def _details(self, asked: Asked, content: Content, rest: list[str]) -> Row:
        rows, tree = self._rows, expansion(asked)
        match rest:
            case ["label"]:
                prefixes = asked.texts("prefix")
                every = map(self._wiki.labels.__getitem__, content.labels)
                labels = [label for label in every if not prefixes or label.prefix in prefixes]
                return self._lists.by_offset(asked, labels, rows.label, default_limit=200)
            case ["property"]:
                return self._lists.by_offset(
                    asked,
                    content.properties,
                    lambda prop: rows.property(content, prop, tree),
                    default_limit=10,
                )
            case ["property", key]:
                for prop in content.properties:
                    if prop.key == key:
                        return rows.property(content, prop, tree)
                raise ApiError(404, f"Cannot find content property with key: {key}")
        raise NoSuchPath

    def _children(self, asked: Asked, content: Content, kind: str) -> Row:
        match kind:
            case "page":
                return self._contents(asked, self._rows.child_pages(content))
            case "comment":
                every = asked.text("depth") == "all"
                places = set(asked.texts("location"))
                comments = [
                    comment
                    for comment in comments_on(self._wiki, content, replies=every)
                    if not places or _place(comment) in places
                ]
                return self._contents(asked, comments)
            case "attachment":
                if self._faults.attachment_paging_fails and asked.number("start", 0):
                    raise ApiError(400, "Cannot page through attachments")
                name, media = asked.text("filename"), asked.text("mediaType")
                files = [
                    file
                    for file in self._rows.attachments(content)
                    if name in {"", file.title} and media in {"", file.media_type}
                ]
                return self._contents(asked, files, default_limit=50)
        raise NoSuchPath

    def _contents(self, asked: Asked, contents: list[Any], *, default_limit: int = 25) -> Row:
        tree = expansion(asked)
        if asked.anonymous:
            contents = []
        return self._lists.by_offset(
            asked, contents, self._writer(tree), tree, default_limit=default_limit
        )

    def _writer(self, tree: Any) -> Callable[[Content], Row]:
        return lambda content: self._rows.row(content, tree)

    def _wanted(self, asked: Asked) -> Callable[[Content], bool]:
        statuses = status_test(asked.texts("status"))
        key = asked.text("spaceKey")
        spaces = {space.num for space in self._wiki.spaces if not key or space.key == key}
        if asked.anonymous:
            spaces = set()
        return lambda content: statuses(content) and content.space in spaces and is_here(content)


def _place(comment: Comment) -> str:
    if not comment.inline:
        return "footer"
    return "resolved" if comment.resolution == "resolved" else "inline"
