"""Folders, whiteboards, databases and embeds are found, though no endpoint lists them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.hierarchy_seed import hang
from tests.demo_site.model import TreeItem
from tests.running import not_by_default, run_tap, settings_of
from tests.schemas.contract import Contract, HeldAgainstTheApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.model import Page
    from tests.running import Run

STREAMS = ("folders", "whiteboards", "databases", "embeds")
SEARCH = "/rest/api/content/search"
PAGES = "/api/v2/pages"
UNDER_PAGES = f"{PAGES}/{{id}}/descendants"


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "folders": Contract(("FolderSingle",)),
        "whiteboards": Contract(
            ("WhiteboardSingle",), left_out={"_links.editui": "leads where `webui` does"}
        ),
        "databases": Contract(("DatabaseSingle",)),
        "embeds": Contract(("SmartLinkSingle",)),
    }


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=300, seed=2)) as site:
        yield site


def items_of(site: DemoSite) -> list[TreeItem]:
    return [item for items in site.wiki.tree_items.values() for item in items]


def homepage_of(site: DemoSite) -> Page:
    return next(page for page in site.wiki.pages if site.wiki.is_homepage(page))


def found(run: Run) -> set[str]:
    return {row["id"] for stream in STREAMS for row in run.records.get(stream, [])}


def expected(site: DemoSite) -> set[str]:
    return {item.id for item in items_of(site) if item.status in {"current", "archived"}}


def deny_descendants(site: DemoSite) -> None:
    for place in (*site.wiki.pages, *items_of(site)):
        kind = f"{place.type}s" if isinstance(place, TreeItem) else "pages"
        site.faults.deny_scope(f"/api/v2/{kind}/{place.id}/descendants")


def test_all_of_them_are_found_each_once(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=STREAMS)

    assert run.exit_status == 0
    for stream in STREAMS:
        assert Counter(run.keys(stream)) == Counter(site.truth()[stream])
    assert set(STREAMS) <= run.activated
    assert {item.status for item in items_of(site)} == {"current", "archived", "draft", "trashed"}


def test_the_four_share_what_finding_them_takes(site: DemoSite) -> None:
    run_tap(settings_of(site), streams=STREAMS)

    asked = site.requests.by_template()
    assert asked[PAGES] == 2
    assert asked[SEARCH] == 1
    assert asked[UNDER_PAGES] == len(list(site.wiki.spaces))
    for kind, items in site.wiki.tree_items.items():
        assert asked[f"/api/v2/{kind}s/{{id}}"] == sum(i.status != "trashed" for i in items)


def test_what_is_not_selected_is_not_read(site: DemoSite) -> None:
    site.faults.forbid(r"/api/v2/\w+/\d+/descendants", 404)
    lying = {i.id for i in site.wiki.tree_items["embed"] if i.parent_type == "page"}

    run_tap(settings_of(site), streams=("folders",))

    asked = {request.path for request in site.requests}
    assert {f"/api/v2/embeds/{i}" for i in lying} <= asked, "they may lie under a folder"

    site.faults.clear()
    site.requests.clear()
    run_tap(settings_of(site), streams=("folders",))

    assert not {f"/api/v2/embeds/{i}" for i in lying} & {r.path for r in site.requests}


def test_none_is_read_by_default() -> None:
    assert set(STREAMS) <= not_by_default()


def test_a_record_says_where_the_item_lies(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=STREAMS)

    records = {row["id"]: row for stream in STREAMS for row in run.records[stream]}
    for item in items_of(site):
        if item.id in expected(site):
            row = records[item.id]
            above = None if item.parent is None else str(item.parent)
            assert (row["parentId"], row["parentType"]) == (above, item.parent_type)
            assert (row["spaceId"], row["type"]) == (str(item.space), item.type)
            assert row.get("embedUrl") == item.embed_url
    assert any(row.get("embedUrl") for row in run.records["embeds"])
    assert not all(row.get("embedUrl") for row in run.records["embeds"])


def test_small_pages_of_every_list_lose_nothing(site: DemoSite) -> None:
    site.faults.lower_limit(3)
    site.faults.caps["bare"] = 3
    site.faults.empty_pages = True

    assert found(run_tap(settings_of(site), streams=STREAMS)) == expected(site)


def test_what_was_made_a_moment_ago_is_found_before_the_search_knows_it(site: DemoSite) -> None:
    known = expected(site)
    site.wiki.tick_ms = 0
    top = next(i for i in site.wiki.tree_items["folder"] if i.parent is None)
    new = {
        hang(site.wiki, kind, above, at=site.wiki.now_ms).id
        for kind in ("folder", "embed")
        for above in (homepage_of(site), top)
    }
    site.faults.index_lag = 60.0

    assert found(run_tap(settings_of(site), streams=STREAMS)) == known | new


@pytest.mark.parametrize("knows_archived", [True, False])
def test_without_descendants_search_and_pages_tell_of_the_most(
    site: DemoSite, *, knows_archived: bool
) -> None:
    site.faults.finds_archived = knows_archived
    outer = hang(site.wiki, "folder", homepage_of(site), status="archived")
    hang(site.wiki, "embed", outer)
    hang(site.wiki, "embed", outer, status="archived")
    deny_descendants(site)

    run = run_tap(settings_of(site), streams=STREAMS)

    missed = {i.status for i in items_of(site) if i.id in expected(site) - found(run)}
    assert run.exit_status == 0
    assert missed == (set() if knows_archived else {"archived"})
    assert outer.id in found(run), "something that is current lies under it"
    [said] = [line for line in run.log if "descendants" in line]
    assert "the list of descendants" in said
    assert not set(STREAMS) & run.activated


def test_without_search_the_tree_tells_of_all_but_what_stands_alone(site: DemoSite) -> None:
    site.faults.deny_scope("/rest/api/content/search")

    run = run_tap(settings_of(site), streams=STREAMS)

    assert run.exit_status == 0
    [said] = [line for line in run.log if "only a search" in line]
    tops = {i.id for i in items_of(site) if i.parent is None}
    assert tops & found(run), "those that pages lie under"
    assert expected(site) - found(run)
    under_pages = {i.id for i in items_of(site) if i.parent_type == "page"}
    assert under_pages & expected(site) <= found(run)
    assert not set(STREAMS) & run.activated
    assert said


def test_without_the_list_of_pages_the_homepages_are_gone_down_from(site: DemoSite) -> None:
    site.faults.finds_archived = False
    site.faults.forbid("/api/v2/pages", 403)

    run = run_tap(settings_of(site), streams=STREAMS)

    assert found(run) == expected(site)
    assert site.requests.by_template()[UNDER_PAGES] == len(list(site.wiki.spaces))


def test_where_nothing_may_be_asked_the_streams_are_denied(site: DemoSite) -> None:
    for path in (PAGES, "/rest/api/content/search"):
        site.faults.deny_scope(path)

    run = run_tap(settings_of(site), streams=("folders", "spaces"))

    assert run.exit_status == 1
    assert "read:folder:confluence" in run.complaints[-1]
    assert set(run.keys("spaces")) == site.truth()["spaces"]


def test_a_token_without_the_scope_of_one_kind_reads_the_others(site: DemoSite) -> None:
    site.faults.deny_scope("/api/v2/folders")

    run = run_tap(settings_of(site), streams=STREAMS)

    assert run.exit_status == 1
    assert "read:folder:confluence" in run.complaints[-1]
    for stream in STREAMS[1:]:
        assert set(run.keys(stream)) == site.truth()[stream]


def test_a_site_that_does_not_know_all_types_is_asked_for_those_it_knows(site: DemoSite) -> None:
    for embed in list(site.wiki.tree_items["embed"]):
        site.wiki.drop(embed)
    site.faults.unknown_types = ("embed",)

    run = run_tap(settings_of(site), streams=STREAMS)

    assert found(run) == expected(site)
    assert site.requests.by_template()[SEARCH] == 2


def test_one_that_is_forbidden_is_skipped_and_nothing_is_taken_for_deleted(
    site: DemoSite,
) -> None:
    hidden = next(iter(site.wiki.tree_items["whiteboard"])).id
    site.faults.forbid(f"/api/v2/whiteboards/{hidden}", 403)

    run = run_tap(settings_of(site), streams=STREAMS)

    assert expected(site) - found(run) == {hidden}
    assert "whiteboards" not in run.activated
    assert "folders" in run.activated


def test_what_the_search_remembers_but_is_in_the_trash_is_left_out(site: DemoSite) -> None:
    gone = next(i for i in site.wiki.tree_items["embed"] if i.parent_type == "page")
    site.faults.forbid(f"/api/v2/embeds/{gone.id}", 404)

    run = run_tap(settings_of(site), streams=STREAMS)

    assert expected(site) - found(run) == {gone.id}
    assert "embeds" in run.activated


def test_a_folder_between_pages_is_found_by_what_lies_under_it(site: DemoSite) -> None:
    site.faults.index_lag = 10**9
    deny_descendants(site)
    outer = hang(site.wiki, "folder", homepage_of(site), status="archived")
    inner = hang(site.wiki, "whiteboard", outer)
    page = site.wiki.pages[int(site.wiki.add_page())]
    site.wiki.change(page, lambda p: setattr(p, "parent", inner.num))
    site.wiki.change(page, lambda p: setattr(p, "parent_type", "whiteboard"))

    run = run_tap(settings_of(site), streams=("folders",))

    assert outer.id in found(run), "it is the parent of a parent"


def test_pages_under_folders_say_so_in_child_pages(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=("child_pages",))

    kinds = {page.id: page.parent_type for page in site.wiki.pages}
    assert {row["parentType"] for row in run.records["child_pages"]} >= {
        *("page", "folder", "whiteboard", "database"),
    }
    for row in run.records["child_pages"]:
        assert row["parentType"] == kinds[row["id"]]


@pytest.mark.parametrize(
    "filters",
    [
        {"space_keys": ["ENG", "LEGACY"]},
        {"exclude_space_keys": ["ENG"]},
        {"exclude_labels": ["anything"]},
        {"content_statuses": ["trashed"]},
    ],
)
def test_they_are_wanted_if_their_space_is(site: DemoSite, filters: dict[str, list[str]]) -> None:
    run = run_tap(settings_of(site, **filters), streams=STREAMS)

    spaces = {space.num: space.key for space in site.wiki.spaces}
    keys = set(filters.get("space_keys", spaces.values()))
    keys -= set(filters.get("exclude_space_keys", ()))
    wanted = {i.id for i in items_of(site) if spaces[i.space] in keys}
    assert found(run) == wanted & expected(site)


def test_in_a_tree_only_what_lies_under_its_root_is_looked_for(site: DemoSite) -> None:
    root = homepage_of(site)
    outside = {i.id for i in items_of(site) if i.space != root.space or i.parent is None}

    run = run_tap(settings_of(site, root_page_ids=[root.id]), streams=STREAMS)

    assert found(run)
    assert not found(run) & outside
    assert not {PAGES, SEARCH} & site.requests.by_template().keys()


def test_where_labels_are_asked_for_nothing_is_looked_for_as_none_carries_any(
    site: DemoSite,
) -> None:
    label = next(iter(site.wiki.labels)).name

    run = run_tap(settings_of(site, labels=[label]), streams=STREAMS)

    assert not found(run)
    assert not {PAGES, SEARCH} & site.requests.by_template().keys()
    assert set(STREAMS) <= run.activated
