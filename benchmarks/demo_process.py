"""A demo site in a process of its own that also knows how busy it was: see `benchmarks.demo`."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.troubles import json_reply

if TYPE_CHECKING:
    from aiohttp import web

WATCH = "/_demo/watch"


class WatchedSite(DemoSite):
    """A site that notes when requests came and how many were under way at once."""

    in_flight = 0
    most_in_flight = 0
    first_at: float | None = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == WATCH:
            seen = {"most_in_flight": self.most_in_flight, "first_at": self.first_at}
            self.most_in_flight, self.first_at = 0, None
            return json_reply(200, seen)
        if request.path.startswith("/_demo/"):
            return await super()._handle(request)
        self.first_at = self.first_at or time.monotonic()
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await super()._handle(request)
        finally:
            self.in_flight -= 1


def main() -> None:
    """Serve what the first argument asks for, as JSON, until stopped or orphaned."""
    options: dict[str, Any] = json.loads(sys.argv[1])
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    # The one who started this is told to stop by Ctrl-C, and stops this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    wiki = Wiki.seeded(options["pages"], body_bytes=options.get("body_bytes"))
    current = [page.id for page in wiki.pages if page.status == "current"]
    for number in range(options.get("labels", 0)):
        wiki.add_label(current[number % len(current)], f"label-{number}")
    for number in range(options.get("spaces", 0)):
        wiki.add_space(f"MORE{number}")
    gc.freeze()
    with WatchedSite(wiki, latency=options.get("latency", 0.0)) as site:
        site.faults.requests_per_second = options.get("requests_per_second")
        site.faults.send_retry_after = options.get("send_retry_after", False)
        site.faults.finds_archived = True
        started = {
            "base_url": site.base_url,
            "email": site.email,
            "api_token": site.api_token,
        }
        sys.stdout.write(json.dumps(started) + "\n")
        sys.stdout.flush()
        while not stopped.wait(1) and os.getppid() == parent:
            pass


if __name__ == "__main__":
    main()
