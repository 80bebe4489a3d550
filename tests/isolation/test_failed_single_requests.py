"""Streams of a request an item: one item that the site refuses or fails for is missing alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter import runs as datacenter
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.demo_site.model import Page
from tests.isolation.test_failed_details import listed
from tests.running import only, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.running import Json, Run

STATUSES = (400, 403, 404, 410, 500)


@pytest.fixture
def cloud() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


@pytest.fixture
def self_hosted() -> Iterator[DataCenterSite]:
    with DataCenterSite(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


def a_page(wiki: Wiki) -> str:
    return next(page.id for page in wiki.pages if page.status == "current")


def a_comment(wiki: Wiki) -> str:
    return next(comment.id for comment in wiki.footer_comments)


def a_space(wiki: Wiki) -> str:
    return str(next(iter(wiki.spaces)).num)


def a_key(wiki: Wiki) -> str:
    return next(iter(wiki.spaces)).key


def a_folder(wiki: Wiki) -> str:
    return next(each.id for each in wiki.tree_items["folder"] if each.status == "current")


def a_group(wiki: Wiki) -> str:
    return next(group.id for group in wiki.groups)


def a_diagram(wiki: Wiki) -> str:
    return next(each.id for each in wiki.custom_content if each.labels)


SINGLES: dict[str, tuple[str, Callable[[Wiki], str]]] = {
    "page_likes": ("/api/v2/pages/{}", a_page),
    "footer_comment_likes": ("/api/v2/footer-comments/{}/likes/users", a_comment),
    "page_watchers": ("/rest/api/content/{}/notification/child-created", a_page),
    "page_views": ("/rest/api/analytics/content/{}/views", a_page),
    "content_states": ("/rest/api/content/{}/state", a_page),
    "page_classification_levels": ("/api/v2/pages/{}/classification-level", a_page),
    "space_watchers": ("/rest/api/space/{}/watch", a_key),
    "space_labels": ("/api/v2/spaces/{}", a_space),
    "space_properties": ("/api/v2/spaces/{}", a_space),
    "group_members": ("/rest/api/group/{}/membersByGroupId", a_group),
    "custom_content_labels": ("/api/v2/custom-content/{}", a_diagram),
    "folders": ("/api/v2/folders/{}", a_folder),
}


EACH = [(stream, status) for stream in SINGLES for status in (400, 500)]
EACH += [("page_watchers", 403), ("page_likes", 404), ("folders", 404), ("group_members", 410)]
EACH += [("page_classification_levels", 404), ("custom_content_labels", 410)]


@pytest.mark.each_value
@pytest.mark.parametrize(("stream", "status"), EACH)
def test_one_item_of_the_cloud_never_denies_the_stream(
    cloud: DemoSite, stream: str, status: int
) -> None:
    path, some = SINGLES[stream]
    cloud.faults.forbid(path.format(some(cloud.wiki)), status)
    # Labels that it may search for take no such requests.
    cloud.faults.deny_scope("/rest/api/content/search" if stream.endswith("_labels") else "-")

    run = run_tap(settings_of(cloud), streams=(stream, "labels"))

    assert run.exit_status == 0, run.complaints
    truth = cloud.truth()[stream]
    owner = a_space(cloud.wiki) if some is a_key else some(cloud.wiki)
    assert set(run.keys(stream)) == {key for key in truth if key[0] != owner}
    # So a page without a level answers.
    has_none = (stream, status) == ("page_classification_levels", 404)
    assert has_none or any(f"Skipping {owner}" in line for line in run.log)
    assert "labels" in run.activated


SELF_HOSTED: dict[str, tuple[str, Callable[[Wiki], str]]] = {
    "page_watchers": ("/rest/api/content/{}/watchers", a_page),
    "space_watchers": ("/rest/api/space/{}/watchers", a_key),
    "space_properties": ("/rest/api/space/{}/property", a_key),
}


@pytest.mark.parametrize("status", [400, 410, 500])
@pytest.mark.parametrize("stream", SELF_HOSTED)
def test_one_item_of_data_center_never_denies_the_stream(
    self_hosted: DataCenterSite, stream: str, status: int
) -> None:
    path, some = SELF_HOSTED[stream]
    self_hosted.faults.forbid(path.format(some(self_hosted.wiki)), status)

    run = run_tap(datacenter.settings_of(self_hosted), catalog=datacenter.only(stream, "labels"))

    assert run.exit_status == 0, run.complaints
    owner = a_space(self_hosted.wiki) if some is a_key else some(self_hosted.wiki)
    truth = datacenter.truth_of(self_hosted)[stream]
    assert set(run.keys(stream)) == {key for key in truth if key[0] != owner}
    assert stream not in run.activated
    assert "labels" in run.activated


@pytest.mark.parametrize("status", STATUSES)
def test_a_label_that_fails_leaves_the_others(cloud: DemoSite, status: int) -> None:
    for _ in range(60):
        cloud.wiki.add_page()
    catalog = only("pages", "page_labels")
    first = run_tap(settings_of(cloud), catalog=catalog)
    label = min(label for _, label in cloud.truth()["page_labels"])
    cloud.faults.forbid(f"/api/v2/labels/{label}/pages", status)
    cloud.faults.deny_scope("/rest/api/content/search")

    second = run_tap(settings_of(cloud), first.state, catalog)

    assert second.exit_status == 0, second.complaints
    truth = cloud.truth()["page_labels"]
    assert set(second.keys("page_labels")) == {key for key in truth if key[1] != label}
    assert "page_labels" not in second.activated


@pytest.mark.parametrize("status", STATUSES)
def test_descendants_that_fail_leave_what_other_ways_find(cloud: DemoSite, status: int) -> None:
    page = next(p.id for p in cloud.wiki.pages if p.status == "current" and p.parent is None)
    cloud.faults.forbid(f"/api/v2/pages/{page}/descendants", status)

    run = run_tap(settings_of(cloud), streams=("folders", "whiteboards"))

    assert run.exit_status == 0, run.complaints
    assert run.keys("folders")
    assert ("folders" in run.activated) == (status == 404)


def sync_comments(site: DemoSite, state: Json | None = None) -> Run:
    return run_tap(settings_of(site), state, only("page_footer_comments"))


@pytest.mark.parametrize("status", STATUSES)
def test_replies_that_cannot_be_read_leave_all_other_comments(cloud: DemoSite, status: int) -> None:
    cloud.replies_in_lists = False
    comments = list(cloud.wiki.footer_comments)
    parent = next(c.parent.id for c in comments if c.parent is not None)
    below = {c.id for c in comments if c.parent is not None and parent in ancestors(c)}
    truth = cloud.truth()["page_footer_comments"]
    cloud.faults.forbid(f"/api/v2/footer-comments/{parent}/children", status)

    first = sync_comments(cloud)

    assert first.exit_status == 0, first.complaints
    assert set(first.keys("page_footer_comments")) == truth - {(c,) for c in below}
    assert any(f"Skipping the replies to {parent}" in line for line in first.log)
    expected = {"page_footer_comments": {f"{parent}/children"}} if status == 500 else {}
    assert listed(first.state) == expected
    cloud.requests.clear()
    second = sync_comments(cloud, first.state)
    asked = [r for r in cloud.requests if r.path.endswith(f"{parent}/children")]
    # What is only refused has not changed.
    assert len(asked) == (status == 500)
    assert listed(second.state) == expected
    cloud.faults.heal()

    third = sync_comments(cloud, second.state)

    if status == 500:
        assert {(c,) for c in below} & truth <= set(third.keys("page_footer_comments"))
    assert listed(third.state) == {}


def ancestors(comment: object) -> set[str]:
    found = set()
    parent = getattr(comment, "parent", None)
    while parent is not None:
        found.add(parent.id)
        parent = parent.parent
    return found


@pytest.mark.parametrize("kind", ["500", "not-json"])
def test_files_of_a_page_that_cannot_be_listed_come_when_they_can(
    self_hosted: DataCenterSite, kind: str
) -> None:
    catalog = datacenter.only("attachments")
    config = datacenter.settings_of(self_hosted)
    self_hosted.faults.nested_caps["children"] = 1
    truth = datacenter.truth_of(self_hosted)["attachments"]
    holders = [f.container.id for f in self_hosted.wiki.attachments if f.container is not None]
    page = next(
        p.id for p in self_hosted.wiki.pages if p.status == "current" and holders.count(p.id) > 1
    )
    of_page = {
        (f.id,)
        for f in self_hosted.wiki.attachments
        if f.container is not None and f.container.id == page
    } & truth
    self_hosted.faults.break_path(f"/rest/api/content/{page}/child/attachment", kind)

    first = run_tap(config, catalog=catalog)

    assert first.exit_status == 0, first.complaints
    assert set(first.keys("attachments")) == truth - of_page
    assert listed(first.state) == {"attachments": {f"{page}/children"}}
    self_hosted.faults.heal()
    second = run_tap(config, first.state, catalog)

    assert set(second.keys("attachments")) == of_page
    assert listed(second.state) == {}


@pytest.mark.parametrize("status", STATUSES)
def test_comments_of_a_page_that_cannot_be_listed_come_when_they_can(status: int) -> None:
    catalog = datacenter.only("page_footer_comments")
    with DataCenterSite(Wiki.seeded(pages=12, seed=5), version="7.19") as site:
        wiki, config = site.wiki, datacenter.settings_of(site)
        whole = set(run_tap(config, catalog=catalog).keys("page_footer_comments"))
        page = next(
            c.container.id
            for c in wiki.footer_comments
            if isinstance(c.container, Page) and (c.id,) in whole
        )
        on_page = {(c.id,) for c in wiki.footer_comments if c.container.id == page}
        site.faults.forbid(f"/rest/api/content/{page}/child/comment", status)

        first = run_tap(config, catalog=catalog)

        assert first.exit_status == 0, first.complaints
        assert set(first.keys("page_footer_comments")) == whole - on_page
        key = {"page_footer_comments": {f"{page}/children"}}
        assert listed(first.state) == key
        second = run_tap(config, first.state, catalog)
        assert listed(second.state) == (key if status == 500 else {})
        site.faults.heal()
        third = run_tap(config, second.state, catalog)

        if status == 500:
            assert set(third.keys("page_footer_comments")) == on_page & whole
        assert listed(third.state) == {}


@pytest.mark.parametrize("status", STATUSES)
def test_comments_on_an_archived_page_that_cannot_be_listed_leave_the_others(
    self_hosted: DataCenterSite, status: int
) -> None:
    catalog = datacenter.only("page_footer_comments")
    config = datacenter.settings_of(self_hosted)
    wiki = self_hosted.wiki
    first = run_tap(config, catalog=catalog)
    pages = [
        c.container.id
        for c in wiki.footer_comments
        if isinstance(c.container, Page) and c.container.status == "current"
    ]
    page = pages[0]
    comment = wiki.add_footer_comment(page_id=page)
    other = wiki.add_footer_comment(page_id=next(each for each in pages if each != page))
    wiki.archive_page(page)
    self_hosted.faults.forbid(f"/rest/api/content/{page}/child/comment", status)

    second = run_tap(config, first.state, catalog)

    assert second.exit_status == 0, second.complaints
    assert (other,) in second.keys("page_footer_comments")
    assert (comment,) not in second.keys("page_footer_comments")
    expected = {"page_footer_comments": {f"{page}/children"}} if status == 500 else {}
    assert listed(second.state) == expected
    self_hosted.faults.heal()
    third = run_tap(config, second.state, catalog)

    if status == 500:
        assert (comment,) in third.keys("page_footer_comments")
    assert listed(third.state) == {}
