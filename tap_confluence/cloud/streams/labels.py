"""Labels from the label side: which labels there are, and what carries each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.filters.labels import LABELS
from tap_confluence.cloud.streams.content import SeparatelyReadStream
from tap_confluence.errors import (
    ForbiddenError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
)
from tap_confluence.filters.left_out import names_left_out
from tap_confluence.http import FEW_AHEAD, get_page
from tap_confluence.schemas.labels import LABEL
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.failures import Failures
from tap_confluence.streams.parents import LabelStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import ListPage

LABEL_KEYS = ("id", "name", "prefix")


class ContentLabelStream(SeparatelyReadStream, LabelStream):
    """The labels of pages, blog posts or attachments.

    Later runs read them by label, `/labels` and then `/labels/{id}/pages`, so that a label that was
    put on or taken off an old page is seen at the cost of a few list requests; item by item, if
    there are fewer items than labels.

    Attributes:
        labelled_list: The list of what has a label, as in `/labels/{id}/pages`.
    """

    labelled_list: ClassVar[str]

    @override
    def read_all(self) -> Iterator[Record]:
        request = self.reader.first_page(LABELS, tag=self.name)
        try:
            labels = self.reader.items_once(request)
        except (ScopeError, ForbiddenError):
            # The token may read the items, but not the list of labels.
            labels = None
        if labels is None or self.parent.has_fewer_items_than(len(labels), tag=self.name):
            yield from super().read_all()
        else:
            yield from self._read_by_label(labels)

    def _read_by_label(self, labels: Sequence[dict[str, Any]]) -> Iterator[Record]:
        parent = self.parent

        def call(label: dict[str, Any]) -> Callable[[], list[ListPage]]:
            path = f"{LABELS}/{label['id']}/{self.labelled_list}"
            request = self.reader.first_page(path, tag=self.name)
            lists = [request]
            if parent.takes_spaces:
                # Most labels are carried by less than a page of a list holds.
                lists = parent.content_filter.space_lists(request, to_the_end=False)
            return lambda: [get_page(self.reader.client, each) for each in lists]

        failures = Failures()
        for label, future in self.reader.look_ahead(labels, call, per_worker=FEW_AHEAD):
            pages: list[ListPage] = []
            try:
                pages = self.reader.result(future) if future else []
            except RetriesExhaustedError as error:
                self.skip(f"label {label['id']}", failures.add(error))
                continue
            except RefusedError as error:
                self._leave_out(label, error)
            failures.end()
            try:
                for page in pages:
                    yield from self._records(label, page)
            except RefusedError as error:
                self._leave_out(label, error)
        failures.check()

    def _leave_out(self, label: dict[str, Any], error: RefusedError) -> None:
        """Go on without what carries a label, unless it is the token that lacks a scope."""
        if isinstance(error, ScopeError):
            raise error
        # Perhaps the last item that had it has lost it since the labels were listed.
        self.skip(f"label {label['id']}", error)

    def _records(self, label: dict[str, Any], page: ListPage) -> Iterator[Record]:
        """Go through what carries a label: that may be all there is."""
        row = {key: label.get(key) for key in LABEL_KEYS}
        wanted = (None, *self.config["content_statuses"])
        tell = names_left_out(self.name)
        for item in self.parent.wanted(self.reader.items_from(page), stream=self.name):
            if item.get("status") in wanted:
                yield {self.parent.owner_key: item["id"], **row}
            elif tell:
                tell(item["id"], f"its status is {item.get('status')}")


class Labels(ConfluenceStream):
    """All labels that anything carries, whatever is wanted of the rest."""

    name = "labels"
    path = LABELS
    scope = "read:label:confluence"
    primary_keys = ("id",)
    schema = LABEL
    is_filtered = False

    @override
    def read(self, context: Context | None) -> Iterable[Record]:
        # The streams of what carries labels read the same list.
        return map(dict, self.reader.items_once(self.reader.first_page(LABELS, tag=self.name)))
