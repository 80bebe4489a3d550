"""Streams by themselves: the same rows, no others, and only the requests they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cloud import STREAMS
from tests.demo_site import DemoSite, Wiki
from tests.running import everything, only, run_tap, settings_of, truth_by_default

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = tuple(stream.name for stream in STREAMS if not stream.comes_last)


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=40, seed=3)) as site:
        yield site


@pytest.fixture
def config(site: DemoSite) -> dict[str, Any]:
    site.requests.clear()
    return settings_of(site)


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_by_itself_is_complete_and_alone(
    site: DemoSite, config: dict[str, Any], name: str
) -> None:
    run = run_tap(config, streams=(name,))

    assert run.exit_status == 0
    assert set(run.records) == {name}
    assert [schema["stream"] for schema in run.schemas] == [name]
    assert set(run.keys(name)) == site.truth()[name]
    assert len(run.keys(name)) == len(set(run.keys(name)))
    bookmarks = run.state["bookmarks"]
    assert {n for n in bookmarks if "replication_key_value" in bookmarks[n]} <= {name}


def test_discovery_says_which_streams_are_left_out_by_default() -> None:
    stated = {
        entry["tap_stream_id"]: root["metadata"]["selected-by-default"]
        for entry in only()["streams"]
        for root in entry["metadata"]
        if not root["breadcrumb"]
    }

    assert stated == {stream.name: stream.selected_by_default for stream in STREAMS}
    assert not all(stated.values())


def test_without_a_catalog_the_streams_are_read_that_are_selected_by_default(
    site: DemoSite, config: dict[str, Any]
) -> None:
    run = run_tap(config)

    assert run.exit_status == 0
    assert {schema["stream"] for schema in run.schemas} == set(truth_by_default(site))


def test_a_catalog_that_says_nothing_of_a_stream_leaves_it_to_the_default(
    site: DemoSite, config: dict[str, Any]
) -> None:
    catalog = only()
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if not metadata["breadcrumb"]:
                del metadata["metadata"]["selected"]

    run = run_tap(config, catalog=catalog)

    assert {schema["stream"] for schema in run.schemas} == set(truth_by_default(site))


def test_everything_can_be_selected(site: DemoSite, config: dict[str, Any]) -> None:
    run = run_tap(config, catalog=everything())

    assert run.exit_status == 0
    for stream, keys in site.truth().items():
        assert set(run.keys(stream)) == keys, stream
        assert len(run.keys(stream)) == len(keys), stream


def test_a_child_without_its_parent_keeps_a_bookmark_of_its_own(
    site: DemoSite, config: dict[str, Any]
) -> None:
    run = run_tap(config, streams=("page_versions",))
    site.requests.clear()
    again = run_tap(config, state=run.state, streams=("page_versions",))

    bookmark = run.state["bookmarks"]["page_versions"]["replication_key_value"]
    assert bookmark == max(record["modifiedAt"] for record in run.records["page_versions"])
    assert len(again.keys("page_versions")) < len(run.keys("page_versions")) / 4
    assert site.count("/api/v2/pages/") < 10


@pytest.mark.parametrize("name", ["page_labels", "blog_post_labels", "attachment_labels"])
def test_labels_alone_are_read_by_label_or_by_item_whichever_are_fewer(
    site: DemoSite, config: dict[str, Any], name: str
) -> None:
    labels, items = (
        len(site.wiki.labels),
        len(getattr(site.wiki, name.removesuffix("_labels") + "s")),
    )

    run_tap(config, streams=(name,))

    # Two for who is signed in, at the beginning and at the end.
    other_requests = 6
    assert len(site.requests) <= min(labels, items) + other_requests


def test_labels_of_pages_alone_cost_no_request_a_page() -> None:
    with DemoSite(Wiki.seeded(pages=200, seed=3)) as site:
        site.faults.finds_archived = True
        run = run_tap(settings_of(site), streams=("pages", "page_labels"))

        assert set(run.keys("page_labels")) == site.truth()["page_labels"]
        assert site.count("/api/v2/pages/") == 0


@pytest.mark.parametrize(
    "names",
    [
        ("pages", "child_pages", "page_footer_comments"),
        ("blog_posts", "blog_post_inline_comments"),
        ("attachments",),
        ("spaces",),
        ("content_inventory",),
    ],
)
def test_where_no_details_are_wanted_none_are_asked_for(
    site: DemoSite, config: dict[str, Any], names: tuple[str, ...]
) -> None:
    run_tap(config, streams=names)

    assert [path for path in site.requests.by_template() if "{id}" in path] == []


@pytest.mark.parametrize(
    ("parent", "path", "children"),
    [
        ("pages", "pages", ("page_labels", "page_versions", "page_content_properties")),
        (
            "blog_posts",
            "blogposts",
            ("blog_post_labels", "blog_post_versions", "blog_post_content_properties"),
        ),
        (
            "attachments",
            "attachments",
            ("attachment_labels", "attachment_versions", "attachment_content_properties"),
        ),
        ("spaces", "spaces", ("space_labels", "space_permissions", "space_properties")),
    ],
)
def test_the_details_of_all_children_of_an_item_come_with_one_request(
    site: DemoSite, config: dict[str, Any], parent: str, path: str, children: tuple[str, ...]
) -> None:
    run_tap(config, streams=(parent, *children))

    items = len(site.truth()[parent])
    assert site.requests.by_template()[f"/api/v2/{path}/{{id}}"] == items


def test_only_the_details_of_selected_children_are_asked_for(
    site: DemoSite, config: dict[str, Any]
) -> None:
    run_tap(config, streams=("pages", "page_versions"))

    details = [request for request in site.requests if request.path.startswith("/api/v2/pages/")]
    includes = {name for request in details for name in request.query if "include" in name}
    assert includes == {"include-versions"}


def test_deselected_properties_are_left_out(config: dict[str, Any]) -> None:
    catalog = only("groups")
    [entry] = [entry for entry in catalog["streams"] if entry["tap_stream_id"] == "groups"]
    for metadata in entry["metadata"]:
        if metadata["breadcrumb"] == ["properties", "name"]:
            metadata["metadata"]["selected"] = False

    run = run_tap(config, catalog=catalog)

    assert run.records["groups"]
    assert all("name" not in record and record["id"] for record in run.records["groups"])
