"""The settings mean on Data Center what they mean on Cloud."""

from __future__ import annotations

import pytest

from tap_confluence.errors import SettingsError
from tap_confluence.tap import TapConfluence
from tests.datacenter.runs import ClockedDataCenter, only, settings_of, sync, truth_of
from tests.filtered_truth import filtered_truth_on_data_center
from tests.incremental.runs import read_whole


def test_without_bodies_there_are_tasks_all_the_same(site: ClockedDataCenter) -> None:
    catalog = only("pages", "tasks", "page_footer_comments", "page_inline_comments")

    run = sync(site, catalog=catalog, body_format="none")

    bodies = {
        str(row["body"]) for name in ("pages", "page_inline_comments") for row in run.rows(name)
    }
    assert bodies == {"{}"}
    assert {row["body"] for row in run.rows("tasks")} == {None}
    assert set(run.keys("tasks")) == truth_of(site)["tasks"]


def test_without_bodies_and_tasks_none_are_asked_for(site: ClockedDataCenter) -> None:
    run = sync(site, catalog=only("pages", "page_footer_comments"), body_format="none")

    assert not [r for r in run.requests if "body" in "".join(r.query.get("expand", []))]


def test_bodies_in_a_format_that_there_is_not_are_refused() -> None:
    settings = {"base_url": "https://confluence.example.com", "personal_access_token": "token"}

    with pytest.raises(SettingsError, match="'body_format'"):
        TapConfluence(config={**settings, "body_format": "atlas_doc_format"})


@pytest.mark.parametrize("statuses", [["current"], ["trashed"], ["archived", "current"]])
def test_only_content_of_the_wanted_statuses(site: ClockedDataCenter, statuses: list[str]) -> None:
    catalog = only("pages", "page_labels", "blog_posts", "page_footer_comments")

    run = sync(site, catalog=catalog, content_statuses=statuses)
    again = sync(site, run.state, catalog, content_statuses=statuses)

    wanted = {page.id for page in site.wiki.pages if page.status in statuses}
    assert run.ids("pages") == wanted
    # What is in the trash has no labels.
    labelled = {p.id for p in site.wiki.pages if p.labels and p.status != "trashed"}
    assert {row["pageId"] for row in again.rows("page_labels")} == labelled & wanted
    assert {row["status"] for row in run.rows("blog_posts")} <= set(statuses)
    truth = filtered_truth_on_data_center(site.wiki, content_statuses=statuses)
    assert set(run.keys("page_footer_comments")) == truth["page_footer_comments"]


def test_small_pages_of_lists(site: ClockedDataCenter) -> None:
    run = sync(site, catalog=only("pages", "groups"), page_size=7)

    assert set(run.keys("pages")) == truth_of(site)["pages"]
    scans = [r for r in run.asked("/rest/api/content/scan") if "expand" in r.query]
    assert {request.query["limit"][0] for request in scans} == {"7"}


def test_a_first_run_starts_at_the_anchor(site: ClockedDataCenter) -> None:
    run = sync(site, catalog=only("pages", "tasks", "attachments"), anchor_date="2025-01-01")

    start = "2025-01-01T00:00:00.000Z"
    assert {row["modifiedAt"] >= start for row in run.rows("pages")} == {True}
    assert {row["modifiedAt"] >= start for row in run.rows("attachments")} == {True}
    assert len(run.rows("pages")) == sum(page.modified >= 1735689600000 for page in site.wiki.pages)


def test_streams_that_are_replicated_in_full(site: ClockedDataCenter) -> None:
    catalog = read_whole("pages", "page_footer_comments", "blog_post_inline_comments", "tasks")
    first = sync(site, catalog=catalog)

    second = sync(site, first.state, catalog)

    for stream in ("pages", "page_footer_comments", "blog_post_inline_comments", "tasks"):
        assert set(second.keys(stream)) == truth_of(site)[stream]
        assert stream in second.activated


@pytest.mark.parametrize(
    "streams",
    [
        ("page_labels",),
        ("child_pages",),
        ("tasks",),
        ("page_versions",),
        ("blog_post_inline_comments",),
        ("page_inline_comments", "blog_post_footer_comments"),
        ("attachment_content_properties",),
        ("space_labels", "space_properties"),
    ],
    ids=" ".join,
)
def test_children_alone(site: ClockedDataCenter, streams: tuple[str, ...]) -> None:
    run = sync(site, catalog=only(*streams))

    assert {schema["stream"] for schema in run.schemas} == {*streams}
    for stream in streams:
        assert set(run.keys(stream)) == truth_of(site)[stream]


def test_signing_in_with_a_password(site: ClockedDataCenter) -> None:
    settings = settings_of(site)
    del settings["personal_access_token"]

    TapConfluence(
        config={**settings, "username": site.username, "password": site.password}
    ).run.reader.get("/rest/api/group", {}, tag="test")
