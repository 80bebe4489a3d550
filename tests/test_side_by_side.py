"""What a run asks for of its streams side by side, on each deployment, and what it writes of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from tap_confluence.tap import TapConfluence
from tests.datacenter.runs import settings_of as settings_of_data_center
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.demo_site.loopback import LoopbackSite
from tests.running import Run, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiohttp import web

SIGN_IN = ("/rest/api/user/current", "/rest/api/server-information")
LONGEST_MEETING = 20.0
"""Seconds after which those who have not come are taken to wait for an answer."""


class Meeting:
    """Has requests wait for each other, instead of answering them.

    Attributes:
        met: The paths of those that have waited together, if as many came as were to come.

    Args:
        is_awaited: Tells by its path whether a request is to wait for the others.
        count: How many of them there are.
    """

    def __init__(self, is_awaited: Callable[[str], bool], count: int) -> None:
        self.met: list[str] = []
        self._is_awaited = is_awaited
        self._count = count
        self._waiting: list[str] = []
        self._all_there = asyncio.Event()

    async def take_part(self, path: str) -> None:
        if self._all_there.is_set() or path in SIGN_IN or not self._is_awaited(path):
            return
        self._waiting.append(path)
        if len(self._waiting) == self._count:
            self.met = [*self._waiting]
            self._all_there.set()
        try:
            await asyncio.wait_for(self._all_there.wait(), LONGEST_MEETING)
        except TimeoutError:
            self._all_there.set()


class MeetingSite(LoopbackSite):
    """A site whose requests may have to wait for each other."""

    meeting: Meeting | None = None

    @override
    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.meeting is not None:
            _, _, path = request.path.removeprefix("/").partition("/")
            await self.meeting.take_part(f"/{path}")
        return await super()._handle(request)


class MeetingCloud(MeetingSite, DemoSite):
    """Of the Cloud."""


class MeetingDataCenter(MeetingSite, DataCenterSite):
    """Of one's own."""


AnySite = MeetingCloud | MeetingDataCenter


@pytest.fixture(scope="module")
def wiki() -> Wiki:
    return Wiki.seeded(pages=20, seed=7)


@pytest.fixture
def cloud(wiki: Wiki) -> Iterator[MeetingCloud]:
    with MeetingCloud(wiki) as site:
        yield site


@pytest.fixture
def data_center(wiki: Wiki) -> Iterator[MeetingDataCenter]:
    with MeetingDataCenter(wiki) as site:
        yield site


@pytest.fixture(params=[MeetingCloud, MeetingDataCenter], ids=["cloud", "data-center"])
def site(wiki: Wiki, request: pytest.FixtureRequest) -> Iterator[AnySite]:
    with request.param(wiki) as site:
        yield site


def settings(site: AnySite, **more: Any) -> dict[str, Any]:
    if isinstance(site, DemoSite):
        return settings_of(site, max_concurrency=32, **more)
    return settings_of_data_center(site, **{"max_concurrency": 32, **more})


