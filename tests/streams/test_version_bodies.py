"""The body of each version of a page or blog post, where it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

VERSIONS = ("page_versions", "blog_post_versions")


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.seeded(pages=20, seed=3)


@pytest.fixture
def data_center(wiki: Wiki) -> Iterator[DataCenterSite]:
    with DataCenterSite(wiki) as site:
        yield site


def settings_of_data_center(site: DataCenterSite, **more: object) -> Json:
    token = {"base_url": site.base_url, "personal_access_token": site.personal_access_token}
    return {**token, "anchor_date": "2000-01-01", **more}


def test_each_version_has_the_body_that_it_had(site: DemoSite) -> None:
    run = run_tap(settings_of(site, version_bodies=True), streams=VERSIONS)

    assert_bodies(run, site)


def test_so_it_is_on_data_center(data_center: DataCenterSite) -> None:
    config = settings_of_data_center(data_center, version_bodies=True)

    assert_bodies(run_tap(config, streams=VERSIONS), data_center)


def assert_bodies(run: Run, site: DemoSite | DataCenterSite) -> None:
    for stream in VERSIONS:
        assert set(run.keys(stream)) == site.truth()[stream]
    for record in (*run.records["page_versions"], *run.records["blog_post_versions"]):
        num = int(record.get("pageId") or record["blogPostId"])
        text = record["body"]["storage"]
        assert text["representation"] == "storage"
        if num not in site.wiki.empty_bodies:
            assert f"Revision {record['number']} of {num}." in text["value"]


def test_it_takes_one_request_more_for_a_page(site: DemoSite) -> None:
    streams = ("page_versions", "page_labels", "page_content_properties")

    run_tap(settings_of(site, version_bodies=True), streams=streams)

    requests = site.requests.by_template()
    pages = len(site.wiki.pages)
    assert requests["/api/v2/pages/{id}"] == pages
    assert requests["/api/v2/pages/{id}/versions"] >= pages
    assert not [r for r in site.requests if "include-versions" in r.query]


def test_it_takes_no_more_requests_where_nothing_else_is_wanted_of_a_page(site: DemoSite) -> None:
    run_tap(settings_of(site, version_bodies=True), streams=("page_versions",))

    assert "/api/v2/pages/{id}" not in site.requests.by_template()


def test_more_versions_than_an_answer_holds_have_bodies(site: DemoSite) -> None:
    page = next(page for page in site.wiki.pages if page.status == "current")
    for _ in range(120):
        site.wiki.edit_page(page.id)

    run = run_tap(settings_of(site, version_bodies=True), streams=("page_versions",))

    found = [r for r in run.records["page_versions"] if r["pageId"] == page.id]
    assert len(found) == page.version > 120
    assert all(record["body"]["storage"]["value"] for record in found)


@pytest.mark.parametrize(
    ("body_format", "of_versions"),
    [("atlas_doc_format", "atlas_doc_format"), ("view", "storage"), ("export_view", "storage")],
)
def test_versions_have_the_format_that_they_can_be_had_in(
    site: DemoSite, body_format: str, of_versions: str
) -> None:
    config = settings_of(site, version_bodies=True, body_format=body_format)

    run = run_tap(config, streams=VERSIONS)

    assert {tuple(record["body"]) for record in run.records["page_versions"]} == {(of_versions,)}


def test_without_the_setting_versions_have_no_bodies(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=VERSIONS)

    assert not [record for record in run.records["page_versions"] if "body" in record]


def test_markdown_and_text_are_made_of_pages_only(site: DemoSite) -> None:
    config = settings_of(site, version_bodies=True, body_markdown=True, body_text=True)

    run = run_tap(config, streams=VERSIONS)

    assert not [r for r in run.records["page_versions"] if {"bodyMarkdown", "bodyText"} & set(r)]


def test_it_needs_a_format(site: DemoSite) -> None:
    config = settings_of(site, version_bodies=True, body_format="none")

    run = run_tap(config)

    assert run.exit_status == 1
    assert "'version_bodies' needs a format" in run.complaints[-1]


def test_a_history_that_is_not_listed_comes_without_bodies(site: DemoSite) -> None:
    page = next(page for page in site.wiki.pages if page.status == "current")
    site.faults.forbid(f"/api/v2/pages/{page.id}/versions", 404)

    run = run_tap(settings_of(site, version_bodies=True), streams=("page_versions",))

    assert set(run.keys("page_versions")) == site.truth()["page_versions"]
