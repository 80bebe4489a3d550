"""Every stream brings all there is, whatever the site does to its lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence import cloud
from tests.datacenter.runs import (
    ABSENT,
    ClockedDataCenter,
    discovered,
    only,
    stream_names,
    sync,
    truth_of,
)
from tests.demo_site import Wiki
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from tests.incremental.runs import Run
    from tests.running import Json

ITEM_WISE = ("versions", "properties")


def test_data_center_has_each_stream_of_cloud_or_a_reason_not_to() -> None:
    of_cloud = {stream.name for stream in cloud.STREAMS}

    assert set(discovered()) == of_cloud - ABSENT


def test_all_streams_bring_all_there_is(site: ClockedDataCenter) -> None:
    run = sync(site)

    assert run.exit_status == 0, run.complaints
    assert_whole(site, run)


@pytest.mark.parametrize(
    "traits",
    [
        pytest.param({"context_path": ""}, id="no context path"),
        pytest.param({"version": "8.2.0"}, id="8.2 scans pages only"),
        pytest.param({"version": "7.19.0", "supports_scan": False}, id="no scan"),
        pytest.param({"time_zone": "Pacific/Kiritimati"}, id="UTC+14"),
        pytest.param({"time_zone": "Pacific/Pago_Pago"}, id="UTC-11"),
    ],
)
def test_on_sites_of_any_kind(traits: dict[str, Any]) -> None:
    with ClockedDataCenter(Wiki.seeded(pages=40, seed=3), **traits) as site:
        # Old sites list no permissions, no users, and no comments on attachments.
        left_out = ("space_permissions", "users", "content_inventory", "attachment_footer_comments")
        run = sync(site, catalog=without_details(*left_out))

        assert run.exit_status == 0, run.complaints
        assert_whole(site, run)


@pytest.mark.parametrize(
    "manners",
    [
        {"short_pages": True},
        {"caps": {"bare": 7, "expand": 5, "body": 3}},
        {"nested_caps": {"children": 1, "labels": 60, "properties": 1, "restrictions": 1}},
        {"endless_paging": True, "caps": {"bare": 9, "expand": 9, "body": 9}},
        {"index_lag": 3600.0},
    ],
    ids=" ".join,
)
def test_with_all_that_sites_do_to_lists(site: ClockedDataCenter, manners: dict[str, Any]) -> None:
    for name, value in manners.items():
        setattr(site.faults, name, value)

    run = sync(site, catalog=without_details())

    assert run.exit_status == 0, run.complaints
    assert_whole(site, run)


def test_offset_lists_of_more_than_200_that_never_end() -> None:
    with ClockedDataCenter(Wiki.seeded(pages=500), version="7.19.0", supports_scan=False) as site:
        site.faults.endless_paging = True

        run = sync(site, catalog=only("pages", "blog_posts"))

        assert_whole(site, run, "pages", "blog_posts")


def test_labels_of_spaces_that_are_cut_off_are_not_taken_for_gone(site: ClockedDataCenter) -> None:
    site.faults.nested_caps["labels"] = 1

    run = sync(site, catalog=only("spaces", "space_labels", "page_labels"))

    assert run.activated == {"spaces", "page_labels"}
    assert_whole(site, run, "spaces", "page_labels")


def test_where_lists_of_attachments_refuse_their_second_page(site: ClockedDataCenter) -> None:
    site.faults.nested_caps["children"] = 1
    site.faults.caps["expand"] = 1
    site.faults.attachment_paging_fails = True

    run = sync(site, catalog=only("attachments", "attachment_labels"))

    assert run.exit_status == 0
    assert "attachment_labels" not in run.activated
    assert any("some files of" in line for line in run.log)


def test_permissions_that_nobody_may_see_are_named_and_the_rest_is_complete() -> None:
    with waits_skipped(), ClockedDataCenter(Wiki.seeded(pages=12)) as site:
        site.faults.administrator = False

        run = sync(site, catalog=only("spaces", "space_permissions", "space_labels"))

        assert run.exit_status == 1
        assert "space_permissions" in run.complaints[-1]
        assert_whole(site, run, "spaces", "space_labels")
        assert "space_permissions" not in run.activated


def test_permissions_that_an_old_site_does_not_list_are_named() -> None:
    with ClockedDataCenter(Wiki.seeded(pages=12), version="8.5.4") as site:
        run = sync(site, catalog=only("spaces", "space_permissions"))

        assert run.exit_status == 1
        assert "9.1" in run.complaints[-1]


def test_details_in_the_trash_that_are_refused_are_skipped(site: ClockedDataCenter) -> None:
    site.faults.hide_trash = True

    run = sync(site)

    assert run.exit_status == 0
    truth = truth_of(site)
    assert set(run.keys("pages")) == truth["pages"]
    assert set(run.keys("page_labels")) == truth["page_labels"]
    trashed = {page.id for page in site.wiki.pages if page.status == "trashed"}
    lacking = truth["page_versions"] - set(run.keys("page_versions"))
    assert {key[0] for key in lacking} == trashed


def without_details(*others: str) -> Json:
    """A catalog without what is asked for item by item, and without some others."""
    return only(*(n for n in stream_names() if not n.endswith(ITEM_WISE) and n not in others))


def assert_whole(site: ClockedDataCenter, run: Run, *names: str) -> None:
    truth = truth_of(site)
    for stream in names or {schema["stream"] for schema in run.schemas}:
        keys = run.keys(stream)
        assert set(keys) == truth[stream], stream
        assert len(keys) == len(set(keys)), f"{stream} more than once"
