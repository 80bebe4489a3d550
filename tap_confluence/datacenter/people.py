"""Groups of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence import schemas
from tap_confluence.datacenter import records
from tap_confluence.datacenter.batches import MOST_EXPANDED, OffsetWalk, Query
from tap_confluence.streams.base import ConfluenceStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record


class Groups(ConfluenceStream):
    """All groups, which have a name and no other id."""

    name = "groups"
    path = "/rest/api/group"
    primary_keys = ("id",)
    schema = schemas.GROUP
    is_filtered = False

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        query = Query(self.path, {}, self.name, limit=MOST_EXPANDED)
        for batch in OffsetWalk(self.reader, query):
            yield from map(records.group, batch.items)
