"""How many items of a list a site gives in time."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tap_confluence.http.transport.bounds import MOST_BYTES_OF_SEVERAL

if TYPE_CHECKING:
    from tap_confluence.http.lists.list_page import ListRequest

ID = re.compile(r"/(?:att)?\d+(?=/)")

PAGES_BEFORE_GROWTH = 20
"""Pages in a row that come in time before one of twice their size is asked for: a site may have
been slow for a moment."""


@dataclass
class _Size:
    """Attributes: the most items to ask for, pages got since, and pages to get before more.

    `by_bytes` says that it is not the site that fails for more, but the bytes that are too many.
    """

    limit: int
    got: int = 0
    patience: int = PAGES_BEFORE_GROWTH
    by_bytes: bool = False


class PageSizes:
    """The sizes of pages that a site has failed for, in the lists of a kind. Safe in threads.

    Lists of one kind have the same path but for an id, and the same spelled out of each item.
    """

    def __init__(self) -> None:
        self._sizes: dict[tuple[str, str], _Size] = {}
        self._lock = threading.Lock()

    def limit_of(self, request: ListRequest) -> int:
        """Return how many items to ask for."""
        with self._lock:
            size = self._sizes.get(_kind_of(request))
            return request.limit if size is None else min(request.limit, size.limit)

    def note_too_large(self, request: ListRequest, limit: int) -> None:
        """Take note that the site gives no more than so many at once."""
        kind = _kind_of(request)
        with self._lock:
            known = self._sizes.get(kind)
            patience = PAGES_BEFORE_GROWTH if known is None else 2 * known.patience
            self._sizes[kind] = _Size(limit, patience=patience)

    def note_too_many_bytes(self, request: ListRequest, limit: int) -> None:
        """Take note that more items than so many have too many bytes together."""
        with self._lock:
            self._sizes[_kind_of(request)] = _Size(limit, by_bytes=True)

    def note_got(self, request: ListRequest, size: int) -> None:
        """Take note of a page that came in time; after many, or a small one, try larger ones.

        Args:
            request: The page.
            size: How many bytes it had.
        """
        kind = _kind_of(request)
        with self._lock:
            known = self._sizes.get(kind)
            if known is None:
                return
            known.got += 1
            # How large items are is as true of the next ones as of the last, and no more.
            is_small = 2 * size <= MOST_BYTES_OF_SEVERAL
            if is_small if known.by_bytes else known.got >= known.patience:
                known.got = 0
                known.limit *= 2


def _kind_of(request: ListRequest) -> tuple[str, str]:
    spelled_out = (request.params.get("body-format"), request.params.get("expand"))
    return ID.sub("/{id}", request.path), str(spelled_out)
