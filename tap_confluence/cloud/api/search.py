"""Comments and files of a few spaces, found by search.

REST v2 has one list of all comments, of all spaces; a search takes the spaces. But it finds
nothing that is archived or in the trash, and what was written a minute ago only later.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from tap_confluence.cloud.api.incremental_list import NEWEST_FIRST
from tap_confluence.cloud.api.replies import get_replies
from tap_confluence.errors import NotFoundError, RefusedError
from tap_confluence.http import collect
from tap_confluence.rest_v1 import records, search
from tap_confluence.timestamps import format_timestamp, modified_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap_confluence.http import ListRequest, Reader

    Row = dict[str, Any]
    Found = dict[str, list[Row]]

logger = logging.getLogger("tap-confluence")

SEARCH = "/rest/api/content/search"
PAGES = "/api/v2/pages"
BLOG_POSTS = "/api/v2/blogposts"

LAG = timedelta(minutes=10)
"""How long a search may not find what was written: 20 to 60 seconds are reported."""

MOST_FOUND = 2000
"""Items that are kept in memory; where there are more, the list of all is read."""

LIST_PAGE = 250
WITH_BODIES = 50
WITHOUT_BODIES = 200
"""Items that one answer of a list, of a search with and without bodies holds."""

OWNERS = {"page": "pageId", "blogpost": "blogPostId", "attachment": "attachmentId"}
"""Under which key a row carries the id of what it is on, by the type of that."""


@dataclass(frozen=True)
class Kind:
    """What to search for.

    Attributes:
        name: As in `type=comment`.
        expand: What to have spelled out.
        shape: Turns a row of the search into one of the list.
        lists: The lists of REST v2 that hold it.
        on_a_page: The last word of the lists of what is on one page or blog post.
        has_status: Whether it can be archived by itself, which a search does not find.
        body_format: The format of the bodies to have, if any.
    """

    name: str
    expand: tuple[str, ...]
    shape: Callable[[Row], Row]
    lists: tuple[str, ...]
    on_a_page: tuple[str, ...]
    has_status: bool = False
    body_format: str | None = None


COMMENTS = Kind(
    "comment",
    (
        *("container", "ancestors", "version", "history"),
        *("extensions.inlineProperties", "extensions.resolution"),
    ),
    records.comment,
    ("/api/v2/footer-comments", "/api/v2/inline-comments"),
    ("footer-comments", "inline-comments"),
)
ATTACHMENTS = Kind(
    "attachment",
    ("container", "version", "history"),
    records.attachment,
    ("/api/v2/attachments",),
    ("attachments",),
    has_status=True,
)


class SpaceSearch:
    """Finds comments and files of the wanted spaces, where that pays.

    Args:
        reader: Reads the site.
        spaces: The wanted spaces.
        tag: Under which name the requests are counted.
    """

    def __init__(self, reader: Reader, spaces: Sequence[Row], *, tag: str) -> None:
        self.began = format_timestamp(reader.client.site_time() - LAG)
        self._reader = reader
        self._spaces = spaces
        self._tag = tag
        self._found: dict[str, tuple[str | None, Found | None]] = {}
        self._hidden_posts: list[tuple[str, Row]] | None = None

    def find(self, kind: Kind) -> Found | None:
        """Find all that is on the pages and blog posts of the spaces, trashed files apart.

        Returns:
            The rows of each list of REST v2, as it would give them; None where these lists are
            cheaper to read, or the search does not serve.
        """
        if not self._spaces:
            return {path: [] for path in kind.lists}
        body_format, found = self._found.get(kind.name, (None, None))
        if kind.name in self._found and (found is None or kind.body_format in {None, body_format}):
            return found
        found = None
        try:
            if self._pays(kind):
                found = self._find(kind)
        except RefusedError as error:
            logger.info("Reading all lists, for the site refuses to search: %s", error)
        self._found[kind.name] = kind.body_format, found
        return found

    def _pays(self, kind: Kind) -> bool:
        if any(space.get("status") == "archived" for space in self._spaces):
            # A search of content passes over archived spaces.
            return False
        everywhere = f"type={kind.name}"
        in_them = f"{everywhere} and {self._in_spaces()}"
        wanted, everything = search.counts(self._reader, in_them, everywhere, tag=self._tag)
        if wanted is None or everything is None or wanted > MOST_FOUND:
            return False
        hidden = len(self._hidden()) * len(kind.on_a_page)
        pages_found = wanted // self._longest_page(kind) + 1
        return pages_found + hidden + len(kind.lists) < everything // LIST_PAGE

    def _find(self, kind: Kind) -> Found | None:
        rows: dict[str, dict[str, Row]] = {path: {} for path in kind.lists}
        for item in self._reader.items(self._search(kind)):
            container = item.get("container")
            container = container if isinstance(container, dict) else {}
            kind_of_container = str(container.get("type"))
            owner = "customContentId" if ":" in kind_of_container else OWNERS.get(kind_of_container)
            if owner is None:
                logger.info("Reading all lists, for the search does not say what is on what")
                return None
            row = {**kind.shape(item), owner: str(container.get("id"))}
            path = kind.lists[len(kind.lists) > 1 and records.is_inline(item)]
            rows[path][str(row["id"])] = row
        missed = (*self._on_hidden_posts(kind), *self._archived(kind), *self._newest(kind))
        for path, row in missed:
            rows[path][str(row["id"])] = row
        return {path: list(found.values()) for path, found in rows.items()}

    def _search(self, kind: Kind) -> ListRequest:
        expand = [*kind.expand]
        if kind.body_format:
            expand.append(f"body.{kind.body_format}")
        params = {
            "cql": f"type={kind.name} and {self._in_spaces()}",
            "expand": ",".join(expand),
            "limit": str(self._longest_page(kind)),
        }
        return self._reader.first_page(SEARCH, params, tag=self._tag)

    def _longest_page(self, kind: Kind) -> int:
        longest = WITH_BODIES if kind.body_format else WITHOUT_BODIES
        return min(longest, self._reader.page_size)

    def _in_spaces(self) -> str:
        return search.in_spaces(str(space.get("key")) for space in self._spaces)

    def _hidden(self) -> list[tuple[str, Row]]:
        """The archived and trashed pages and blog posts, which a search does not find."""
        if self._hidden_posts is None:
            ids = [str(space["id"]) for space in self._spaces]
            self._hidden_posts = [
                (path, row)
                for path, statuses in ((PAGES, ["archived", "trashed"]), (BLOG_POSTS, ["trashed"]))
                for row in self._reader.items(
                    self._reader.first_page(
                        path, {"space-id": ids, "status": statuses}, tag=self._tag
                    )
                )
            ]
        return self._hidden_posts

    def _on_hidden_posts(self, kind: Kind) -> Iterator[tuple[str, Row]]:
        asked = [
            (post, place, path)
            for post in self._hidden()
            for place, path in zip(kind.on_a_page, kind.lists, strict=True)
        ]

        def call(each: tuple[tuple[str, Row], str, str]) -> Callable[[], list[Row]]:
            (post_path, post), place, path = each
            first = self._reader.first_page(
                f"{post_path}/{post['id']}/{place}", self._body_params(kind), tag=self._tag
            )
            owner = "pageId" if post_path == PAGES else "blogPostId"
            return partial(self._read_hidden, first, path, {owner: str(post["id"])}, kind)

        for (post, _, path), future in self._reader.look_ahead(asked, call):
            try:
                found = self._reader.result(future) if future else []
            except NotFoundError:
                logger.debug("%s is gone", post[1]["id"])
                continue
            yield from ((path, row) for row in found)

    def _read_hidden(self, first: ListRequest, path: str, owner: Row, kind: Kind) -> list[Row]:
        """Read what is on one page or blog post, replies included. Runs in a worker thread."""
        client = self._reader.client
        rows = [{**owner, **row} for row in collect(client, first)]
        if kind.name != COMMENTS.name:
            return rows
        params = self._body_params(kind)
        for root in rows[:]:
            replies = get_replies(client, path, str(root["id"]), params, tag=self._tag)
            rows += [{**owner, **reply} for reply in replies]
        return rows

    def _archived(self, kind: Kind) -> Iterator[tuple[str, Row]]:
        for path in kind.lists if kind.has_status else ():
            request = self._reader.first_page(path, {"status": "archived"}, tag=self._tag)
            yield from ((path, row) for row in self._reader.items(request))

    def _newest(self, kind: Kind) -> Iterator[tuple[str, Row]]:
        """Read from the lists what a search may not find yet."""
        for path in kind.lists:
            params = {**self._body_params(kind), "sort": NEWEST_FIRST}
            request = self._reader.first_page(path, params, tag=self._tag)
            for page in self._reader.pages(request):
                recent = [row for row in page.items if (modified_at(row) or "") >= self.began]
                yield from ((path, row) for row in recent)
                if len(recent) < len(page.items):
                    break

    def _body_params(self, kind: Kind) -> dict[str, str]:
        return {"body-format": kind.body_format} if kind.body_format else {}
