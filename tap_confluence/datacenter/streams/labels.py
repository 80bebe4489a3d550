"""All labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.datacenter.api.batches import Query, read_by_offset
from tap_confluence.rest_v1 import records
from tap_confluence.schemas.labels import LABEL
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests, pages_by_offset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.cost import Size

MOST_A_PAGE = 100


class Labels(ConfluenceStream):
    """All labels that anything carries, whatever is wanted of the rest."""

    name = "labels"
    path = "/rest/api/label/labels"
    right = "a release of Confluence that lists its labels, as 10.0 does"
    primary_keys = ("id",)
    schema = LABEL
    is_filtered = False

    @override
    def prepare(self) -> None:
        self.begin()

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield Requests(pages_by_offset(size["labels"].listed, MOST_A_PAGE))

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        query = Query(self.path, {}, self.name, limit=MOST_A_PAGE)
        for batch in read_by_offset(self.reader, query):
            yield from map(records.label, batch.items)
