"""Which streams have rows of what a stream has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_confluence.streams.inventory import InventoryStream
from tap_confluence.streams.parents import DetailStream, ParentStream

if TYPE_CHECKING:
    from tap_confluence.streams.base import ConfluenceStream


def has_rows_of(other: ConfluenceStream, stream: ConfluenceStream) -> bool:
    """Tell whether a stream has rows of each item that another one has a row of."""
    if isinstance(other, InventoryStream):
        # Of content, that is: spaces and what lies among the pages have no bookmark.
        return stream.replication_key is not None
    if isinstance(other, DetailStream):
        return stream in other.parents
    if not isinstance(stream, ParentStream):
        return False
    # What has no key but an id of its own belongs to nothing.
    return stream.owner_key != "id" and stream.owner_key in other.primary_keys
