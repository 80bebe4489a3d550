"""Runs of the tap with what each of them wrote and asked for."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cache
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests import running
from tests.demo_site import DemoSite

if TYPE_CHECKING:
    from collections.abc import Collection

    from aiohttp import web

    from tests.demo_site.recorder import Recorded
    from tests.running import Json, Key

INVENTORY = "content_inventory"
NEVER_WHOLE = "users"
"""The stream that no run reads to its end: who has left is met only where they have been."""

ON_TOP = ("/api/v2/labels", "/api/v2/spaces/")
"""Requests that come on top of what a run may cost: the label side, and those for each space."""

CONTENT = (
    *("pages", "blog_posts", "attachments", "page_footer_comments", "page_inline_comments"),
    *("blog_post_footer_comments", "blog_post_inline_comments", "custom_content"),
    *("attachment_footer_comments", "custom_content_footer_comments"),
)
DETAILS = {
    **dict.fromkeys(("page_versions", "page_content_properties"), "pages"),
    **dict.fromkeys(("blog_post_versions", "blog_post_content_properties"), "blog_posts"),
    **dict.fromkeys(("attachment_versions", "attachment_content_properties"), "attachments"),
    **dict.fromkeys(
        ("custom_content_versions", "custom_content_content_properties"), "custom_content"
    ),
}
"""The incremental streams of details, with the stream of what they are details of."""

INCREMENTAL = (*CONTENT, *DETAILS, "tasks")
OWNER_KEYS = {
    "pages": "pageId",
    "blog_posts": "blogPostId",
    "attachments": "attachmentId",
    "custom_content": "customContentId",
}


class ClockedSite(DemoSite):
    """A site whose `Date` header tells the time of its wiki, not of the machine it runs on.

    It is the second after the last change, as the header has no milliseconds.
    """

    @override
    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        response = super()._respond(request, path, raw_query)
        response.headers["Date"] = formatdate(self.wiki.now_ms // 1000 + 1, usegmt=True)
        return response


@dataclass(frozen=True)
class Run(running.Run):
    """What a run wrote and what it asked for, both in order."""

    requests: list[Recorded] = field(default_factory=list)

    @property
    def cost(self) -> int:
        """The number of requests that count."""
        return sum(not request.path.startswith(ON_TOP) for request in self.requests)

    def rows(self, stream: str) -> list[Json]:
        return self.records.get(stream, [])

    def ids(self, stream: str) -> set[str]:
        return {row["id"] for row in self.rows(stream)}

    def bookmark(self, stream: str) -> str | None:
        entry = self.state["bookmarks"].get(stream, {})
        bookmark: str | None = entry.get("replication_key_value")
        return bookmark

    def asked(self, path: str) -> list[Recorded]:
        """The requests whose whole path matches a pattern."""
        return [request for request in self.requests if re.fullmatch(path, request.path)]


def sync(
    site: DemoSite, state: Json | None = None, catalog: Json | None = None, **settings: Any
) -> Run:
    """Run the tap once."""
    before = len(site.requests)
    settings = running.settings_of(site, **{"max_concurrency": 3, **settings})
    run = running.run_tap(settings, state, catalog)
    return Run(run.stdout, run.stderr, run.exit_status, site.requests[before:])


def keys_of(*runs: running.Run, stream: str) -> set[Key]:
    """The primary keys that any of some runs has written."""
    return {key for run in runs for key in run.keys(stream)}


def all_but(*names: str) -> Json:
    """A catalog in which all streams but some are selected."""
    return running.only(*(name for name in stream_names() if name not in names))


def read_whole(*names: str) -> Json:
    """A catalog of some streams as `replication-method: FULL_TABLE` in meltano.yml makes it."""
    catalog = running.only(*names)
    for entry in catalog["streams"]:
        if entry["tap_stream_id"] in names:
            entry["replication_method"] = "FULL_TABLE"
            for metadata in entry["metadata"]:
                if not metadata["breadcrumb"]:
                    metadata["metadata"]["forced-replication-method"] = "FULL_TABLE"
    return catalog


@cache
def stream_names() -> tuple[str, ...]:
    """The streams that a run without a catalog reads."""
    names = (entry["tap_stream_id"] for entry in running.only()["streams"])
    return tuple(name for name in names if name not in running.not_by_default())


def full_table_streams() -> list[str]:
    return [name for name in stream_names() if name not in {*INCREMENTAL, NEVER_WHOLE}]


def without_state_of(state: Json, *names: str) -> Json:
    """A state in which some streams were never read."""
    state = copy.deepcopy(state)
    for name in names:
        state["bookmarks"].pop(name, None)
    return state


def killed_after(run: running.Run, count: int) -> running.Run:
    """What is left of a run if it is killed after so many messages."""
    lines = run.stdout.splitlines(keepends=True)[:count]
    return running.Run("".join(lines), "", 0)


def last_state(run: running.Run) -> Json | None:
    return run.states[-1] if run.states else None


def moments(runs: Collection[running.Run], stream: str) -> list[str]:
    return [row["modifiedAt"] for run in runs for row in run.records.get(stream, [])]
