"""The stream of all there is, as both wings have it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.schemas.inventory import CONTENT_INVENTORY
from tap_confluence.statuses import CURRENT
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.run import Run
    from tap_confluence.streams.cost import Size


COMPARED = 2
"""Kinds of content that a search counts after a first run."""


class InventoryStream(ConfluenceStream):
    """One row for each piece of content, complete in every run: what is missing here is gone.

    Attributes:
        current: How many current items this run has come upon, by their type.
    """

    name = "content_inventory"
    primary_keys = ("id",)
    schema = CONTENT_INVENTORY

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.current: Counter[str] = Counter()

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        if size.is_first:
            # What is read is compared with what a search counts.
            yield Requests(COMPARED)

    @override
    def post_process(self, row: Record, context: Context | None = None) -> Record | None:
        if row["status"] == CURRENT:
            self.current[row["type"]] += 1
        return super().post_process(row, context)
