"""Getting the pages of a list past what the site fails for, in one item or in too many at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from tap_confluence.errors import (
    AnswerTooLargeError,
    NotFoundError,
    RetriesExhaustedError,
    of_item,
)
from tap_confluence.http.lists.list_page import FailedItem, ListPage, StuckError
from tap_confluence.http.transport.bounds import MOST_BYTES_OF_SEVERAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.errors import RefusedError
    from tap_confluence.http.client import Answer, Client
    from tap_confluence.http.lists.list_page import ListRequest

    Failure = RefusedError | RetriesExhaustedError

BODY = "body-format"
EXPAND = "expand"


class Halving(ABC):
    """Gets one page after the other of a list that is followed once.

    A page that the site fails for after all retries is halved until the item that it fails for
    stands alone. That one is got without its body, else with nothing spelled out, for its name. A
    page whose parts can all be got was too large: the run asks for smaller ones of its kind from
    then on. While it is not known whether it is the site that fails, nothing is repeated.

    A page that has too many bytes is asked for in smaller ones, down to single items.
    """

    fails_with: ClassVar[tuple[type[Failure], ...]] = (RetriesExhaustedError,)
    """The errors with which a site may fail for a page because of one item in it."""

    _limit: int | None = None
    """How many items to ask for while one of the next is suspected; None for as many as asked."""

    _suspects = 0
    """Items among which is the one that the site fails for."""

    _error: Failure | None = None
    """How it has failed, after all retries."""

    _is_first = True

    needs_all = False
    """Whether nothing is made of a list that lacks an item."""

    @abstractmethod
    def page(self, request: ListRequest, answer: Answer) -> ListPage:
        """Return the page that an answer holds, leading where the site says."""

    def get(self, client: Client, request: ListRequest) -> ListPage:
        """Get one page, in the calling thread.

        Raises:
            StuckError: The site fails for the next item, however it is asked for.
            ConfluenceError: The site refuses the list.
        """
        if not request.limit or not self.fails_with or client.tries_once:
            return self.page(request, send(client, request))
        limit = self._limit or client.page_sizes.limit_of(request)
        while True:
            limited = self._limited(request, limit)
            try:
                page = self._got(request, limited, send(client, limited))
            except AnswerTooLargeError:
                # Each try costs as many bytes, and what is small grows again.
                limit = max(1, limit // 8)
                client.page_sizes.note_too_many_bytes(request, limit)
                continue
            except self.fails_with as raised:
                error = self._error = self._error or raised
            else:
                self._note_got(client, page, limit)
                return page
            self._check_list(client, request, error)
            if limit == 1:
                break
            # One item shows at once whether the site gives anything at all.
            is_first_failure = not self._suspects
            self._suspects, self._limit = limit, limit // 2
            limit = 1 if is_first_failure else limit // 2
        self._suspects, self._limit, self._error = 0, None, None
        return self._alone(client, request, limited, error)

    def past(
        self,
        client: Client,  # noqa: ARG002
        request: ListRequest,
        error: Failure,
    ) -> ListPage:
        """Return the page that leads past an item that cannot be got at all.

        Args:
            client: The site.
            request: The page that begins with it.
            error: How the site fails.

        Raises:
            StuckError: The list does not say where it goes on.
        """
        raise StuckError(request, error) from error

    def _limited(self, request: ListRequest, limit: int) -> ListRequest:
        most = 0 if self._suspects else request.max_retries
        most_bytes = MOST_BYTES_OF_SEVERAL if limit > 1 else None
        limited = request.with_params(limit=str(limit))
        return replace(limited, max_retries=most, most_bytes=most_bytes)

    def _got(self, request: ListRequest, limited: ListRequest, answer: Answer) -> ListPage:
        page = self.page(limited, answer)
        following = page.next and replace(
            page.next.with_params(limit=str(request.params["limit"])), most_bytes=None
        )
        return replace(page, request=request, next=following, size=answer.size)

    def _note_got(self, client: Client, page: ListPage, limit: int) -> None:
        self._is_first = False
        if not self._suspects:
            client.page_sizes.note_got(page.request, page.size)
            return
        self._suspects = max(0, self._suspects - len(page.items))
        if not self._suspects or page.next is None:
            client.page_sizes.note_too_large(page.request, max(limit, self._limit or 1))
            self._suspects, self._limit, self._error = 0, None, None

    def _check_list(self, client: Client, request: ListRequest, error: Failure) -> None:
        """Make sure that it is an item that is not found, and not the list itself."""
        if self._is_first and isinstance(error, NotFoundError):
            send(client, request.without(EXPAND).with_params(limit="1"))
        self._is_first = False

    def _alone(
        self, client: Client, request: ListRequest, limited: ListRequest, error: Failure
    ) -> ListPage:
        """Get an item that the site fails for without what makes it fail."""
        for lean, is_left_out in _leaner(replace(limited, max_retries=0)):
            try:
                page = self._got(request, limited, send(client, lean))
            except self.fails_with:
                continue
            if not page.items:
                return page
            return self._again(client, request, limited) or replace(
                page,
                failed=FailedItem(request, of_item(error), page.items[0], is_left_out=is_left_out),
            )
        if self.needs_all:
            raise StuckError(request, error) from error
        return self.past(client, request, error)

    def _again(self, client: Client, request: ListRequest, limited: ListRequest) -> ListPage | None:
        """Get an item after all, now that the site has answered; None if it still fails for it."""
        patient = replace(limited, max_retries=request.max_retries)
        try:
            return self._got(request, limited, send(client, patient))
        except self.fails_with:
            return None


def send(client: Client, request: ListRequest) -> Answer:
    """Ask for a page."""
    return client.get(
        request.path,
        request.params,
        tag=request.tag,
        max_retries=request.max_retries,
        most_bytes=request.most_bytes,
    )


def _leaner(request: ListRequest) -> Iterator[tuple[ListRequest, bool]]:
    """Yield ways to ask for an item with less, and whether that is too little to be written."""
    if BODY in request.params:
        yield request.without(BODY), False
    if EXPAND in request.params:
        names = str(request.params[EXPAND]).split(",")
        kept = [name for name in names if not name.startswith("body.")]
        if kept and len(kept) < len(names):
            yield request.with_params(expand=",".join(kept)), False
        yield request.without(EXPAND), True
