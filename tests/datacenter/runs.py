"""Runs of the tap against Data Center, and what they have to bring."""

from __future__ import annotations

import json
from email.utils import formatdate
from functools import cache
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud import STREAMS
from tap_confluence.tap import TapConfluence
from tests import running
from tests.demo_site.datacenter import DataCenterSite
from tests.incremental import runs

if TYPE_CHECKING:
    from aiohttp import web

    from tests.demo_site.wiki import Keys
    from tests.incremental.runs import Run
    from tests.running import Json

ABSENT = frozenset(stream.name for stream in STREAMS if stream.not_on_data_center)
"""The streams that Cloud alone has."""

INCREMENTAL = tuple(name for name in runs.INCREMENTAL if name not in ABSENT)
CONTENT = tuple(name for name in runs.CONTENT if name not in ABSENT)


class ClockedDataCenter(DataCenterSite):
    """A site whose `Date` header tells the time of its wiki, not of the machine it runs on."""

    @override
    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        response = super()._respond(request, path, raw_query)
        response.headers["Date"] = formatdate(self.wiki.now_ms // 1000 + 1, usegmt=True)
        return response


def settings_of(site: DataCenterSite, **more: Any) -> Json:
    """The settings that sign in to a site and read all of it."""
    return {
        "base_url": site.base_url,
        "personal_access_token": site.personal_access_token,
        "anchor_date": "2000-01-01",
        "max_concurrency": 3,
        **more,
    }


def sync(
    site: DataCenterSite, state: Json | None = None, catalog: Json | None = None, **settings: Any
) -> Run:
    """Run the tap once."""
    before = len(site.requests)
    run = running.run_tap(settings_of(site, **settings), state, catalog)
    return runs.Run(run.stdout, run.stderr, run.exit_status, site.requests[before:])


def only(*names: str) -> Json:
    """A catalog in which these streams are selected, and no others."""
    catalog: Json = json.loads(_discovered())
    assert set(names) <= set(discovered()), names
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if not metadata["breadcrumb"]:
                metadata["metadata"]["selected"] = entry["tap_stream_id"] in names
    return catalog


def all_but(*names: str) -> Json:
    """A catalog in which all streams but some are selected."""
    return only(*(name for name in stream_names() if name not in names))


@cache
def discovered() -> tuple[str, ...]:
    """All streams."""
    return tuple(entry["tap_stream_id"] for entry in json.loads(_discovered())["streams"])


def stream_names() -> list[str]:
    """The streams that a run without a catalog reads."""
    return [name for name in discovered() if name not in running.not_by_default()]


def truth_of(site: DataCenterSite) -> dict[str, Keys]:
    """The keys that each stream has to deliver, as the records have them."""
    truth = {name: keys for name, keys in site.truth().items() if name in discovered()}
    return {
        **truth,
        "tasks": {("-".join(key),) for key in truth["tasks"]},
        "space_permissions": {(s, ":".join(rest)) for s, *rest in truth["space_permissions"]},
    }


@cache
def _discovered() -> str:
    settings = {"base_url": "https://confluence.example.com", "personal_access_token": "token"}
    with running.signals_left_alone():
        return json.dumps(TapConfluence(config=settings).catalog_dict)
