"""Details that change without changing the date of what they belong to."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.streams.details import DetailStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record


class FullTableDetailStream(DetailStream):
    """Undated details of a list's items, complete in every run.

    They come with the details of the items when all of these are asked for anyway, on a first
    run. Afterwards they are read by themselves, whatever has changed of the items.
    """

    @abstractmethod
    def read_all(self) -> Iterable[Record]:
        """Read the details of all items by themselves."""

    def sync_by_itself(self) -> None:
        """Write the details of all items, because the items did not bring them along."""
        self.sync(None)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if context is None:
            yield from self.read_all()
        else:
            yield from super().read(context)
