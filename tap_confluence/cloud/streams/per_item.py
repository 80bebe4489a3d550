"""What no list has: each page and each blog post is asked for it by itself."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.statuses import TRASHED
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.cloud.streams.content import ContentStream
    from tap_confluence.streams.cost import Size


class PerItemStream(ConfluenceStream):
    """What all wanted pages or blog posts are asked for, one by one, in every run.

    What is in the trash is not asked for: the endpoints know nothing of it.

    Attributes:
        requests_per_item: How many requests it takes for each.
        owners: The streams whose items are asked for it.
    """

    selected_by_default = False
    request_per = "item"
    requests_per_item: ClassVar[int] = 1
    owners: ClassVar[tuple[type[ContentStream], ...]]

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        for owner in map(self.stream_of, self.owners):
            yield owner.whole_list(size)
            yield Requests(self.requests_per_item * size[owner.name].shown)

    @abstractmethod
    def ask(self, item: dict[str, Any]) -> Record | None:
        """Ask for what there is of an item, if anything. Runs in a worker thread."""

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for owner in map(self.stream_of, self.owners):
            yield from self._read_of(owner)

    def _read_of(self, owner: ContentStream) -> Iterator[Record]:
        def path(item: dict[str, Any]) -> str:
            return f"{owner.path}/{item['id']}"

        for item, found in self.each(owner.all_items(tag=self.name), self._call, owner=path):
            if found is not None:
                yield {owner.owner_key: str(item["id"]), **found}

    def _call(self, item: dict[str, Any]) -> Callable[[], Record | None] | None:
        return None if item.get("status") == TRASHED else partial(self.ask, item)