def run_in_turn(site: AnySite, **options: Any) -> tuple[Run, Counter[str]]:
    """Run the tap without having anything on the way before its turn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TapConfluence, "_prepare", lambda _: None)
        return run_counted(site, **options)


def run_counted(
    site: AnySite, state: dict[str, Any] | None = None, **more: Any
) -> tuple[Run, Counter[str]]:
    """Run the tap, and count the requests by path."""
    streams = more.pop("streams", None)
    site.requests.clear()
    run = run_tap(settings(site, **more), state, streams=streams)
    return run, Counter(request.path for request in site.requests)


def rows_in_order(run: Run) -> list[tuple[str, dict[str, Any]]]:
    return [(m["stream"], m["record"]) for m in run.messages if m["type"] == "RECORD"]


def test_the_first_pages_of_all_lists_of_a_cloud_site_are_asked_for_together(
    cloud: MeetingCloud,
) -> None:
    cloud.meeting = Meeting(lambda _: True, count=19)

    assert run_tap(settings(cloud)).exit_status == 0

    assert Counter(cloud.meeting.met) == {
        "/api/v2/pages": 2,
        "/api/v2/blogposts": 2,
        "/api/v2/attachments": 2,
        "/api/v2/footer-comments": 2,
        "/api/v2/inline-comments": 2,
        "/api/v2/classification-levels": 1,
        "/api/v2/labels": 1,
        "/api/v2/space-roles": 1,
        "/api/v2/spaces": 1,
        "/api/v2/tasks": 1,
        "/rest/api/group": 1,
        "/rest/api/search": 1,
        "/rest/api/search/user": 1,
        "/rest/api/template/page": 1,
    }


def test_the_first_pages_of_all_lists_of_a_data_center_are_asked_for_together(
    data_center: MeetingDataCenter,
) -> None:
    data_center.meeting = Meeting(lambda _: True, count=11)

    assert run_tap(settings(data_center)).exit_status == 0

    assert Counter(data_center.meeting.met) == {
        "/rest/api/content/scan": 7,
        "/rest/api/group": 1,
        "/rest/api/label/labels": 1,
        "/rest/api/permissions/anonymous": 1,
        "/rest/api/user/list": 1,
    }


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        (MeetingCloud, ("attachments/", "blogposts/", "pages/", "spaces/", "membersByGroupId")),
        (MeetingDataCenter, ("/property", "/permissions", "/member")),
    ],
    ids=["cloud", "data-center"],
)
def test_details_of_different_streams_are_asked_for_together(
    wiki: Wiki, kind: type[AnySite], details: tuple[str, ...]
) -> None:
    with kind(wiki) as site:
        come: set[str] = set()

        def is_new(path: str) -> bool:
            found = {part for part in details if part in path} - come
            come.update(found)
            return bool(found)

        site.meeting = Meeting(is_new, count=len(details))

        assert run_tap(settings(site)).exit_status == 0

        assert len(site.meeting.met) == len(details)


def test_rows_and_requests_are_those_of_a_run_that_has_nothing_on_the_way(site: AnySite) -> None:
    run, requests = run_counted(site)
    in_turn, as_many = run_in_turn(site)

    assert rows_in_order(run) == rows_in_order(in_turn)
    assert run.activated == in_turn.activated
    assert requests <= as_many, requests - as_many


def test_so_they_are_where_nothing_has_changed(site: AnySite) -> None:
    state = run_tap(settings(site)).state

    run, requests = run_counted(site, state)
    in_turn, as_many = run_in_turn(site, state=state)

    assert rows_in_order(run) == rows_in_order(in_turn)
    assert requests <= as_many, requests - as_many


@pytest.mark.parametrize(
    "filters",
    [
        {"space_keys": ["ENG", "OPS"]},
        {"exclude_labels": ["draft"], "content_statuses": ["current"]},
        {"body_markdown": True, "body_format": "storage"},
    ],
    ids="-".join,
)
def test_so_they_are_whatever_the_settings_ask_for(site: AnySite, filters: dict[str, Any]) -> None:
    run, requests = run_counted(site, **filters)
    in_turn, as_many = run_in_turn(site, **filters)

    assert rows_in_order(run) == rows_in_order(in_turn)
    assert requests <= as_many, requests - as_many


def test_nothing_is_asked_for_about_items_of_a_list_that_is_refused(cloud: MeetingCloud) -> None:
    streams = ("pages", "page_versions", "blog_posts", "templates", "group_members")
    for path in ("/api/v2/pages", "/rest/api/template", "/rest/api/group"):
        cloud.faults.forbid(path, 403)

    run, requests = run_counted(cloud, streams=streams)
    in_turn, as_many = run_in_turn(cloud, streams=streams)

    assert run.exit_status == in_turn.exit_status == 1
    assert rows_in_order(run) == rows_in_order(in_turn)
    assert requests <= as_many, requests - as_many


def test_nothing_is_asked_for_about_streams_that_are_not_due(site: AnySite) -> None:
    more: dict[str, Any] = {
        "full_table_interval_hours": 24,
        "streams": ("pages", "space_permissions"),
    }
    run, _ = run_counted(site, **more)

    _, requests = run_counted(site, run.state, **more)

    assert not [path for path in requests if "/space" in path]
