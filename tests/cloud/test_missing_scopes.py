"""A token that lacks a scope loses the stream that needs it, and no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.running import only, run_tap, settings_of, truth_by_default

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE_CHILDREN = {"page_labels", "page_versions", "page_content_properties"}
SPACE_CHILDREN = {
    *("space_labels", "space_permissions", "space_properties", "space_role_assignments"),
}
CUSTOM_CONTENT_CHILDREN = {"custom_content_versions", "custom_content_content_properties"}
FOOTER_COMMENTS = {
    *("page_footer_comments", "blog_post_footer_comments"),
    *("attachment_footer_comments", "custom_content_footer_comments"),
}


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=20, seed=3)) as site:
        yield site


@pytest.mark.parametrize(
    ("path", "lost", "scope"),
    [
        ("/api/v2/tasks", {"tasks"}, "read:task:confluence"),
        ("/rest/api/group", {"groups", "group_members", "users"}, "read:group:confluence"),
        (
            "/api/v2/custom-content",
            {"custom_content", "content_inventory", *CUSTOM_CONTENT_CHILDREN},
            "read:custom-content:confluence",
        ),
        (
            "/api/v2/footer-comments",
            {"content_inventory", *FOOTER_COMMENTS},
            "read:comment:confluence",
        ),
        (
            "/api/v2/inline-comments",
            {"page_inline_comments", "blog_post_inline_comments", "content_inventory"},
            "read:comment:confluence",
        ),
        (
            "/api/v2/pages",
            {"pages", "child_pages", "content_inventory", *PAGE_CHILDREN},
            "read:page:confluence",
        ),
        (
            "/api/v2/spaces",
            {"spaces", *SPACE_CHILDREN, "templates"},
            "read:space:confluence",
        ),
    ],
)
def test_a_stream_without_its_scope_is_named_and_all_others_are_complete(
    site: DemoSite, path: str, lost: set[str], scope: str
) -> None:
    site.faults.deny_scope(path)

    run = run_tap(settings_of(site))

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert scope in complaint
    assert "All other streams are complete" in complaint
    bookmarks = run.state["bookmarks"]
    for stream, keys in truth_by_default(site).items():
        if stream in lost:
            assert stream not in run.activated
            assert "replication_key_value" not in bookmarks.get(stream, {}), stream
        else:
            assert set(run.keys(stream)) == keys, stream
    assert {name for name in lost if f"'{name}'" in complaint} >= lost - PAGE_CHILDREN - {
        name for name in lost if name.startswith("space_")
    }


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_list_that_is_refused_loses_its_stream_only(site: DemoSite, status: int) -> None:
    site.faults.forbid("/api/v2/tasks", status)

    run = run_tap(settings_of(site), streams=("pages", "tasks", "groups"))

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert "'tasks'" in complaint
    assert set(run.keys("pages")) == site.truth()["pages"]
    assert set(run.keys("groups")) == site.truth()["groups"]
    assert run.keys("tasks") == []


def test_a_bookmark_does_not_move_while_its_stream_is_refused(site: DemoSite) -> None:
    streams = ("tasks", "groups")
    before = run_tap(settings_of(site), streams=streams).state
    site.wiki.complete_task()
    site.faults.deny_scope("/api/v2/tasks")

    run = run_tap(settings_of(site), state=before, streams=streams)

    assert run.exit_status == 1
    assert run.state["bookmarks"]["tasks"] == before["bookmarks"]["tasks"]


def test_what_was_missed_is_made_up_for_once_the_scope_is_there(site: DemoSite) -> None:
    site.faults.deny_scope("/api/v2/pages")
    refused = run_tap(settings_of(site))
    site.faults.clear()

    run = run_tap(settings_of(site), state=refused.state)

    assert run.exit_status == 0
    for stream in ("pages", *PAGE_CHILDREN):
        assert set(run.keys(stream)) == site.truth()[stream], stream


def test_details_without_their_scope_leave_the_list_complete(site: DemoSite) -> None:
    site.faults.deny_scope("/api/v2/pages/")

    run = run_tap(settings_of(site), streams=("pages", "page_versions", "groups"))

    assert run.exit_status == 1
    assert "'page_versions'" in run.complaints[0]
    assert set(run.keys("pages")) == site.truth()["pages"]
    assert set(run.keys("groups")) == site.truth()["groups"]
    assert "replication_key_value" not in run.state["bookmarks"].get("page_versions", {})


def test_labels_are_read_by_item_where_the_list_of_labels_is_refused(site: DemoSite) -> None:
    site.faults.deny_scope("/api/v2/labels")

    run = run_tap(settings_of(site), streams=("page_labels",))

    assert run.exit_status == 0
    assert set(run.keys("page_labels")) == site.truth()["page_labels"]


def test_a_stream_that_is_not_selected_needs_no_scope(site: DemoSite) -> None:
    site.faults.deny_scope("/api/v2/tasks")
    streams = {entry["tap_stream_id"] for entry in only()["streams"]}

    run = run_tap(settings_of(site), streams=tuple(streams - {"tasks"}))

    assert run.exit_status == 0
    assert json.dumps(run.state).count("tasks") == 0


def test_credentials_that_are_revoked_in_the_middle_end_the_run_with_its_state(
    site: DemoSite,
) -> None:
    def revoke(number: int, path: str) -> None:
        del path
        if number == 30:
            site.faults.forbid("/.*", 401)

    site.faults.before_request = revoke

    run = run_tap(settings_of(site))

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert "refuses the credentials" in complaint
    assert run.messages[-1]["type"] == "STATE"
