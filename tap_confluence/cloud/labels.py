"""Labels from the label side: which labels there are, and what carries each of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.client import collect
from tap_confluence.errors import ForbiddenError, NotFoundError, ScopeError
from tap_confluence.streams.labels import LabelStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from singer_sdk.helpers.types import Record

    from tap_confluence.cloud.content import ContentStream

LABELS = "/api/v2/labels"
LABEL_KEYS = ("id", "name", "prefix")


class ContentLabelStream(LabelStream):
    """The labels of pages, blog posts or attachments.

    Read by label, `/labels` and then `/labels/{id}/pages`, while there are fewer labels than
    items; else item by item.

    Attributes:
        carriers: What carries the labels, as in `/labels/{id}/pages`.
    """

    carriers: ClassVar[str]
    parent_stream_type: type[ContentStream]
    parent: ContentStream

    @override
    def read_all(self) -> Iterator[Record]:
        request = self.reader.first_page(LABELS, tag=self.name)
        try:
            labels = self.reader.items_once(request)
        except (ScopeError, ForbiddenError):
            # The token may read the items, but not the list of labels.
            labels = None
        if labels is None or self.parent.has_fewer_items_than(len(labels)):
            yield from self._read_by_item()
        else:
            yield from self._read_by_label(labels)

    def _read_by_label(self, labels: Sequence[dict[str, Any]]) -> Iterator[Record]:
        owner_key = self.parent.owner_key

        def call(label: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
            request = self.reader.first_page(
                f"{LABELS}/{label['id']}/{self.carriers}", tag=self.name
            )
            return partial(collect, self.reader.client, request)

        for label, future in self.reader.look_ahead(labels, call):
            try:
                carriers = self.reader.result(future) if future else []
            except NotFoundError as error:
                # The label's last carrier lost it since the labels were listed.
                self._tap.note_skipped(self, f"label {label['id']}", error)
                continue
            row = {key: label.get(key) for key in LABEL_KEYS}
            wanted = self.config["content_statuses"]
            yield from (
                {owner_key: carrier["id"], **row}
                for carrier in carriers
                if carrier.get("status") in {None, *wanted}
            )

    def _read_by_item(self) -> Iterator[Record]:
        parent = self.parent

        def call(item: dict[str, Any]) -> Callable[[], dict[str, list[dict[str, Any]]]]:
            return partial(parent.get_details, str(item["id"]), ["labels"])

        for item, future in self.reader.look_ahead(parent.all_items(), call):
            try:
                details = self.reader.result(future) if future else {}
            except NotFoundError as error:
                self._tap.note_skipped(self, str(item["id"]), error)
                continue
            for row in details.get("labels", []):
                yield {parent.owner_key: item["id"], **row}
