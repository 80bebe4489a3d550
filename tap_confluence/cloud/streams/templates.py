"""Templates that pages and blog posts are begun from."""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.cloud.filters.spaces import path_of_space
from tap_confluence.cloud.streams.spaces import requests_for_spaces
from tap_confluence.http import OverlappingOffsetPaginator, collect, with_first
from tap_confluence.schemas.templates import TEMPLATE
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.cost import Size

PATHS = ("/rest/api/template/page", "/rest/api/template/blueprint")
MOST_A_PAGE = "25"


LEFT_OUT = frozenset({"space", "_expandable", "_links"})
"""What of a template says nothing of it, or nothing new."""


class Templates(ConfluenceStream):
    """All templates: those of the site, and those of each space. Two requests a space.

    A space lists the blueprints of the site among its own: they are given once, as the site's. The
    site's belong to no space and are read whichever spaces are asked for. Those of spaces are left
    out where only some trees or labels are asked for.
    """

    name = "templates"
    request_per = "space"
    path = PATHS[0]
    scope = "read:template:confluence, read:content-details:confluence, read:space:confluence"
    primary_keys = ("templateId",)
    schema = TEMPLATE
    not_on_data_center = "REST v1 of Data Center does not tell."

    @override
    def prepare(self) -> None:
        self.begin()

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield Requests(len(PATHS))
        if self.run.filters.takes_what_spaces_keep:
            yield requests_for_spaces(self.run.filters, size)
            yield Requests(len(PATHS) * size["spaces"].wanted)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        of_site = self.reader.result(self.reader.start(self._get, {}))
        of_spaces = with_first(self._of_spaces)
        seen: set[str] = set()
        for space, templates in itertools.chain([({}, of_site)], of_spaces):
            for template in templates:
                if template["templateId"] not in seen:
                    seen.add(template["templateId"])
                    yield _record(template, space)

    def _of_spaces(self) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Yield each wanted space with its templates."""

        def call(space: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
            return partial(self._get, {"spaceKey": str(space["key"])})

        if self.run.filters.takes_what_spaces_keep:
            spaces = ContentFilter.of(self.run).spaces()
            yield from self.each(spaces, call, owner=path_of_space)

    def _get(self, params: dict[str, str]) -> list[dict[str, Any]]:
        """Get the templates of a space, or of the site. Runs in a worker thread."""
        wants_body = self.config["body_format"] != "none"
        params = {**params, "limit": MOST_A_PAGE, **({"expand": "body"} if wants_body else {})}
        requests = [self.reader.first_page(path, params, tag=self.name) for path in PATHS]
        client = self.reader.client
        return [
            row for each in requests for row in collect(client, each, OverlappingOffsetPaginator())
        ]


def _record(template: dict[str, Any], space: dict[str, Any]) -> Record:
    space_id, body = space.get("id"), template.get("body")
    bodies = body.items() if isinstance(body, dict) else ()
    return {
        **{key: value for key, value in template.items() if key not in LEFT_OUT},
        "templateId": str(template["templateId"]),
        "spaceId": None if space_id is None else str(space_id),
        "spaceKey": space.get("key"),
        "body": {
            name: {key: text.get(key) for key in ("representation", "value")}
            for name, text in bodies
            if isinstance(text, dict) and "value" in text
        },
    }
