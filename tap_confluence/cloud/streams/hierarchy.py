"""What lies among the pages of a space: folders, whiteboards, databases and embeds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.api.tree_discovery import TAG as TREES
from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.cloud.streams.pages import Pages
from tap_confluence.filters.left_out import failing, names_left_out
from tap_confluence.schemas.hierarchy import DATABASE, EMBED, FOLDER, WHITEBOARD
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests, full_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.cloud.api.tree_discovery import TreeDiscovery
    from tap_confluence.streams.cost import Size

SHOWN = ("current", "archived", None)

PAGES_A_DESCENT = 125
"""How many pages one request for what lies under another brings, about."""

SEARCHES = 2
"""A search for all that lies among the pages, and a count."""


class TreeItemReadingStream(ConfluenceStream):
    """A stream that is made of what is of one type among the pages.

    Drafts are left out, as those of pages are, and so is what is in the trash, of which no list
    and no search tells.

    Attributes:
        kind: The type, such as `folder`.
    """

    kind: ClassVar[str]
    not_on_data_center = "On Data Center only pages lie in the tree of a space."

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        if self.run.filters.labels:
            return
        pages = self.stream_of(Pages)
        yield replace(pages.whole_list(size), by=TREES)
        spaces = size["spaces"].wanted
        descents = full_pages(size["pages"].shown, PAGES_A_DESCENT) + spaces
        yield Requests(SEARCHES + descents, "search among the pages", TREES)
        yield Requests(size[f"{self.kind}s"].wanted, f"each {self.kind}", TREES)

    def tree_discovery(self) -> Iterator[Record]:
        """Get all that are wanted, with a request each."""
        if self.run.filters.labels:
            # None of them carries any.
            return
        content_filter = ContentFilter.of(self.run)
        found = content_filter.tree_discovery
        tell = names_left_out(self.name)
        ids = []
        for item_id in found.ids_of(self.kind):
            verdicts = content_filter.verdicts_on_tree_item({"id": item_id})
            if all(verdicts.values()):
                ids.append(item_id)
            elif tell:
                tell(item_id, failing(verdicts))
        # What is forbidden has a status that is not known.
        statuses: dict[str, str | None] = dict.fromkeys(ids)

        def call(item: dict[str, Any]) -> Callable[[], dict[str, Any]]:
            return partial(found.get, self.kind, item["id"])

        for item, record in self.each(({"id": item_id} for item_id in ids), call):
            if record.get("status") in SHOWN and content_filter.has_tree_item(record):
                statuses[item["id"]] = record.get("status")
                yield record
            else:
                del statuses[item["id"]]
                if tell:
                    tell(item["id"], _why_not(record, content_filter))
        found.statuses[self.kind] = statuses

    def statuses(self) -> Mapping[str, str | None]:
        """Get the status of all that are wanted, by id; those included that may not be read."""
        found: TreeDiscovery = ContentFilter.of(self.run).tree_discovery
        if self.kind not in found.statuses:
            for item in self.tree_discovery():
                # The stream of the items themselves may have its turn later.
                found.keep(item)
        return found.statuses.get(self.kind, {})


def _why_not(record: Record, content_filter: ContentFilter) -> str:
    if record.get("status") not in SHOWN:
        return f"its status is {record.get('status')}"
    return failing(content_filter.verdicts_on_tree_item(record))


class TreeItemStream(TreeItemReadingStream):
    """What is of one type among the pages, in every run complete, a request an item."""

    primary_keys = ("id",)
    request_per = "item"
    selected_by_default = False

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        yield from self.tree_discovery()
        if not ContentFilter.of(self.run).tree_discovery.is_complete:
            self.leave_incomplete()


class Folders(TreeItemStream):
    """Folders, which hold pages and have no text of their own."""

    name = "folders"
    path = "/api/v2/folders/{id}"
    scope = "read:folder:confluence"
    schema = FOLDER
    kind = "folder"


class Whiteboards(TreeItemStream):
    """Whiteboards: that they are there, not what is drawn on them."""

    name = "whiteboards"
    path = "/api/v2/whiteboards/{id}"
    scope = "read:whiteboard:confluence"
    schema = WHITEBOARD
    kind = "whiteboard"


class Databases(TreeItemStream):
    """Databases: that they are there, not what they hold."""

    name = "databases"
    path = "/api/v2/databases/{id}"
    scope = "read:database:confluence"
    schema = DATABASE
    kind = "database"


class Embeds(TreeItemStream):
    """Smart Links in the tree of pages, each with the URL it leads to."""

    name = "embeds"
    path = "/api/v2/embeds/{id}"
    scope = "read:embed:confluence"
    schema = EMBED
    kind = "embed"
