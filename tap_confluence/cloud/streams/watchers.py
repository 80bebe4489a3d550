"""Who is told of changes to pages and spaces."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from typing_extensions import override

from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.cloud.filters.spaces import path_of_space
from tap_confluence.cloud.streams.pages import Pages
from tap_confluence.cloud.streams.spaces import requests_for_spaces
from tap_confluence.http import OverlappingOffsetPaginator, read_items
from tap_confluence.schemas.people import PAGE_WATCHER, SPACE_WATCHER
from tap_confluence.statuses import TRASHED
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import Client, ListRequest
    from tap_confluence.streams.cost import Size

SCOPE = "read:watcher:confluence, read:user:confluence"
MOST_A_PAGE = "200"


class PageWatchers(ConfluenceStream):
    """Who watches which page, with a request a page. Nobody watches what is in the trash."""

    name = "page_watchers"
    request_per = "item"
    path = "/rest/api/content/{id}/notification/child-created"
    scope = SCOPE
    selected_by_default = False
    primary_keys = ("pageId", "accountId")
    schema = PAGE_WATCHER

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield self.stream_of(Pages).whole_list(size)
        yield Requests(size["pages"].shown)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        def call(page: dict[str, Any]) -> Callable[[], list[str | None]] | None:
            path = self.path.format(id=page["id"])
            request = self.reader.first_page(path, {"limit": MOST_A_PAGE}, tag=self.name)
            is_there = page.get("status") != TRASHED
            return partial(_watchers, self.reader.client, request) if is_there else None

        pages = self.stream_of(Pages)

        def owner(page: dict[str, Any]) -> str:
            return f"{pages.path}/{page['id']}"

        for page, watchers in self.each(pages.all_items(tag=self.name), call, owner=owner):
            for watcher in watchers:
                yield {"pageId": page["id"], "accountId": watcher}


class SpaceWatchers(ConfluenceStream):
    """Who watches which space, with a request a space."""

    name = "space_watchers"
    request_per = "space"
    path = "/rest/api/space/{key}/watch"
    scope = SCOPE
    selected_by_default = False
    primary_keys = ("spaceId", "accountId")
    schema = SPACE_WATCHER

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield requests_for_spaces(self.run.filters, size)
        yield Requests(size["spaces"].wanted)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        def call(space: dict[str, Any]) -> Callable[[], list[str | None]]:
            path = self.path.format(key=quote(str(space["key"]), safe="~"))
            request = self.reader.first_page(path, {"limit": MOST_A_PAGE}, tag=self.name)
            return partial(_watchers, self.reader.client, request)

        spaces = ContentFilter.of(self.run).spaces()
        for space, watchers in self.each(spaces, call, owner=path_of_space):
            for watcher in watchers:
                yield {"spaceId": str(space["id"]), "accountId": watcher}


def _watchers(client: Client, request: ListRequest) -> list[str | None]:
    """Get the account ids of those who watch, each once, whatever the ways they do."""
    watches = read_items(client, request, OverlappingOffsetPaginator())
    return list(dict.fromkeys(map(_account_id, watches)))


def _account_id(watch: dict[str, Any]) -> str | None:
    watcher = watch.get("watcher")
    account = watcher.get("accountId") if isinstance(watcher, dict) else None
    return str(account) if account else None
