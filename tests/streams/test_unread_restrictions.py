"""What the site does not tell the restrictions of has a marker: it counts as closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.running import not_by_default, run_tap, settings_of
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.model import Content
    from tests.running import Json, Run

PAGES, POSTS = "page_restrictions", "blog_post_restrictions"
KINDS = ("folder", "whiteboard", "database", "embed")
BETWEEN = tuple(f"{kind}_restrictions" for kind in KINDS)
MARKER = ("read", "unknown", "unknown")
ONE = "/rest/api/content/{}/restriction/byOperation"


@pytest.fixture(scope="module")
def wiki() -> Wiki:
    return Wiki.seeded(pages=40, seed=5)


@pytest.fixture
def site(wiki: Wiki) -> Iterator[DemoSite]:
    with DemoSite(wiki) as site:
        yield site


@pytest.fixture
def data_center(wiki: Wiki) -> Iterator[DataCenterSite]:
    with DataCenterSite(wiki) as site:
        yield site


def settings(site: DemoSite | DataCenterSite) -> Json:
    if isinstance(site, DemoSite):
        return settings_of(site, max_retries=1)
    return {
        "base_url": site.base_url,
        "personal_access_token": site.personal_access_token,
        "anchor_date": "2000-01-01",
        "max_retries": 1,
    }


def read(site: DemoSite | DataCenterSite, *streams: str, **more: Any) -> Run:
    with waits_skipped():
        return run_tap({**settings(site), **more}, streams=streams)


def refuse(site: DemoSite | DataCenterSite, content_id: str, status: int) -> None:
    """Have the site tell nothing of a content but that it is there."""
    site.faults.poison(content_id, status)
    site.faults.forbid(re.escape(ONE.format(content_id)), status)


def restricted(wiki: Wiki, kind: str = "page") -> str:
    """Return something current that is restricted."""
    content: list[Content] = [
        *wiki.pages,
        *wiki.blog_posts,
        *(i for k in KINDS for i in wiki.tree_items[k]),
    ]
    return next(
        each.id
        for each in content
        if kind in {each.kind, getattr(each, "type", None)}
        and each.status == "current"
        and len(wiki.restrictions.get(each.num, ())) > 1
    )


def assert_marked(run: Run, site: DemoSite | DataCenterSite, stream: str, item_id: str) -> Json:
    """Check that all is read but of one item, and that this has its marker; return that."""
    assert run.exit_status == 0, run.complaints
    told = {key for key in site.truth()[stream] if key[0] != item_id}
    keys = run.keys(stream)
    assert len(keys) == len(set(keys))
    assert set(keys) == {*told, (item_id, *MARKER)}
    assert stream in run.activated
    return next(row for row in run.records[stream] if row["principalType"] == "unknown")


@pytest.mark.each_value
@pytest.mark.parametrize(
    ("stream", "kind"),
    [(PAGES, "page"), (POSTS, "blogpost"), *zip(BETWEEN, KINDS, strict=True)],
)
@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_item_of_the_cloud_that_is_refused_has_a_marker(
    site: DemoSite, wiki: Wiki, stream: str, kind: str, status: int
) -> None:
    item_id = restricted(wiki, kind)
    refuse(site, item_id, status)

    run = read(site, stream)

    marker = assert_marked(run, site, stream, item_id)
    assert marker["reason"]
    assert not marker["reason"].startswith("unsupported")
    assert f"Skipped 1 of '{stream}'" in run.stderr


@pytest.mark.parametrize(("stream", "kind"), [(PAGES, "page"), (POSTS, "blogpost")])
@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_item_of_data_center_whose_list_is_cut_off_and_that_is_refused_has_a_marker(
    data_center: DataCenterSite, wiki: Wiki, stream: str, kind: str, status: int
) -> None:
    item_id = restricted(wiki, kind)
    data_center.faults.nested_caps["restrictions"] = 1
    data_center.faults.forbid(re.escape(ONE.format(item_id)), status)

    run = read(data_center, stream)

    assert assert_marked(run, data_center, stream, item_id)["reason"]
    assert f"Skipped 1 of '{stream}'" in run.stderr


@pytest.mark.parametrize("beside", [(), ("pages", "blog_posts")])
@pytest.mark.parametrize(("stream", "kind"), [(PAGES, "page"), (POSTS, "blogpost")])
def test_an_item_that_the_list_of_data_center_fails_for_has_a_marker(
    data_center: DataCenterSite, wiki: Wiki, stream: str, kind: str, beside: tuple[str, ...]
) -> None:
    item_id = restricted(wiki, kind)
    data_center.faults.poison(item_id)

    run = read(data_center, stream, *beside)

    assert "500" in assert_marked(run, data_center, stream, item_id)["reason"]


def test_an_archived_page_of_data_center_that_fails_has_a_marker(
    data_center: DataCenterSite, wiki: Wiki
) -> None:
    archived = next(page.id for page in wiki.pages if page.status == "archived")
    data_center.faults.poison(archived)

    for beside in ((), ("pages",)):
        assert_marked(read(data_center, PAGES, *beside), data_center, PAGES, archived)


def test_markers_go_when_the_site_tells_again(site: DemoSite, wiki: Wiki) -> None:
    refuse(site, restricted(wiki), 404)
    state = read(site, PAGES).state
    site.faults.clear()

    again = run_tap(settings(site), state, streams=(PAGES,))

    assert set(again.keys(PAGES)) == site.truth()[PAGES]
    assert again.activated == {PAGES}


@pytest.mark.parametrize("stream", [PAGES, POSTS])
def test_a_site_that_fails_for_all_is_out(site: DemoSite, stream: str) -> None:
    site.faults.forbid("/rest/api/content/search", 500)
    site.faults.forbid(ONE.format(".*"), 500)

    run = read(site, stream)

    assert run.exit_status == 1
    assert "Gave up on /rest/api/content/" in run.complaints[-1]
    assert not run.activated


def test_a_data_center_that_fails_for_all_is_out(data_center: DataCenterSite) -> None:
    data_center.faults.restrictions_untold = ("page",)
    data_center.faults.forbid(ONE.format(".*"), 500)

    run = read(data_center, PAGES)

    assert run.exit_status == 1
    assert "Gave up on /rest/api/content/" in run.complaints[-1]
    assert not run.activated


def test_all_that_lies_between_pages_is_read(site: DemoSite) -> None:
    run = read(site, *BETWEEN)

    assert run.exit_status == 0, run.complaints
    for stream in BETWEEN:
        assert set(run.keys(stream)) == site.truth()[stream], stream
        assert site.truth()[stream], stream
    assert run.activated == {*BETWEEN}


def test_what_is_not_searched_for_is_asked_one_by_one(site: DemoSite) -> None:
    site.faults.unsearched_ids = KINDS

    run = read(site, *BETWEEN)

    for stream in BETWEEN:
        assert set(run.keys(stream)) == site.truth()[stream], stream


def test_a_search_tells_those_of_many_at_once(site: DemoSite) -> None:
    site.faults.finds_archived = True
    read(site, "folders", "folder_restrictions")

    asked = site.requests.by_template()
    shown = len(site.truth()["folders"])
    # Each is asked for once, for both streams.
    assert asked["/api/v2/folders/{id}"] <= shown + 2
    assert asked.get("/rest/api/content/{id}/restriction/byOperation", 0) <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_site_that_does_not_tell_them_at_all_is_said_not_to(
    site: DemoSite, wiki: Wiki, kind: str
) -> None:
    site.faults.restrictions_untold = (kind,)

    run = read(site, *BETWEEN)

    assert run.exit_status == 0, run.complaints
    for stream, each in zip(BETWEEN, KINDS, strict=True):
        if each != kind:
            assert set(run.keys(stream)) == site.truth()[stream]
            continue
        shown = {i.id for i in wiki.tree_items[kind] if i.status in {"current", "archived"}}
        assert set(run.keys(stream)) == {(item_id, *MARKER) for item_id in shown}
        assert all(row["reason"].startswith("unsupported: ") for row in run.records[stream])
    assert run.activated == {*BETWEEN}
    assert f"does not tell the restrictions of any {kind}" in run.stderr


def test_those_that_are_forbidden_altogether_need_a_right(site: DemoSite) -> None:
    site.faults.unsearched_ids = ("folder",)
    site.faults.forbid(ONE.format(".*"), 403)

    run = read(site, "folder_restrictions", "page_watchers")

    assert run.exit_status == 1
    assert "'folder_restrictions'" in run.complaints[-1]
    assert "folder_restrictions" not in run.activated


def test_a_folder_that_may_not_be_read_is_not_open(site: DemoSite, wiki: Wiki) -> None:
    folder = restricted(wiki, "folder")
    site.faults.forbid(f"/api/v2/folders/{folder}", 403)

    run = read(site, "folders", "folder_restrictions")

    assert folder in {key[0] for key in run.keys("folder_restrictions")}


def test_filters_hold_for_what_lies_between_pages(site: DemoSite) -> None:
    run = read(site, "folders", "folder_restrictions", space_keys=["OPS"])

    wanted = {key[0] for key in run.keys("folders")}
    expected = {key for key in site.truth()["folder_restrictions"] if key[0] in wanted}
    assert set(run.keys("folder_restrictions")) == expected


def test_they_are_left_out_unless_they_are_selected() -> None:
    assert not_by_default() >= {*BETWEEN}
