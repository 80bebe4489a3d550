"""The demo site that everything is measured on, and what it tells of a run."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from benchmarks.environments import PROJECT, SITE, python_of

if TYPE_CHECKING:
    from types import TracebackType

Keys = set[tuple[str, ...]]


@dataclass(frozen=True)
class Watched:
    """What a site has seen since it was last asked.

    Attributes:
        requests: By path, ids replaced by `{id}`.
        statuses: Requests by the status of their answer.
        most_in_flight: The most requests under way at once.
        first_at: When the first request came, by the monotonic clock of the machine.
    """

    requests: dict[str, int]
    statuses: dict[str, int]
    most_in_flight: int
    first_at: float

    @property
    def total(self) -> int:
        """All requests."""
        return sum(self.requests.values())


class Site:
    """A demo site in a process of its own, from entering the context until leaving it.

    Args:
        pages: How many pages it has; everything else scales with them.
        latency: Seconds that every answer takes at least.
        body_bytes: Length of each page's body, or None for natural lengths.
        requests_per_second: The rate beyond which it answers 429, or None for no limit.
        send_retry_after: Whether a 429 says when to come back.
        labels: Labels that it has more, each on a page.
        spaces: Spaces that it has more, with nothing in them.
    """

    def __init__(  # noqa: PLR0913 - each is named
        self,
        pages: int,
        *,
        latency: float = 0.0,
        body_bytes: int | None = None,
        requests_per_second: float | None = None,
        send_retry_after: bool = False,
        labels: int = 0,
        spaces: int = 0,
    ) -> None:
        self.latency = latency
        self.base_url = ""
        self.email = ""
        self.api_token = ""
        self._options = {
            "pages": pages,
            "latency": latency,
            "body_bytes": body_bytes,
            "requests_per_second": requests_per_second,
            "send_retry_after": send_retry_after,
            "labels": labels,
            "spaces": spaces,
        }
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        arguments = [str(python_of(SITE)), "-m", "benchmarks.demo_process"]
        self._process = subprocess.Popen(
            [*arguments, json.dumps(self._options)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
        )
        if self._process.stdout is None or not (line := self._process.stdout.readline()):
            message = "The demo site did not start"
            raise OSError(message)
        for name, value in json.loads(line).items():
            setattr(self, name, value)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    @property
    def host(self) -> str:
        """The URL of the site without its context path."""
        return self.base_url.removesuffix("/wiki")

    def truth(self) -> dict[str, Keys]:
        """Get the primary keys that each stream has."""
        found = self._ask("GET", "truth")
        return {stream: {tuple(map(str, key)) for key in keys} for stream, keys in found.items()}

    def edit_pages(self, count: int) -> Keys:
        """Change some pages, and return their keys."""
        pages = sorted(self.truth()["pages"])
        chosen = pages[:: max(1, len(pages) // count)][:count]
        for (page_id,) in chosen:
            self._ask("POST", "change", {"do": "edit_page", "args": {"id": page_id}})
        return set(chosen)

    def statuses(self) -> dict[str, int]:
        """Get the requests so far, by the status of their answer."""
        by_status: dict[str, int] = self._ask("GET", "requests")["by_status"]
        return by_status

    def clear(self) -> None:
        """Forget the requests so far."""
        self._ask("POST", "requests/clear")
        self._ask("GET", "watch")

    def watched(self) -> Watched:
        """Get what was seen since the last `clear`."""
        requests, watch = self._ask("GET", "requests"), self._ask("GET", "watch")
        return Watched(
            requests["by_path"],
            requests["by_status"],
            watch["most_in_flight"],
            watch["first_at"] or 0.0,
        )

    def _ask(self, method: str, path: str, sent: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.host}/_demo/{path}",
            data=None if sent is None else json.dumps(sent).encode(),
            method=method,
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
