"""Labels of content, which change without changing the date of what carries them."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.streams.details import DetailStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record


class LabelStream(DetailStream):
    """The labels of a list's items, complete in every run.

    They come with the details of the items when all of these are asked for anyway, on a first
    run. Afterwards they are read from the label side, so that a label that was put on or taken
    off an old page is seen at the cost of a few list requests.
    """

    section = "labels"

    @abstractmethod
    def read_all(self) -> Iterable[Record]:
        """Read all labels of all items by themselves."""

    def sync_by_label(self) -> None:
        """Write all labels, because the parent's items did not bring them along."""
        self.sync(None)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if context is None:
            yield from self.read_all()
        else:
            yield from super().read(context)
