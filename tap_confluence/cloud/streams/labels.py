"""The labels of all content, and which labels there are.

To put a label on something does not change its date, so that each run reads all labels anew. A
search spells out those of 200 items at a time. What it does not tell is asked for from the label
side, `/labels` and then `/labels/{id}/pages`, or item by item, whichever takes fewer requests.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.api.content_search import Expansion
from tap_confluence.cloud.filters.labels import LABELS
from tap_confluence.cloud.streams.content import SeparatelyReadStream
from tap_confluence.cloud.streams.expanded_search import (
    FEW,
    SearchedStream,
    left_by_search,
    requests_for_search,
)
from tap_confluence.errors import (
    ForbiddenError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
)
from tap_confluence.http import FEW_AHEAD, ListPage, StuckError, get_page
from tap_confluence.rest_v1 import records
from tap_confluence.schemas.labels import LABEL
from tap_confluence.statuses import CURRENT
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests
from tap_confluence.streams.failures import Failures
from tap_confluence.streams.parents import LabelStream

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.cloud.streams.content import ContentStream
    from tap_confluence.http import Client, ListRequest
    from tap_confluence.streams.cost import Size

LABEL_KEYS = ("id", "name", "prefix")


def _labels_of(item: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return the labels that a search spells out of an item; None where some are missing."""
    labels = records.expanded_labels(item)
    rows = [records.label(label) for label in labels or ()]
    return None if labels is None or any(row["id"] is None for row in rows) else rows


class ContentLabelStream(SeparatelyReadStream, LabelStream, SearchedStream):
    """The labels of content of a kind, what is in the trash left out.

    Attributes:
        labelled_list: The list of what has a label, as in `/labels/{id}/pages`; empty if there is
            none.
    """

    expansion = Expansion("labels", ("metadata.labels",), _labels_of)
    labelled_list: ClassVar[str] = ""

    @property
    @override
    def searched(self) -> ContentStream:
        return self.parent

    @property
    @override
    def has_other_way(self) -> bool:
        return bool(self.labelled_list)

    @property
    @override
    def is_searched(self) -> bool:
        return super().is_searched and not self.has_come_along

    @override
    def lacks(self, item_id: str) -> bool:
        return item_id not in self.brought

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        amount = self.unbrought(size)
        if not amount.shown:
            return
        yield self.parent.whole_list(size)
        yield requests_for_search(size, amount, self.parent.name)
        left = left_by_search(size, amount) if self.has_other_way else amount.unsearched
        if self.labelled_list and left > FEW:
            yield Requests(size.pages(size["labels"].listed), "labels")
            labels = size["labels"].listed if size.count("labels") else left
            left = min(labels, left)
        yield Requests(left)

    @override
    def read_all(self) -> Iterator[Record]:
        left: dict[str, str] = {}
        for found in self.parent.search.results(tag=self.name):
            item_id, rows = found["id"], found["told"].get(self.expansion.name)
            if not self.lacks(item_id):
                continue
            if rows is None:
                left[item_id] = found["status"]
                continue
            for row in rows:
                yield {self.parent.owner_key: item_id, **row}
        labels = self._labels_fewer_than(len(left))
        if labels is not None:
            left = yield from self._read_by_label(labels, left)
        yield from self.read_singly({"id": item_id} for item_id in left)

    def _labels_fewer_than(self, count: int) -> Sequence[dict[str, Any]] | None:
        """Return all labels if they are fewer than some items, and known to be."""
        if not self.labelled_list or count <= FEW:
            return None
        # All of them, if they are read anyway.
        most = None if self.stream_of(Labels).selected else count
        request = self.reader.first_page(LABELS, tag=self.name)
        try:
            labels = list(itertools.islice(self.reader.items_once(request), most))
        except (ScopeError, ForbiddenError):
            # The token may read the items, but not the list of labels.
            return None
        return labels if len(labels) < count else None

    def _read_by_label(
        self, labels: Sequence[dict[str, Any]], wanted: Mapping[str, str]
    ) -> Generator[Record, None, dict[str, str]]:
        """Go through what carries each label.

        Whether the lists have in them what is not current is not documented. They do where they
        have something of the same status.

        Args:
            labels: All labels.
            wanted: The items to read the labels of, and the status of each.

        Returns:
            Those that cannot be in the lists.
        """
        parent, met = self.parent, {CURRENT}

        def call(label: dict[str, Any]) -> Callable[[], list[ListPage | ListRequest]]:
            path = f"{LABELS}/{label['id']}/{self.labelled_list}"
            request = self.reader.first_page(path, tag=self.name)
            lists = [request]
            if parent.takes_spaces:
                # Most labels are carried by less than a page of a list holds.
                lists = parent.content_filter.space_lists(request, to_the_end=False)
            return lambda: [_first_page(self.reader.client, each) for each in lists]

        failures = Failures()
        for label, future in self.reader.look_ahead(labels, call, per_worker=FEW_AHEAD):
            if future is None:
                continue
            row = {key: label.get(key) for key in LABEL_KEYS}
            is_begun = False
            try:
                for item in self._carriers(future):
                    is_begun = True
                    met.add(str(item.get("status")))
                    if str(item["id"]) in wanted:
                        yield {parent.owner_key: item["id"], **row}
            except RefusedError as error:
                self._leave_out(label, error)
            except RetriesExhaustedError as error:
                if is_begun:
                    raise
                self.skip(f"label {label['id']}", failures.add(error))
                continue
            failures.end()
        failures.check()
        return {item_id: status for item_id, status in wanted.items() if status not in met}

    def _leave_out(self, label: dict[str, Any], error: RefusedError) -> None:
        """Go on without what carries a label, unless it is the token that lacks a scope."""
        if isinstance(error, ScopeError):
            raise error
        # Perhaps the last item that had it has lost it since the labels were listed.
        self.skip(f"label {label['id']}", error)

    def _carriers(self, begun: Future[list[ListPage | ListRequest]]) -> Iterator[dict[str, Any]]:
        """Yield what carries a label: its first pages may be all there is."""
        for page in self.reader.result(begun):
            if isinstance(page, ListPage):
                yield from self.reader.items_from(page)
            else:
                yield from self.reader.items(page)


def _first_page(client: Client, request: ListRequest) -> ListPage | ListRequest:
    """Get the first page of a list; if the site fails for its first item, there is none."""
    try:
        return get_page(client, request)
    except StuckError:
        return request


class Labels(ConfluenceStream):
    """All labels that anything carries, whatever is wanted of the rest."""

    name = "labels"
    path = LABELS
    scope = "read:label:confluence"
    primary_keys = ("id",)
    schema = LABEL
    is_filtered = False

    @override
    def prepare(self) -> None:
        self.reader.ask_ahead_once(self.reader.first_page(LABELS, tag=self.name))

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield Requests(size.pages(size["labels"].listed), "labels")

    @override
    def read(self, context: Context | None) -> Iterable[Record]:
        # The streams of what carries labels may read the same list.
        return self.reader.items_once(self.reader.first_page(LABELS, tag=self.name))
