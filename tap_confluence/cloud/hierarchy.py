"""What lies among the pages of a space: folders, whiteboards, databases and embeds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence import schemas
from tap_confluence.streams.base import ConfluenceStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from singer_sdk.helpers.types import Context, Record

SHOWN = ("current", "archived", None)


class TreeItemStream(ConfluenceStream):
    """What is of one type among the pages, in every run complete, a request an item.

    Drafts are left out, as those of pages are, and so is what is in the trash, of which no list
    and no search tells.

    Attributes:
        kind: The type, such as `folder`.
    """

    primary_keys = ("id",)
    selected_by_default = False
    kind: ClassVar[str]

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if self._tap.filters.labels:
            # None of them carries any.
            return
        selection = self._tap.selection
        tree_items = selection.tree_items

        def call(item: dict[str, Any]) -> Callable[[], dict[str, Any]]:
            return partial(tree_items.get, self.kind, item["id"])

        items = filter(selection.has_tree_item, ({"id": i} for i in tree_items.ids_of(self.kind)))
        for _, record in self.each(items, call):
            if record.get("status") in SHOWN and selection.has_tree_item(record):
                yield record
        if not tree_items.is_complete:
            self.leave_incomplete()


class Folders(TreeItemStream):
    """Folders, which hold pages and have no text of their own."""

    name = "folders"
    path = "/api/v2/folders/{id}"
    scope = "read:folder:confluence"
    schema = schemas.FOLDER
    kind = "folder"


class Whiteboards(TreeItemStream):
    """Whiteboards: that they are there, not what is drawn on them."""

    name = "whiteboards"
    path = "/api/v2/whiteboards/{id}"
    scope = "read:whiteboard:confluence"
    schema = schemas.WHITEBOARD
    kind = "whiteboard"


class Databases(TreeItemStream):
    """Databases: that they are there, not what they hold."""

    name = "databases"
    path = "/api/v2/databases/{id}"
    scope = "read:database:confluence"
    schema = schemas.DATABASE
    kind = "database"


class Embeds(TreeItemStream):
    """Smart Links in the tree of pages, each with the URL it leads to."""

    name = "embeds"
    path = "/api/v2/embeds/{id}"
    scope = "read:embed:confluence"
    schema = schemas.EMBED
    kind = "embed"
