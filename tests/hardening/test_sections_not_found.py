"""One part of an item that cannot be read is a gap in that part alone: it may still be there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.datacenter import runs as datacenter
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.hardening.distortion import Answer, Distortion
from tests.hardening.odd_sites import OddCloud, OddDataCenter, settings_for
from tests.running import only, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

SECTIONS = ("page_labels", "page_versions", "page_content_properties")
SEARCH = "/rest/api/content/search"
CROWDED = 120
"""More of a section than the details of an item bring along."""


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


@pytest.fixture
def data_center() -> Iterator[DataCenterSite]:
    with DataCenterSite(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


def run_on(site: DemoSite | DataCenterSite, *streams: str) -> Run:
    if isinstance(site, DataCenterSite):
        run = run_tap(datacenter.settings_of(site), catalog=datacenter.only(*streams))
    else:
        run = run_tap(settings_of(site), streams=streams)
    assert run.exit_status == 0, run.complaints
    return run


def a_page(site: DemoSite | DataCenterSite, *, labels: int) -> str:
    page = next(page for page in site.wiki.pages if page.status == "current")
    for number in range(labels):
        site.wiki.add_label(page.id, f"label-{number}")
    return page.id


def rows_of(run: Run, stream: str, page: str) -> int:
    return sum(row["pageId"] == page for row in run.records[stream])


def test_of_a_page_with_one_section_that_is_not_found_the_others_are_written(
    site: DemoSite,
) -> None:
    page = a_page(site, labels=CROWDED)
    site.faults.forbid(f"/api/v2/pages/{page}/labels", 404)

    run = run_on(site, "pages", *SECTIONS)

    assert "page_labels" not in run.activated
    assert rows_of(run, "page_labels", page) == 0
    assert rows_of(run, "page_versions", page)
    assert any("Skipping" in line and page in line and "'page_labels'" in line for line in run.log)


def test_labels_that_are_not_found_of_one_page_leave_those_of_all_others(site: DemoSite) -> None:
    page = a_page(site, labels=CROWDED)
    site.faults.forbid(f"/api/v2/pages/{page}/labels", 404)
    site.faults.deny_scope(SEARCH)

    # There are fewer pages than labels, so they are read page by page.
    run = run_on(site, "page_labels")

    assert run.activated == set()
    expected = {key for key in site.truth()["page_labels"] if key[0] != page}
    assert set(run.keys("page_labels")) == expected


def test_a_label_whose_pages_are_not_found_may_still_be_there(site: DemoSite) -> None:
    for _ in range(60):
        site.wiki.add_page()
    first = run_tap(settings_of(site), streams=("pages", "page_labels"))
    label = min(label for _, label in site.truth()["page_labels"])
    site.faults.forbid(f"/api/v2/labels/{label}/pages", 404)
    site.faults.deny_scope(SEARCH)

    second = run_tap(settings_of(site), first.state, only("pages", "page_labels"))

    assert "page_labels" in first.activated
    assert "page_labels" not in second.activated


@pytest.mark.parametrize(
    ("path", "stream"),
    [
        ("/rest/api/content/{page}/notification/child-created", "page_watchers"),
        ("/rest/api/analytics/content/{page}/views", "page_views"),
        ("/rest/api/content/{page}/state", "content_states"),
        ("/rest/api/space/{space}/watch", "space_watchers"),
    ],
)
@pytest.mark.parametrize("is_gone", [False, True])
def test_what_is_not_found_of_an_item_is_gone_only_with_the_item(
    site: DemoSite, path: str, stream: str, *, is_gone: bool
) -> None:
    page, space = a_page(site, labels=0), next(iter(site.wiki.spaces))
    site.faults.forbid(path.format(page=page, space=space.key), 404)
    if is_gone:
        site.faults.forbid(f"/api/v2/(pages/{page}|spaces/{space.num})", 404)

    run = run_on(site, stream)

    assert run.activated == ({stream} if is_gone else set())


def test_a_permission_that_is_not_listed_is_none(site: DemoSite) -> None:
    space = next(iter(site.wiki.spaces))
    streams = ("spaces", "space_labels", "space_permissions")
    assert len(space.permissions) > 50
    site.faults.forbid(f"/api/v2/spaces/{space.num}/permissions", 404)

    run = run_on(site, *streams)

    assert run.activated == set(streams)
    truth = site.truth()["space_permissions"]
    expected = {key for key in truth if key[0] != str(space.num)}
    assert set(run.keys("space_permissions")) == expected
    assert set(run.keys("space_labels")) == site.truth()["space_labels"]


@pytest.mark.parametrize("is_gone", [False, True])
def test_on_data_center_a_section_that_is_not_found_is_gone_only_with_the_item(
    data_center: DataCenterSite, *, is_gone: bool
) -> None:
    page = a_page(data_center, labels=datacenter_cap(data_center))
    paths = f"/rest/api/content/{page}/label"
    if is_gone:
        paths = f"/rest/(api|experimental)/content/{page}(/.+)?"
    data_center.faults.forbid(paths, 404)

    run = run_on(data_center, "pages", *SECTIONS)

    assert ("page_labels" in run.activated) == is_gone
    assert bool(rows_of(run, "page_versions", page)) != is_gone


def datacenter_cap(site: DataCenterSite) -> int:
    """More labels than come with a page."""
    return site.faults.nested_caps["labels"] + 1


@pytest.mark.parametrize("is_gone", [False, True])
def test_on_data_center_properties_that_are_not_found_leave_the_permissions_of_a_space(
    data_center: DataCenterSite, *, is_gone: bool
) -> None:
    space = next(iter(data_center.wiki.spaces))
    end = "(/.+)?" if is_gone else "/property"
    data_center.faults.forbid(f"/rest/api/space/{space.key}{end}", 404)
    streams = ("spaces", "space_properties", "space_permissions")

    run = run_on(data_center, *streams)

    assert "space_permissions" in run.activated
    assert ("space_properties" in run.activated) == is_gone
    if not is_gone:
        truth = datacenter.truth_of(data_center)["space_permissions"]
        assert set(run.keys("space_permissions")) == truth


@dataclass(frozen=True)
class InItsPlace(Distortion):
    """Answers something else in the place of a list."""

    body: bytes = b""

    def of(self, target: str, answer: Answer) -> Answer:
        if answer.status != 200 or target.partition("?")[0] != self.under:
            return answer
        return Answer(200, answer.headers, self.body)


NO_LISTS = [
    {"errors": [{"status": 500, "title": "It went wrong"}]},
    {"results": None, "_links": {}},
    {"results": {}},
    {},
]


@pytest.mark.each_value
@pytest.mark.parametrize("answer", NO_LISTS)
@pytest.mark.parametrize(
    ("path", "stream"),
    [
        ("/api/v2/labels", "labels"),
        ("/rest/api/group", "groups"),
        ("/api/v2/space-roles", "space_roles"),
        ("/rest/api/template/page", "templates"),
    ],
)
def test_an_answer_of_the_cloud_without_a_list_is_no_empty_list(
    path: str, stream: str, answer: Json
) -> None:
    with OddCloud(Wiki.seeded(pages=12, seed=5)) as site:
        site.distortion = InItsPlace(0, 1.0, (), path, json.dumps(answer).encode())
        run = run_tap(settings_for(site), streams=(stream,))

    assert run.exit_status == 1
    assert run.activated == set()


@pytest.mark.parametrize("answer", NO_LISTS)
@pytest.mark.parametrize(
    ("path", "stream"),
    [("/rest/api/label/labels", "labels"), ("/rest/api/group", "groups")],
)
def test_an_answer_of_data_center_without_a_list_is_no_empty_list(
    path: str, stream: str, answer: Json
) -> None:
    with OddDataCenter(Wiki.seeded(pages=12, seed=5)) as site:
        site.distortion = InItsPlace(0, 1.0, (), path, json.dumps(answer).encode())
        run = run_tap(settings_for(site), catalog=datacenter.only(stream))

    assert run.exit_status == 1
    assert run.activated == set()


def test_an_item_of_data_center_that_is_answered_without_itself_is_a_clear_line() -> None:
    with OddDataCenter(Wiki.seeded(pages=40, seed=7)) as site:
        catalog = datacenter.only("pages")
        first = run_tap(settings_for(site), catalog=catalog)
        path = f"/rest/api/content/{site.wiki.archive_page()}"
        site.distortion = InItsPlace(0, 1.0, (), path, json.dumps(NO_LISTS[0]).encode())
        run = run_tap(settings_for(site), first.state, catalog)

    assert first.exit_status == 0
    assert not any("Traceback" in line for line in run.log)
    assert any(path in line for line in run.log)
