"""A row is the same, value by value, whichever way it has come."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from tests.datacenter import runs as datacenter
from tests.datacenter.runs import ClockedDataCenter
from tests.demo_site import Wiki
from tests.incremental import runs as cloud
from tests.incremental.runs import ClockedSite
from tests.running import only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Key, Run

LONG_AGO = "2001-01-01T00:00:00.000Z"
CLOUD = (*cloud.INCREMENTAL, "page_labels", "blog_post_labels", "attachment_labels")
SELF_HOSTED = (
    *(*datacenter.INCREMENTAL, "page_labels", "blog_post_labels", "attachment_labels"),
    *("child_pages", "content_inventory"),
)
BODIES = ("storage", "view")
MOST_LISTED = 100


@pytest.fixture(scope="module")
def wiki() -> Wiki:
    return Wiki.seeded(pages=16, seed=5)


@pytest.fixture(scope="module")
def site(wiki: Wiki) -> Iterator[ClockedSite]:
    with ClockedSite(wiki) as site:
        yield site


@pytest.fixture(scope="module")
def self_hosted(wiki: Wiki) -> Iterator[ClockedDataCenter]:
    with ClockedDataCenter(wiki) as site:
        yield site


@pytest.fixture(autouse=True)
def manners(site: ClockedSite, self_hosted: ClockedDataCenter) -> Iterator[None]:
    yield
    site.faults.clear()
    self_hosted.faults.clear()


@pytest.fixture(scope="module")
def first_of_cloud(site: ClockedSite) -> dict[str, Run]:
    return {b: cloud.sync(site, catalog=only(*CLOUD), body_format=b) for b in BODIES}


@pytest.fixture(scope="module")
def first_of_data_center(self_hosted: ClockedDataCenter) -> dict[str, Run]:
    catalog = datacenter.only(*SELF_HOSTED)
    return {b: datacenter.sync(self_hosted, None, catalog, body_format=b) for b in BODIES}


def rows(run: Run, stream: str) -> dict[Key, Json]:
    return dict(zip(run.keys(stream), run.records.get(stream, []), strict=True))


def assert_same(run: Run, first: Run, streams: tuple[str, ...], *, some: bool = False) -> None:
    """Each row of a run is one of another run; all of them, unless some are enough."""
    assert run.exit_status == 0, run.complaints
    for stream in streams:
        found, expected = rows(run, stream), rows(first, stream)
        assert found, stream
        for key, row in found.items():
            assert row == expected[key], (stream, key)
        assert some or found.keys() == expected.keys(), stream


def set_back(state: Json) -> Json:
    """A state that knows of changes long ago only, so that all comes from the newest one back."""
    state = copy.deepcopy(state)
    for name, entry in state["bookmarks"].items():
        for part in (entry, *(each for each in entry.values() if isinstance(each, dict))):
            if "replication_key_value" in part:
                part["replication_key_value"] = LONG_AGO
            for key in ("overlap", "trash", "trashStart"):
                part.pop(key, None)
        assert name
    return state


def all_failed(run: Run, *streams: str) -> Json:
    """The state of a run that has yet to get some items, each by its id."""
    state = copy.deepcopy(run.state)
    for stream in streams:
        keys = {"pages": "id", "attachments": "id"}
        owners = {r.get(keys.get(stream, "pageId")) or r.get("id") for r in run.records[stream]}
        failed = dict.fromkeys(sorted(map(str, owners))[:MOST_LISTED])
        state["bookmarks"][stream]["failed"] = failed
    return state


@pytest.mark.parametrize("body_format", BODIES)
def test_from_the_newest_change_back(
    site: ClockedSite, first_of_cloud: dict[str, Run], body_format: str
) -> None:
    first = first_of_cloud[body_format]

    run = cloud.sync(site, set_back(first.state), only(*CLOUD), body_format=body_format)

    assert_same(run, first, CLOUD)


@pytest.mark.parametrize("body_format", BODIES)
def test_from_lists_of_their_own_instead_of_with_the_item(
    site: ClockedSite, first_of_cloud: dict[str, Run], body_format: str
) -> None:
    streams = tuple(name for name in CLOUD if name in cloud.DETAILS or name.endswith("_labels"))
    site.faults.sections_come_along = False

    run = cloud.sync(site, catalog=only(*streams, "pages"), body_format=body_format)

    assert_same(run, first_of_cloud[body_format], streams)
    for name in ("page_versions", "attachment_versions"):
        for row in (*run.records[name], *first_of_cloud[body_format].records[name]):
            assert not {"page", "blogpost", "attachment", "custom"} & row.keys()


@pytest.mark.parametrize("streams", [("pages",), ("page_versions",), ("attachments",)])
@pytest.mark.parametrize("body_format", BODIES)
def test_by_id_one_by_one(
    site: ClockedSite, first_of_cloud: dict[str, Run], body_format: str, streams: tuple[str, ...]
) -> None:
    first = first_of_cloud[body_format]

    run = cloud.sync(site, all_failed(first, *streams), only(*streams), body_format=body_format)

    assert_same(run, first, streams)


@pytest.mark.parametrize(
    "stream", ["blog_posts", "page_footer_comments", "page_inline_comments", "custom_content"]
)
def test_anything_else_by_id(
    site: ClockedSite, first_of_cloud: dict[str, Run], stream: str
) -> None:
    first = first_of_cloud["storage"]
    state = copy.deepcopy(first.state)
    failed = dict.fromkeys([row["id"] for row in first.records[stream]][:MOST_LISTED])
    state["bookmarks"][stream]["failed"] = failed

    run = cloud.sync(site, state, only(stream))

    assert_same(run, first, (stream,), some=True)
    assert {row["id"] for row in run.records[stream]} >= set(failed)


@pytest.mark.parametrize("settings", [{"space_keys": ["ENG"]}, {"exclude_space_keys": ["OPS"]}])
def test_of_some_spaces(
    site: ClockedSite, first_of_cloud: dict[str, Run], settings: dict[str, Any]
) -> None:
    run = cloud.sync(site, catalog=only(*CLOUD), **settings)

    streams = tuple(stream for stream in CLOUD if run.records.get(stream))
    assert len(streams) > 10
    assert_same(run, first_of_cloud["storage"], streams, some=True)


def test_of_few_labels(site: ClockedSite, first_of_cloud: dict[str, Run]) -> None:
    label = next(label.name for label in site.wiki.labels)

    run = cloud.sync(site, catalog=only(*CLOUD), labels=[label])

    streams = tuple(stream for stream in CLOUD if run.records.get(stream))
    assert "pages" in streams
    assert_same(run, first_of_cloud["storage"], streams, some=True)


def test_labels_by_label(site: ClockedSite, first_of_cloud: dict[str, Run]) -> None:
    first = first_of_cloud["storage"]

    run = cloud.sync(site, first.state, only("page_labels", "blog_post_labels"))

    assert_same(run, first, ("page_labels", "blog_post_labels"))


def test_with_the_bodies_of_versions(site: ClockedSite, first_of_cloud: dict[str, Run]) -> None:
    run = cloud.sync(site, catalog=only("page_versions", "pages"), version_bodies=True)

    for row in run.records["page_versions"]:
        assert row.pop("body")
    assert_same(run, first_of_cloud["storage"], ("pages", "page_versions"))


def test_replies_one_by_one(site: ClockedSite, first_of_cloud: dict[str, Run]) -> None:
    streams = ("page_footer_comments", "page_inline_comments", "blog_post_footer_comments")
    site.replies_in_lists = False

    run = cloud.sync(site, catalog=only(*streams))

    assert_same(run, first_of_cloud["storage"], streams)
    site.replies_in_lists = True


def test_from_the_trash(site: ClockedSite, first_of_cloud: dict[str, Run]) -> None:
    first = first_of_cloud["storage"]
    state = copy.deepcopy(first.state)
    for stream in ("pages", "blog_posts"):
        state["bookmarks"][stream]["trash"] = ""

    run = cloud.sync(site, state, only("pages", "blog_posts"))

    assert {row["status"] for row in run.records["pages"]} == {"trashed"}
    assert_same(run, first, ("pages", "blog_posts"), some=True)


@pytest.mark.parametrize("body_format", BODIES)
def test_on_data_center_by_search(
    self_hosted: ClockedDataCenter, first_of_data_center: dict[str, Run], body_format: str
) -> None:
    first = first_of_data_center[body_format]
    catalog = datacenter.only(*SELF_HOSTED)

    run = datacenter.sync(self_hosted, set_back(first.state), catalog, body_format=body_format)

    assert_same(run, first, SELF_HOSTED, some=True)
    assert {row["status"] for row in run.records["pages"]} >= {"current", "archived"}


@pytest.mark.parametrize(("version", "scans"), [("7.19", False), ("7.19", True), ("8.3", True)])
def test_on_data_center_of_other_releases(
    wiki: Wiki, first_of_data_center: dict[str, Run], version: str, *, scans: bool
) -> None:
    with ClockedDataCenter(wiki, version=version, supports_scan=scans) as site:
        run = datacenter.sync(site, None, datacenter.only(*SELF_HOSTED))

    old = tuple(stream for stream in SELF_HOSTED if stream != "attachment_footer_comments")
    for name in SELF_HOSTED:
        for row in run.records.get(name, []):
            for key in ("webuiLink", "downloadLink"):
                assert row.get(key) is None or str(row[key]).startswith("/")
    assert_same(run, first_of_data_center["storage"], old, some=True)


def test_on_data_center_from_lists_of_their_own(
    self_hosted: ClockedDataCenter, first_of_data_center: dict[str, Run]
) -> None:
    self_hosted.faults.nested_caps.update(children=1, labels=1, properties=1, restrictions=1)

    run = datacenter.sync(self_hosted, None, datacenter.only(*SELF_HOSTED))

    assert_same(run, first_of_data_center["storage"], SELF_HOSTED)


@pytest.mark.parametrize("stream", ["pages", "page_versions", "blog_posts", "attachments"])
@pytest.mark.parametrize("body_format", BODIES)
def test_on_data_center_by_id(
    self_hosted: ClockedDataCenter,
    first_of_data_center: dict[str, Run],
    body_format: str,
    stream: str,
) -> None:
    first = first_of_data_center[body_format]
    state = all_failed(first, stream)

    run = datacenter.sync(self_hosted, state, datacenter.only(stream), body_format=body_format)

    assert_same(run, first, (stream,))


def test_on_data_center_of_some_spaces(
    self_hosted: ClockedDataCenter, first_of_data_center: dict[str, Run]
) -> None:
    catalog = datacenter.only(*SELF_HOSTED)

    run = datacenter.sync(self_hosted, None, catalog, space_keys=["ENG"])

    streams = tuple(stream for stream in SELF_HOSTED if run.records.get(stream))
    assert len(streams) > 10
    assert_same(run, first_of_data_center["storage"], streams, some=True)


def test_on_data_center_with_the_bodies_of_versions(
    self_hosted: ClockedDataCenter, first_of_data_center: dict[str, Run]
) -> None:
    catalog = datacenter.only("pages", "page_versions")

    run = datacenter.sync(self_hosted, None, catalog, version_bodies=True)

    for row in run.records["page_versions"]:
        row.pop("body")
    assert_same(run, first_of_data_center["storage"], ("pages", "page_versions"))
