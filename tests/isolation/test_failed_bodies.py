"""Bodies that the site fails to give: the row comes without, and with it once it is healed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.datacenter import runs as datacenter
from tests.datacenter.runs import ClockedDataCenter
from tests.demo_site.model import Page
from tests.incremental import runs as cloud
from tests.isolation.test_failed_details import CHILDREN, STREAMS, a_page, listed
from tests.running import only

if TYPE_CHECKING:
    from tests.incremental.runs import ClockedSite, Run
    from tests.running import Json

RENDERED = ("view", "export_view")
PAGE_VERSIONS = ("page_versions",)


@pytest.fixture(params=["site", "data_center"])
def any_site(request: pytest.FixtureRequest) -> ClockedSite | ClockedDataCenter:
    found: ClockedSite | ClockedDataCenter = request.getfixturevalue(request.param)
    return found


def sync(
    site: ClockedSite | ClockedDataCenter, state: Json | None, *streams: str, **settings: Any
) -> Run:
    if isinstance(site, ClockedDataCenter):
        return datacenter.sync(site, state, datacenter.only(*streams), **settings)
    return cloud.sync(site, state, only(*streams), **settings)


def truth_of(site: ClockedSite | ClockedDataCenter) -> Any:
    return datacenter.truth_of(site) if isinstance(site, ClockedDataCenter) else site.truth()


def path_of(site: ClockedSite | ClockedDataCenter, page: str) -> str:
    root = "/rest/api/content" if isinstance(site, ClockedDataCenter) else "/api/v2/pages"
    return f"{root}/{page}"


@pytest.mark.parametrize("body_format", RENDERED)
def test_what_cannot_be_rendered_comes_without_its_body_and_with_all_its_details(
    any_site: ClockedSite | ClockedDataCenter, body_format: str
) -> None:
    page = a_page(any_site)
    any_site.faults.break_rendering(page)

    run = sync(any_site, None, *STREAMS, body_format=body_format)

    assert run.exit_status == 0, run.complaints
    for stream in STREAMS:
        assert set(run.keys(stream)) == truth_of(any_site)[stream], stream
        assert len(run.keys(stream)) == len(set(run.keys(stream)))
    bodies = {row["id"]: row["body"] for row in run.rows("pages")}
    assert bodies.pop(page) == {}
    assert all(list(body) == [body_format] for body in bodies.values())
    assert any(f"{page} of 'pages'" in line and "Skipping" in line for line in run.log)
    assert any("Skipped 1 of 'pages': 1 failed" in line for line in run.log)
    assert listed(run.state) == {"pages": {page}}


@pytest.mark.parametrize("body_format", RENDERED)
def test_later_runs_ask_once_for_what_cannot_be_rendered(
    any_site: ClockedSite | ClockedDataCenter, body_format: str
) -> None:
    page = a_page(any_site)
    sound = sync(any_site, None, *STREAMS, body_format=body_format)
    sound = sync(any_site, sound.state, *STREAMS, body_format=body_format)
    any_site.faults.break_rendering(page)
    first = sync(any_site, None, *STREAMS, body_format=body_format)

    second = sync(any_site, first.state, *STREAMS, body_format=body_format)
    any_site.faults.heal()
    third = sync(any_site, second.state, *STREAMS, body_format=body_format)
    fourth = sync(any_site, third.state, *STREAMS, body_format=body_format)

    assert second.exit_status == 0
    # On Data Center it is asked for without its body too: there may be a new version of it.
    most = 2 if isinstance(any_site, ClockedDataCenter) else 1
    asked = second.asked(path_of(any_site, page))
    assert sum(body_format in str(request.query) for request in asked) == 1
    assert len(asked) == most
    assert second.cost <= sound.cost + most
    assert not any(second.rows(stream) for stream in STREAMS)
    assert listed(second.state) == {"pages": {page}}
    [row] = third.rows("pages")
    assert row["id"] == page
    assert list(row["body"]) == [body_format]
    assert listed(third.state) == {}
    assert fourth.cost == sound.cost
    assert not fourth.rows("pages")


@pytest.mark.parametrize("body_format", RENDERED)
def test_a_change_that_cannot_be_rendered_is_written_without_its_body(
    any_site: ClockedSite | ClockedDataCenter, body_format: str
) -> None:
    first = sync(any_site, None, *STREAMS, body_format=body_format)
    pages = [any_site.wiki.edit_page(a_page(any_site, place)) for place in range(3)]
    any_site.faults.break_rendering(pages[1])

    second = sync(any_site, first.state, *STREAMS, body_format=body_format)

    assert second.exit_status == 0, second.complaints
    bodies = {row["id"]: list(row["body"]) for row in second.rows("pages")}
    assert {page: bodies[page] for page in pages} == {
        pages[0]: [body_format],
        pages[1]: [],
        pages[2]: [body_format],
    }
    assert listed(second.state) == {"pages": {pages[1]}}


def test_comments_that_cannot_be_rendered_come_without_their_bodies(
    any_site: ClockedSite | ClockedDataCenter,
) -> None:
    wiki = any_site.wiki
    inline = [c.id for c in wiki.inline_comments if isinstance(c.container, Page)]
    footer = [c.id for c in wiki.footer_comments if isinstance(c.container, Page)]
    for comment in (inline[0], footer[0]):
        any_site.faults.break_rendering(comment)
    streams = ("page_footer_comments", "page_inline_comments")

    first = sync(any_site, None, *streams, body_format="view")

    assert first.exit_status == 0, first.complaints
    for stream in streams:
        assert set(first.keys(stream)) == truth_of(any_site)[stream]
        [without] = [row["id"] for row in first.rows(stream) if row["body"] == {}]
        assert without in (inline[0], footer[0])
        assert listed(first.state)[stream] == {without}
    any_site.faults.heal()
    second = sync(any_site, first.state, *streams, body_format="view")

    assert {row["id"] for stream in streams for row in second.rows(stream)} == {
        inline[0],
        footer[0],
    }
    assert all(row["body"] for stream in streams for row in second.rows(stream))
    assert listed(second.state) == {}


def test_versions_whose_bodies_fail_come_without_them(site: ClockedSite) -> None:
    page = a_page(site)
    site.faults.break_path(f"/api/v2/pages/{page}/versions", "500")

    first = sync(site, None, *STREAMS, version_bodies=True)

    assert first.exit_status == 0, first.complaints
    for child in CHILDREN:
        assert set(first.keys(child)) == site.truth()[child]
    without = {r["pageId"] for r in first.rows("page_versions") if not r["body"]}
    assert without == {page}
    assert listed(first.state) == {"page_versions": {page}}

    second = sync(site, first.state, *STREAMS, version_bodies=True)

    assert len(second.asked(f"/api/v2/pages/{page}/versions")) == 1
    assert not second.rows("page_versions")
    site.faults.heal()
    third = sync(site, second.state, *STREAMS, version_bodies=True)

    rows = third.rows("page_versions")
    assert {row["pageId"] for row in rows} == {page}
    assert all(row["body"]["storage"]["value"] for row in rows)
    assert listed(third.state) == {}


@pytest.mark.parametrize("kind", ["500", "not-json"])
def test_on_data_center_one_version_that_fails_lacks_its_body_alone(
    data_center: ClockedDataCenter, kind: str
) -> None:
    page = a_page(data_center)
    data_center.wiki.edit_page(page)
    data_center.faults.break_path(f"/rest/api/content/{page}", kind)

    first = sync(data_center, None, *STREAMS, version_bodies=True)

    assert first.exit_status == 0, first.complaints
    for child in CHILDREN:
        assert set(first.keys(child)) == truth_of(data_center)[child]
    without = {r["pageId"] for r in first.rows("page_versions") if not r["body"]}
    assert without == {page}
    assert listed(first.state) == {"page_versions": {page}}
    second = sync(data_center, first.state, *STREAMS, version_bodies=True)
    assert len(second.asked(f"/rest/api/content/{page}")) == 1
    data_center.faults.heal()

    third = sync(data_center, second.state, *STREAMS, version_bodies=True)

    assert {row["pageId"] for row in third.rows("page_versions")} == {page}
    assert all(row["body"] for row in third.rows("page_versions"))
    assert listed(third.state) == {}


@pytest.mark.parametrize("status", [400, 403])
def test_on_data_center_a_version_that_is_refused_does_not_cost_the_others(
    data_center: ClockedDataCenter, status: int
) -> None:
    page = a_page(data_center)
    data_center.faults.forbid(f"/rest/api/content/{page}", status)

    run = sync(data_center, None, *STREAMS, version_bodies=True)

    assert run.exit_status == 0, run.complaints
    for child in CHILDREN:
        assert set(run.keys(child)) == truth_of(data_center)[child]
