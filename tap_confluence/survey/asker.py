"""How a survey asks: single GET requests, each once, whose answer of any status is an answer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import requests
from typing_extensions import override

from tap_confluence.decoding import NotJSONError, decode
from tap_confluence.errors import ConfluenceError, RateLimitError, StoppedError
from tap_confluence.http import CircleGuard, LinkPaginator, ListPage, ListRequest, read_pages
from tap_confluence.http.responses import TransientError
from tap_confluence.http.transport.bounds import UnboundedAnswerError
from tap_confluence.survey.facts import UnansweredError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_confluence.http import Client

    Row = dict[str, Any]

TAG = "survey"

OK = 200

UNKNOWN = (400, 404)
"""The statuses of what a site does not know, and not of what an account may not."""

PLACES = ("cursor", "start")
"""What a link to the next page has that the page before it had not."""


@dataclass(frozen=True)
class Reply:
    """An answer: its status, and the JSON object in it, which is empty if there is none."""

    status: int
    body: Mapping[str, Any]

    @property
    def rows(self) -> list[Row]:
        """The objects among the results."""
        results = self.body.get("results")
        return (
            [row for row in results if isinstance(row, dict)] if isinstance(results, list) else []
        )

    @property
    def next_place(self) -> dict[str, str]:
        """What to ask for to get the next page; nothing on the last."""
        link = pick(self.body, "_links", "next")
        # Cursors are not escaped, so that a plus is one.
        query = link.partition("?")[2].replace("+", "%2B") if isinstance(link, str) else ""
        return {name: values[0] for name, values in parse_qs(query).items() if name in PLACES}


@dataclass(frozen=True)
class Listed:
    """The rows of a list, from its beginning; `is_whole` if also to its end."""

    rows: Sequence[Row]
    is_whole: bool

    @property
    def ids(self) -> set[str]:
        """The ids of the rows."""
        return {str(row.get("id")) for row in self.rows}

    @property
    def size(self) -> str:
        """How many there are, in words."""
        return f"{len(self.ids)}{'' if self.is_whole else ' or more'}"


class Asker:
    """Asks one site.

    Args:
        client: Sends the requests.
        most: How many requests may be sent; None for any number.
    """

    def __init__(self, client: Client, most: int | None) -> None:
        self.client = client
        self.sent = 0
        self._most = most
        self._replies: dict[str, Reply] = {}
        self._failures: dict[str, str] = {}

    def ask(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """Send a request, unless the same was sent before.

        Raises:
            UnansweredError: There is no answer, or no request left.
        """
        key = f"{path} {sorted((params or {}).items())}"
        if key not in self._replies and key not in self._failures:
            if self._most is not None and self.sent >= self._most:
                message = "the requests are used up, see --thorough"
                raise UnansweredError(message)
            self.sent += 1
            try:
                self._replies[key] = self._ask(path, params or {})
            except StoppedError:
                raise
            except RateLimitError:
                self._failures[key] = "the site wants too long a pause"
            except (
                ConfluenceError,
                TransientError,
                UnboundedAnswerError,
                requests.RequestException,
            ):
                self._failures[key] = "no answer"
        if key in self._failures:
            raise UnansweredError(self._failures[key])
        return self._replies[key]

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """Send a request that has to be answered well.

        Raises:
            UnansweredError: It is not; the message is the status.
        """
        reply = self.ask_whether(path, params)
        if reply.status != OK:
            raise UnansweredError(str(reply.status))
        return reply

    def ask_whether(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """Send a request that a site may not know how to answer.

        Returns:
            What it answers, of status 200, 400 or 404.

        Raises:
            UnansweredError: It refuses for another reason; the message is the status.
        """
        reply = self.ask(path, params)
        if reply.status not in {OK, *UNKNOWN}:
            raise UnansweredError(str(reply.status))
        if reply.status == OK and not reply.body:
            message = "an odd answer"
            raise UnansweredError(message)
        return reply

    def walk(self, path: str, params: Mapping[str, str], pages: int) -> Listed:
        """Read a list by its cursors or offsets, so many pages at most.

        Raises:
            UnansweredError: A page is refused.
        """
        paginator = PlacePaginator(self)
        walk = read_pages(self.client, ListRequest(path, params, TAG), paginator)
        read = list(islice(walk, pages))
        rows = [row for page in read for row in page.items]
        is_over = any(page.next is None for page in read)
        return Listed(rows, is_whole=is_over and not paginator.guard.is_in_circles)

    def _ask(self, path: str, params: Mapping[str, str]) -> Reply:
        url = f"{self.client.root}{path}"
        response = self.client.open(url, params, tag=TAG, signed=True)
        try:
            body = decode(response.content)
        except NotJSONError:
            body = None
        finally:
            response.close()
        return Reply(response.status_code, body if isinstance(body, dict) else {})


class PlacePaginator(LinkPaginator):
    """Follows a list of which a survey sees as much as there is, and says whether that is all.

    Args:
        asker: Asks the site.
    """

    def __init__(self, asker: Asker) -> None:
        super().__init__(CircleGuard(ends=True))
        self._asker = asker

    @override
    def get(self, client: Client, request: ListRequest) -> ListPage:
        params = {name: str(value) for name, value in request.params.items()}
        reply = self._asker.get(request.path, params)
        following = request.with_params(**reply.next_place) if reply.next_place else None
        return ListPage(request, reply.rows, following)


def pick(value: object, *names: str) -> Any:
    """Get what lies in an object in an object; None where there is no such thing."""
    for name in names:
        value = value.get(name) if hasattr(value, "get") else None
    return value
