"""Lists whose items bring some of their details along."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.streams.parents import ParentStream, Work
from tap_confluence.streams.state.state_format import CHILDREN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from tap_confluence.datacenter.api.batches import Batch
    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.parents import Details, Rows


class ExpandedParentStream(ParentStream):
    """A list that spells out what children are made of; only the rest is asked for by item."""

    @abstractmethod
    def expanded(self, item: dict[str, Any], section: str) -> list[dict[str, Any]] | None:
        """Return the rows of a section that an item brings along; None to have them asked for."""

    def id_to_ask_by(self, item: dict[str, Any]) -> str:
        """Return the id under which the site knows an item."""
        return self.identity(item)

    def report(self, batch: Batch, streams: Iterable[ConfluenceStream]) -> None:
        """Report the item of a batch that the site fails for, if there is one."""
        if batch.failed is not None and batch.error is not None:
            container = batch.failed.removesuffix(CHILDREN)
            what = batch.failed if container == batch.failed else f"what is on {container}"
            self.note_skipped(what, batch.error)
            for stream in streams:
                if stream.fails_closed:
                    stream.note_skipped(what, batch.error)
                stream.leave_incomplete()

    @override
    def _details_call(self, work: Work) -> Callable[[], Details] | None:
        missing = [s for s in self._sections(work) if self.expanded(work.item, s) is None]
        return partial(self.get_details, self.id_to_ask_by(work.item), missing) if missing else None

    @override
    def _await_details(self, future: Future[Details] | None) -> dict[str, Rows] | None:
        item = self._work.item
        rows = {section: self.expanded(item, section) for section in self._sections(self._work)}
        came_along = {section: found for section, found in rows.items() if found is not None}
        asked_for = super()._await_details(future) or {}
        return {**came_along, **asked_for} or None

    def _sections(self, work: Work) -> list[str]:
        readable = (stream for stream in work.streams if not stream.is_denied)
        return sorted({section for s in readable if (section := self.section_of(s))})
