"""Every list of the v2 API: what it walks over, what it can be asked, how its rows look."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.demo_site import queries
from tests.demo_site.hierarchy import hierarchy_lists
from tests.demo_site.listing import (
    BLOG_STATUS,
    CHILD_SORTS,
    COMMENT_STATUSES,
    DATES,
    FILE_STATUS,
    ID_DATES,
    LABEL_SORTS,
    PAGE_STATUS,
    PROPERTY_SORTS,
    RESOLUTIONS,
    SPACE_SORTS,
    SPACE_TYPES,
    TASK_DATES,
    TASK_LISTS,
    TASK_PEOPLE,
    TITLES,
    Listing,
    Opened,
    Opener,
)
from tests.demo_site.model import Comment, Content, Page, Row, Version
from tests.demo_site.paging import Walk, only, walk_over
from tests.demo_site.queries import BODY, BY_SPACE, RAW_BODY, Param, Query, one_of, some_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tests.demo_site.faults import Faults
    from tests.demo_site.finder import Finder
    from tests.demo_site.paging import Collection
    from tests.demo_site.rows import Rows
    from tests.demo_site.store import Store


CONTAINER_IDS = {"pageId", "blogPostId", "attachmentId", "customContentId"}


class Listings:
    """Makes the lists of one wiki."""

    def __init__(self, wiki: Store, rows: Rows, find: Finder, faults: Faults) -> None:
        self._wiki = wiki
        self._rows = rows
        self._find = find
        self._faults = faults

    def all(self) -> Iterator[Listing]:
        """Get every list."""
        yield from self._of_spaces()
        yield from self._of_pages_and_posts()
        yield from self._of_attachments()
        yield from self._of_comments()
        yield from self._of_labels()
        yield from self._of_custom_content()
        yield from hierarchy_lists(self._wiki, self._find)
        tasks: dict[str, Param] = {
            **BODY,
            "status": one_of("complete", "incomplete"),
            "include-blank-tasks": queries.flag,
            **dict.fromkeys(TASK_LISTS, queries.numbers),
            **dict.fromkeys(TASK_PEOPLE, queries.texts),
        }
        for name in TASK_DATES:
            tasks[f"{name}-from"] = tasks[f"{name}-to"] = queries.number
        yield Listing("tasks", self._tasks, params=tasks)

    def _of_spaces(self) -> Iterator[Listing]:
        params: dict[str, Param] = {
            "ids": queries.numbers,
            "keys": queries.texts,
            "type": one_of(*SPACE_TYPES),
            "status": one_of("current", "archived"),
            "labels": queries.texts,
            "favorited-by": queries.text,
            "not-favorited-by": queries.text,
            "description-format": one_of("plain", "view"),
            "include-icon": queries.flag,
        }
        yield Listing("spaces", self._spaces, SPACE_SORTS, params)
        prefix = {"prefix": one_of("my", "team")}
        yield Listing("spaces/{id}/labels", self._space_labels, LABEL_SORTS, prefix)
        yield Listing("spaces/{id}/permissions", self._space_permissions)
        key = {"key": queries.text}
        yield Listing("spaces/{id}/properties", self._space_properties, params=key)

    def _of_pages_and_posts(self) -> Iterator[Listing]:
        common: dict[str, Param] = {**BODY, "title": queries.text}
        page = {**common, "status": PAGE_STATUS}
        post = {**common, "status": BLOG_STATUS}
        bulk = {**BY_SPACE, "id": queries.numbers}
        subtype = {"subtype": one_of("live", "page")}
        depth = {"depth": one_of("all", "root")}
        yield Listing("pages", self._pages, TITLES, {**page, **bulk, **subtype})
        yield Listing("spaces/{id}/pages", self._pages, TITLES, {**page, **depth})
        yield Listing("blogposts", self._posts, ID_DATES, {**post, **bulk})
        yield Listing("spaces/{id}/blogposts", self._posts, ID_DATES, post)
        yield from self._details("pages", BODY)
        yield from self._details("blogposts", BODY)
        yield Listing("pages/{id}/children", self._children, CHILD_SORTS)

    def _of_attachments(self) -> Iterator[Listing]:
        params: dict[str, Param] = {
            "status": FILE_STATUS,
            "mediaType": queries.text,
            "filename": queries.text,
        }
        yield Listing("attachments", self._attachments(None), DATES, params, default_limit=50)
        for kind in ("pages", "blogposts", "custom-content"):
            opener = self._attachments(kind)
            yield Listing(f"{kind}/{{id}}/attachments", opener, DATES, params, default_limit=50)
        yield from self._details("attachments", {})

    def _details(self, kind: str, body: Mapping[str, Param]) -> Iterator[Listing]:
        """Get the lists that contents of several kinds have alike."""
        path = f"{kind}/{{id}}/"
        prefix = {"prefix": one_of("my", "team", "global", "system")}
        yield Listing(f"{path}labels", partial(self._labels_of, kind), LABEL_SORTS, prefix)
        yield from self._properties_and_versions(kind, body)

    def _properties_and_versions(self, kind: str, body: Mapping[str, Param]) -> Iterator[Listing]:
        properties = partial(self._properties_of, kind)
        key = {"key": queries.text}
        if kind not in {"footer-comments", "inline-comments"}:
            yield Listing(f"{kind}/{{id}}/properties", properties, PROPERTY_SORTS, key)
        versions = partial(self._versions_of, kind)
        newest = "-modified-date"
        sorts = ("modified-date", newest)
        yield Listing(f"{kind}/{{id}}/versions", versions, sorts, body, default_sort=newest)

    def _of_comments(self) -> Iterator[Listing]:
        status = {**BODY, "status": some_of(*COMMENT_STATUSES)}
        resolution = {"resolution-status": some_of(*RESOLUTIONS)}
        for place, collection in (
            ("footer-comments", self._wiki.footer_comments),
            ("inline-comments", self._wiki.inline_comments),
        ):
            yield Listing(place, partial(self._comments, collection), DATES, BODY)
            yield Listing(f"{place}/{{id}}/children", self._replies(place), DATES, BODY)
            yield from self._properties_and_versions(place, BODY)
            inline = place.startswith("inline")
            params = {**status, **resolution} if inline else status
            for kind in ("pages", "blogposts"):
                opener = self._roots(kind, inline=inline)
                yield Listing(f"{kind}/{{id}}/{place}", opener, DATES, params)
        for kind, extra in (("attachments", {"version": queries.number}), ("custom-content", {})):
            opener = self._roots(kind, inline=False)
            yield Listing(f"{kind}/{{id}}/footer-comments", opener, DATES, {**BODY, **extra})
        properties = partial(self._properties_of, "comments")
        key = {"key": queries.text}
        yield Listing("comments/{id}/properties", properties, PROPERTY_SORTS, key)

    def _of_labels(self) -> Iterator[Listing]:
        params: dict[str, Param] = {"label-id": queries.numbers, "prefix": queries.texts}
        yield Listing("labels", self._labels, LABEL_SORTS, params)
        spaced = {**BODY, **BY_SPACE}
        wiki, rows = self._wiki, self._rows
        pages = self._labelled(wiki.pages, lambda p, q: rows.page_in_list(p, q.body_format))
        posts = self._labelled(wiki.blog_posts, lambda p, q: rows.blog_post(p, q.body_format))
        files = self._labelled(wiki.attachments, lambda f, _: rows.attachment(f))
        yield Listing("labels/{id}/pages", pages, TITLES, spaced)
        yield Listing("labels/{id}/blogposts", posts, ID_DATES, spaced)
        yield Listing("labels/{id}/attachments", files, DATES)

    def _of_custom_content(self) -> Iterator[Listing]:
        params: dict[str, Param] = {**RAW_BODY, "type": queries.text}
        bulk = {**params, **BY_SPACE, "id": queries.numbers}
        yield Listing("custom-content", self._custom(None), TITLES, bulk)
        for kind in ("pages", "blogposts"):
            yield Listing(f"{kind}/{{id}}/custom-content", self._custom(kind), TITLES, params)
        yield Listing("spaces/{id}/custom-content", self._custom("spaces"), params=params)
        yield from self._details("custom-content", RAW_BODY)

    def _spaces(self, _: str, query: Query) -> Opened:
        ids, keys = query.get("ids"), query.get("keys")
        kind, status = query.get("type"), query.get("status")
        description, icon = query.get("description-format"), query.get("include-icon", False)
        walk = only(
            self._wiki.spaces.walk,
            lambda space: (
                (ids is None or space.num in ids)
                and (keys is None or space.key in keys)
                and kind in {None, space.type}
                and status in {None, space.status}
            ),
        )
        return walk, lambda space: self._rows.space(space, description, icon=icon)

    def _space_labels(self, id_: str, query: Query) -> Opened:
        return self._walk_labels(self._find.space(id_).labels, query)

    def _space_permissions(self, id_: str, _: Query) -> Opened:
        return walk_over(self._find.space(id_).permissions), self._rows.permission

    def _space_properties(self, id_: str, query: Query) -> Opened:
        key = query.get("key")
        found = [p for p in self._find.space(id_).properties if key in {None, p.key}]
        return walk_over(found), self._rows.space_property

    def _pages(self, space: str, query: Query) -> Opened:
        walk = self._contents(self._wiki.pages, space, query, ["current", "archived"])
        if query.get("depth") == "root":
            walk = only(walk, lambda page: page.parent is None)
        return walk, lambda page: self._rows.page_in_list(page, query.body_format)

    def _posts(self, space: str, query: Query) -> Opened:
        walk = self._contents(self._wiki.blog_posts, space, query, ["current"])
        return walk, lambda post: self._rows.blog_post(post, query.body_format)

    def _contents(
        self, collection: Collection[Any], space: str, query: Query, default: list[str]
    ) -> Walk:
        statuses = set(query.get("status", default))
        spaces = [self._find.space(space).num] if space else query.get("space-id")
        title, subtype = query.get("title"), query.get("subtype")
        walk: Walk = collection.walk
        if "id" in query.values:
            walk = walk_over(_chosen(collection, query.get("id")))
        return only(
            walk,
            lambda content: (
                content.status in statuses
                and (spaces is None or content.space in spaces)
                and (title is None or content.title == title)
                and (subtype is None or content.subtype == subtype)
            ),
        )

    def _attachments(self, kind: str | None) -> Opener:
        def opened(id_: str, query: Query) -> Opened:
            statuses = set(query.get("status", ["current", "archived"]))
            media, name = query.get("mediaType"), query.get("filename")
            walk: Walk = self._wiki.attachments.walk
            if kind is not None:
                walk = walk_over(self._wiki.attachments_of[self._find.content(kind, id_).num])
            wanted = only(
                walk,
                lambda file: (
                    file.status in statuses
                    and media in {None, file.media_type}
                    and name in {None, file.title}
                ),
            )
            return wanted, self._rows.attachment

        return opened

    def _labels_of(self, kind: str, id_: str, query: Query) -> Opened:
        return self._walk_labels(self._find.content(kind, id_).labels, query)

    def _walk_labels(self, nums: tuple[int, ...], query: Query) -> Opened:
        prefix = query.get("prefix")
        labels = [self._wiki.labels[num] for num in nums]
        found = [label for label in labels if prefix in {None, label.prefix}]
        return walk_over(found), self._rows.label

    def _properties_of(self, kind: str, id_: str, query: Query) -> Opened:
        key = query.get("key")
        properties = self._find.content(kind, id_).properties
        return walk_over([p for p in properties if key in {None, p.key}]), self._rows.property

    def _versions_of(self, kind: str, id_: str, query: Query) -> Opened:
        content = self._find.content(kind, id_)
        versions = [Version(place + 1, time) for place, time in enumerate(content.times)]
        body_format = query.body_format
        return (
            walk_over(versions),
            lambda version: self._rows.version_in_list(content, version, body_format),
        )

    def _children(self, id_: str, _: Query) -> Opened:
        children = self._wiki.children[self._find.content("pages", id_).num]
        shown = [page for page in children if page.status in {"current", "archived"}]
        return walk_over(shown), self._rows.child

    def _comments(self, collection: Collection[Comment], _: str, query: Query) -> Opened:
        walk: Walk = collection.walk
        if not self._faults.replies_in_lists:
            walk = only(walk, lambda comment: comment.parent is None)

        def write(comment: Comment) -> Row:
            row = self._rows.comment(comment, query.body_format)
            if comment.id in self._faults.orphans:
                row = {name: row[name] for name in row if name not in CONTAINER_IDS}
            return row

        return walk, write

    def _replies(self, kind: str) -> Opener:
        def opened(id_: str, query: Query) -> Opened:
            replies = self._wiki.replies_to[self._find.content(kind, id_).num]
            return walk_over(replies), lambda reply: self._rows.reply(reply, query.body_format)

        return opened

    def _roots(self, kind: str, *, inline: bool) -> Opener:
        def opened(id_: str, query: Query) -> Opened:
            statuses, states = query.get("status"), query.get("resolution-status")
            roots = [
                comment
                for comment in self._wiki.comments_on[self._find.content(kind, id_).num]
                if comment.parent is None
                and comment.inline == inline
                and (statuses is None or comment.status in statuses)
                and (states is None or comment.resolution in states)
            ]
            return walk_over(roots), lambda root: self._rows.root_comment(root, query.body_format)

        return opened

    def _labels(self, _: str, query: Query) -> Opened:
        nums, prefixes = query.get("label-id"), query.get("prefix")
        walk = only(
            self._wiki.labels.walk,
            lambda label: (
                (nums is None or label.num in nums)
                and (prefixes is None or label.prefix in prefixes)
            ),
        )
        return walk, self._rows.label

    def _labelled(self, collection: Collection[Any], row: Callable[[Any, Query], Row]) -> Opener:
        def opened(id_: str, query: Query) -> Opened:
            statuses, spaces = self._faults.label_side_statuses, query.get("space-id")
            label = self._find.label(id_).num
            found = [
                content
                for content in _chosen(collection, self._wiki.labelled[label])
                if (statuses is None or content.status in statuses)
                and (spaces is None or content.space in spaces)
            ]
            return walk_over(found), lambda content: row(content, query)

        return opened

    def _custom(self, kind: str | None) -> Opener:
        def opened(id_: str, query: Query) -> Opened:
            wanted = self._find.custom_type(query.get("type"))
            spaces, walk = query.get("space-id"), self._wiki.custom_content.walk
            if kind == "spaces":
                spaces = [self._find.space(id_).num]
            elif kind is not None:
                walk = walk_over(self._wiki.custom_content_of[self._find.content(kind, id_).num])
            elif "id" in query.values:
                walk = walk_over(_chosen(self._wiki.custom_content, query.get("id")))
            shown = only(walk, lambda c: c.type == wanted and (spaces is None or c.space in spaces))
            return shown, lambda custom: self._rows.custom_content(custom, query.body_format)

        return opened

    def _tasks(self, _: str, query: Query) -> Opened:
        given = query.values
        facts: dict[str, Callable[[Any], Any]] = {
            "task-id": lambda task: task.num,
            "space-id": lambda task: task.container.space,
            "page-id": lambda task: task.container.num if _on_page(task.container) else None,
            "blogpost-id": lambda task: None if _on_page(task.container) else task.container.num,
            "created-by": lambda task: task.author,
            "assigned-to": lambda task: task.assigned_to,
            "completed-by": lambda task: task.completed_by,
        }
        dates: dict[str, Callable[[Any], int | None]] = {
            "created-at": lambda task: task.created,
            "due-at": lambda task: task.due,
            "completed-at": lambda task: task.completed,
        }

        def wanted(task: Any) -> bool:
            return (
                given.get("status") in {None, task.status}
                and all(fact(task) in given[name] for name, fact in facts.items() if name in given)
                and all(
                    _within(date(task), given.get(f"{name}-from"), given.get(f"{name}-to"))
                    for name, date in dates.items()
                )
            )

        walk = only(self._wiki.tasks.walk, wanted)
        return walk, lambda task: self._rows.task(task, query.body_format)


def _on_page(container: Content) -> bool:
    return isinstance(container, Page)


def _chosen(collection: Collection[Any], nums: Iterable[int]) -> list[Any]:
    return [collection[num] for num in nums if num in collection]


def _within(moment: int | None, first: int | None, last: int | None) -> bool:
    if moment is None:
        return first is None and last is None
    return (first is None or moment >= first) and (last is None or moment <= last)
