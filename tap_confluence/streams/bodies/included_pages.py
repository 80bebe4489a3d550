"""The pages that bodies show of others, read before these are written."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from tap_confluence.content import IncludedPage, TooLargeError
from tap_confluence.content.includes import MOST_DEEP
from tap_confluence.content.macros import INCLUDES
from tap_confluence.content.references import PAGE, inclusions_in
from tap_confluence.errors import NotFoundError, RefusedError, RetriesExhaustedError
from tap_confluence.http import FEW_AHEAD, rows_of
from tap_confluence.streams.bodies.details import readable_body
from tap_confluence.streams.retries import RetryingStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tap_confluence.content import Links
    from tap_confluence.content.references import Reference
    from tap_confluence.http.client import Answer
    from tap_confluence.run import Run

    Item = Mapping[str, Any]
    """A page or whatever has a body, as its list has it."""

logger = logging.getLogger("tap-confluence")

TAG = "included pages"
"""Under which name the requests are counted."""

MOST_KEPT = 64 * 1024 * 1024
"""Characters of bodies that are kept for those that come after, before all are forgotten."""

WORD = next(iter(INCLUDES))
"""What stands in every body that shows another page, in whatever format."""


class PageQuestion(NamedTuple):
    """A request for pages with their bodies.

    Attributes:
        path: The path of a list, or of one page.
        params: The query.
        pages: The pages that are asked for, by their addresses.
    """

    path: str
    params: Mapping[str, Any]
    pages: Mapping[str, Reference]


class IncludedPages:
    """Finds the pages that bodies show, and those that these show, each once.

    A page is shown if this account may read it and the filters want it.

    Attributes:
        by_address: Those that were found; None for one that is not to be shown.

    Args:
        run: The run.
        links_of: Returns where the references of an item lead.
        ask_for: Returns how to ask for pages by their ids, or their spaces and titles.
    """

    def __init__(
        self,
        run: Run,
        links_of: Callable[[Item], Links],
        ask_for: Callable[[Mapping[str, Reference]], Iterable[PageQuestion]],
    ) -> None:
        self.by_address: dict[str, IncludedPage | None] = {}
        self._run = run
        self._links_of = links_of
        self._ask_for = ask_for
        self._kept = 0
        self._has_failed = False

    def bring(self, items: Iterable[Item]) -> list[Item]:
        """Read the pages that some items show, and those that these show.

        Returns:
            All that were not known before.
        """
        if self._kept > MOST_KEPT:
            self.by_address.clear()
            self._kept = 0
        brought: list[Item] = []
        for _ in range(MOST_DEEP):
            wanted = {
                address: page
                for item in items
                for address, page in self._included_by(item)
                if address not in self.by_address
            }
            if not wanted:
                break
            items = list(self._read(wanted))
            brought += items
        return brought

    def _included_by(self, item: Item) -> Iterator[tuple[str, Reference]]:
        representation, body = readable_body(item.get("body"))
        if not isinstance(body, str) or WORD not in body:
            return
        try:
            inclusions = inclusions_in(body, representation, self._links_of(item))
        except TooLargeError:
            # Nothing is made of it, and so nothing is shown in it.
            return
        for found in inclusions:
            if found.page.kind == PAGE and found.page.url:
                yield found.page.url, found.page

    def _read(self, wanted: Mapping[str, Reference]) -> Iterator[Item]:
        self.by_address.update(dict.fromkeys(wanted))
        for address, item in self._found(wanted):
            representation, body = readable_body(item.get("body"))
            if body is None or not self._is_wanted(item):
                continue
            page = IncludedPage(str(item["id"]), body, representation, self._links_of(item))
            self.by_address[address] = page
            self._kept += len(body)
            yield item

    def _found(self, wanted: Mapping[str, Reference]) -> Iterator[tuple[str, Item]]:
        """Yield the pages that the site gives, by their addresses."""
        reader = self._run.reader

        def call(question: PageQuestion) -> Callable[[], Answer]:
            return partial(reader.client.get, question.path, question.params, tag=TAG)

        for question, future in reader.look_ahead(
            self._ask_for(wanted), call, per_worker=FEW_AHEAD
        ):
            try:
                body = reader.result(future).body if future else {}
                rows = [body] if "id" in body else rows_of(question.path, body)
            except NotFoundError:
                continue
            except (RefusedError, RetriesExhaustedError) as error:
                self._tell(error)
                continue
            for row in rows:
                for address, page in question.pages.items():
                    if page.target_id in {None, str(row.get("id"))}:
                        yield address, row

    def _tell(self, error: Exception) -> None:
        level = logging.DEBUG if self._has_failed else logging.WARNING
        self._has_failed = True
        words = "An included page is named and not shown, for it cannot be read (%s)"
        logger.log(level, words, error)

    def _is_wanted(self, item: Item) -> bool:
        pages = self._run.streams["pages"]
        return isinstance(pages, RetryingStream) and pages.is_wanted(dict(item))
