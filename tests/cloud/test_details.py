"""Details beyond what one answer holds, and details that cannot be had."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.http.client import Answer

AT_ONCE = 50
"""Rows of a section that come with the item itself."""


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=20, seed=3)) as site:
        yield site


@pytest.mark.parametrize(
    ("stream", "owner", "most"),
    [
        ("page_labels", "pageId", 63),
        ("page_versions", "pageId", 320),
        ("page_content_properties", "pageId", 55),
        ("blog_post_labels", "blogPostId", 52),
        ("blog_post_versions", "blogPostId", 60),
        ("blog_post_content_properties", "blogPostId", 53),
        ("attachment_labels", "attachmentId", 55),
        ("attachment_versions", "attachmentId", 260),
        ("attachment_content_properties", "attachmentId", 60),
        ("space_labels", "spaceId", 60),
        ("space_permissions", "spaceId", 70),
        ("space_properties", "spaceId", 60),
    ],
)
def test_more_details_than_one_answer_holds_are_read_to_the_end(
    site: DemoSite, stream: str, owner: str, most: int
) -> None:
    run = run_tap(settings_of(site), streams=(stream,))

    sizes = Counter(record[owner] for record in run.records[stream])
    assert max(sizes.values()) == most > AT_ONCE
    assert Counter(run.keys(stream)) == Counter(site.truth()[stream])


def test_exactly_as_many_as_one_answer_holds_need_no_second_one(site: DemoSite) -> None:
    [page] = [page for page in site.wiki.pages if page.version == AT_ONCE]

    run_tap(settings_of(site), streams=("page_versions",))

    assert site.count(f"/api/v2/pages/{page.id}/versions") == 0


def test_the_rest_of_the_details_is_read_from_where_the_first_answer_ended(
    site: DemoSite,
) -> None:
    [page] = [page for page in site.wiki.pages if page.version == 320]

    run_tap(settings_of(site), streams=("page_versions",))

    rest = [r for r in site.requests if r.path == f"/api/v2/pages/{page.id}/versions"]
    assert [request.query["limit"] for request in rest] == [["250"]] * 2
    assert all("cursor" in request.query for request in rest)


CHILDREN = ("page_labels", "page_versions", "page_content_properties")


def a_page_with_details(site: DemoSite) -> str:
    return next(page.id for page in site.wiki.pages if page.labels and page.properties)


@pytest.mark.parametrize("status", [403, 404])
def test_a_page_whose_details_cannot_be_had_is_skipped_and_the_others_are_complete(
    site: DemoSite, status: int
) -> None:
    page = a_page_with_details(site)
    site.faults.forbid(f"/api/v2/pages/{page}", status)

    run = run_tap(settings_of(site), streams=("pages", *CHILDREN))

    assert run.exit_status == 0
    assert set(run.keys("pages")) == site.truth()["pages"]
    for child in CHILDREN:
        expected = {key for key in site.truth()[child] if key[0] != page}
        assert set(run.keys(child)) == expected, child
    assert any(f"Skipping {page} of 'pages'" in line and f"({status})" in line for line in run.log)
    assert any("Skipped 1 of 'pages'" in line for line in run.log)


def test_many_pages_that_cannot_be_had_are_counted_and_logged_once(site: DemoSite) -> None:
    site.faults.forbid(r"/api/v2/pages/\d+", 404)

    run = run_tap(settings_of(site), streams=("pages", *CHILDREN))

    assert run.exit_status == 0
    assert sum("Skipping" in line and "of 'pages'" in line for line in run.log) == 1
    pages = len(site.truth()["pages"])
    assert any(f"Skipped {pages} of 'pages'" in line for line in run.log)


def test_what_is_forbidden_is_not_taken_for_deleted(site: DemoSite) -> None:
    site.faults.forbid(f"/api/v2/pages/{a_page_with_details(site)}", 403)

    run = run_tap(settings_of(site))

    assert "page_labels" not in run.activated
    assert {"blog_post_labels", "child_pages", "space_labels"} <= run.activated


def test_what_is_gone_is_taken_for_deleted(site: DemoSite) -> None:
    site.faults.forbid(f"/api/v2/pages/{a_page_with_details(site)}", 404)

    run = run_tap(settings_of(site))

    assert "page_labels" in run.activated


def test_a_space_whose_details_are_forbidden_is_still_written(site: DemoSite) -> None:
    space = next(str(space.num) for space in site.wiki.spaces)
    site.faults.forbid(f"/api/v2/spaces/{space}", 403)

    run = run_tap(settings_of(site), streams=("spaces", "space_labels", "space_permissions"))

    assert run.exit_status == 0
    assert set(run.keys("spaces")) == site.truth()["spaces"]
    # What grants rights fails closed.
    assert run.activated == {"spaces", "space_permissions"}


def test_a_label_that_nothing_carries_any_more_is_skipped(site: DemoSite) -> None:
    label = next(str(label.num) for label in site.wiki.labels)
    site.faults.forbid(f"/api/v2/labels/{label}/attachments", 404)

    run = run_tap(settings_of(site, content_statuses=["current"]), streams=("attachment_labels",))

    assert run.exit_status == 0


@pytest.mark.parametrize("hidden", ["section", "results"])
def test_a_section_that_the_answer_lacks_is_read_from_its_own_list(
    site: DemoSite, hidden: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tap_confluence.http import Client  # noqa: PLC0415

    get = Client.get

    def get_less(client: Client, path: str, *arguments: Any, **more: Any) -> Answer:
        answer = get(client, path, *arguments, **more)
        if "versions" in answer.body:
            answer.body["versions"] = None if hidden == "section" else {"results": None}
        return answer

    monkeypatch.setattr(Client, "get", get_less)

    run = run_tap(settings_of(site), streams=("page_versions",))

    assert set(run.keys("page_versions")) == site.truth()["page_versions"]
