"""Who is told of changes to pages and spaces, which is shown to administrators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from typing_extensions import override

from tap_confluence.datacenter.api.batches import MOST_BARE, MOST_EXPANDED, Query, read_items
from tap_confluence.datacenter.api.paths import CONTENT, SPACES
from tap_confluence.datacenter.filters import ContentFilter
from tap_confluence.datacenter.streams.pages import Pages
from tap_confluence.errors import ForbiddenError
from tap_confluence.rest_v1 import records
from tap_confluence.schemas.people import PAGE_WATCHER, SPACE_WATCHER
from tap_confluence.statuses import TRASHED
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests, pages_by_offset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import Client
    from tap_confluence.streams.cost import Size

RIGHT = "the right of an administrator of the space"


class PageWatchers(ConfluenceStream):
    """Who watches which page, with a request a page, in spaces that the account administers."""

    name = "page_watchers"
    request_per = "item"
    path = f"{CONTENT}/{{id}}/watchers"
    right = RIGHT
    selected_by_default = False
    primary_keys = ("pageId", "accountId")
    schema = PAGE_WATCHER

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield Requests(self.stream_of(Pages).requests_for_list(size, ("space",)))
        yield Requests(size["pages"].shown)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        client = self.reader.client
        forbidden: dict[str | None, tuple[str, int, str]] = {}

        def call(page: dict[str, Any]) -> Callable[[], list[str | None]]:
            space, path = records.space_id(page), self.path.format(id=page["id"])

            def get() -> list[str | None]:
                if space in forbidden:
                    raise ForbiddenError(*forbidden[space])
                try:
                    return watchers(client, Query(path, {}, self.name, limit=MOST_EXPANDED))
                except ForbiddenError as error:
                    forbidden[space] = (str(error), error.status, error.said)
                    raise

            return get

        def owner(page: dict[str, Any]) -> str:
            return f"{CONTENT}/{page['id']}"

        for page, found in self.each(self._pages(), call, owner=owner):
            for watcher in found:
                yield {"pageId": str(page["id"]), "accountId": watcher}

    def _pages(self) -> Iterator[dict[str, Any]]:
        """Read all pages that are wanted, but those in the trash, which nobody watches."""
        pages = self.stream_of(Pages)
        statuses = [status for status in pages.wanted_statuses if status != TRASHED]
        if not statuses:
            return
        for batch in pages.everything(statuses, ("space",), tag=self.name):
            if batch.failed is not None and batch.error is not None:
                self.note_skipped(batch.failed, batch.error)
                self.leave_incomplete()
            yield from batch.items


class SpaceWatchers(ConfluenceStream):
    """Who watches which space, with a request a space that the account administers."""

    name = "space_watchers"
    request_per = "space"
    path = f"{SPACES}/{{key}}/watchers"
    right = RIGHT
    selected_by_default = False
    primary_keys = ("spaceId", "accountId")
    schema = SPACE_WATCHER

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        spaces = size["spaces"]
        yield Requests(pages_by_offset(spaces.listed, MOST_BARE))
        yield Requests(spaces.wanted)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        def call(space: dict[str, Any]) -> Callable[[], list[str | None]]:
            path = self.path.format(key=quote(str(space["key"]), safe="~"))
            query = Query(path, {}, self.name, limit=MOST_EXPANDED)
            return partial(watchers, self.reader.client, query)

        def owner(space: dict[str, Any]) -> str:
            return f"{SPACES}/{quote(str(space['key']), safe='~')}"

        batches = ContentFilter.of(self.run).space_batches(self.name)
        spaces = (space for batch in batches for space in batch.items)
        for space, found in self.each(spaces, call, owner=owner):
            for watcher in found:
                yield {"spaceId": str(space["id"]), "accountId": watcher}


def watchers(client: Client, query: Query) -> list[str | None]:
    """Get the keys of those who watch, each once."""
    return list(dict.fromkeys(map(records.user_id, read_items(client, query))))
