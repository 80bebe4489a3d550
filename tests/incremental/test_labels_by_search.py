"""Labels are searched for, many at a time, and are those of the site however it searches."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.datacenter import runs as data_center
from tests.datacenter.runs import ClockedDataCenter
from tests.demo_site import Wiki
from tests.incremental.runs import ClockedSite, sync
from tests.running import only
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.demo_site.faults import Faults
    from tests.demo_site.recorder import Recorded
    from tests.incremental.runs import Run
    from tests.running import Json

SEARCH = "/rest/api/content/search"
LABELS = {
    "page_labels": "pages",
    "blog_post_labels": "blog_posts",
    "attachment_labels": "attachments",
    "custom_content_labels": "custom_content",
}
ON_DATA_CENTER = tuple(stream for stream in LABELS if stream != "custom_content_labels")
A_DAY = 86_400_000
STEPS = 3


def seeded(pages: int = 24) -> Wiki:
    return Wiki.seeded(pages=pages, seed=5)


@pytest.fixture
def site() -> Iterator[ClockedSite]:
    with ClockedSite(seeded(40)) as site:
        yield site


def assert_all_labels(run: Run, site: ClockedSite | ClockedDataCenter, *streams: str) -> None:
    """Check that a run has brought each label of the site, once, and nothing in the trash."""
    assert run.exit_status == 0, run.complaints
    truth = site.truth()
    for stream in streams or LABELS:
        keys = run.keys(stream)
        assert len(keys) == len(set(keys)), stream
        assert set(keys) == truth[stream], stream
        assert stream in run.activated


def searches(run: Run) -> list[Recorded]:
    return [each for each in run.asked(SEARCH) if each.query["cql"][0].startswith("id in (")]


def searched_ids(run: Run) -> list[str]:
    """Return the ids that a run has searched for, in order, each as often as it did."""
    queries = (each.query["cql"][0] for each in searches(run))
    return [item_id for cql in queries for item_id in cql[len("id in (") : -1].split(",")]


def relabel(wiki: Wiki, dice: Random) -> None:
    """Put labels on content of every status, and take them off, and move some to another one."""
    everything = [c for name in LABELS.values() for c in getattr(wiki, name)]
    for content in dice.sample(everything, 12):
        wiki.add_label(content.id, dice.choice(["fresh", "decision", "owner-gone"]))
    for content in dice.sample([each for each in everything if each.labels], 12):
        label = wiki.labels[dice.choice(content.labels)]
        wiki.remove_label(content.id, label.name, label.prefix)
    for act in (wiki.archive_page, wiki.trash_page, wiki.add_page, wiki.trash_attachment):
        wiki.add_label(act(), "moved")
    wiki.add_label(wiki.edit_page(), "edited")


MANNERS: dict[str, Callable[[Faults], object]] = {
    "finds what is current": lambda faults: faults.clear(),
    "finds what is archived": lambda faults: vars(faults).update(finds_archived=True),
    "lags": lambda faults: vars(faults).update(index_lag=3600.0),
    "misses half": lambda faults: vars(faults).update(missed_one_in=2),
    "misses few": lambda faults: vars(faults).update(missed_one_in=17),
    "does not know files": lambda faults: vars(faults).update(numeric_ids_only=True),
    "knows files by number": lambda faults: vars(faults).update(
        numeric_ids_only=True, finds_files_by_number=True
    ),
    "passes over pages": lambda faults: vars(faults).update(unsearched_ids=("page",)),
    "cuts labels off": lambda faults: faults.nested_caps.update(labels=2),
    "lowers limits": lambda faults: faults.lower_limit(7),
    "is out of scope": lambda faults: faults.deny_scope(SEARCH),
    "is forbidden": lambda faults: faults.forbid(SEARCH, 403),
    "is not found": lambda faults: faults.forbid(SEARCH, 404),
    "is gone": lambda faults: faults.forbid(SEARCH, 410),
    "is not understood": lambda faults: faults.forbid(SEARCH, 400),
}


@pytest.mark.each_value
@pytest.mark.parametrize("beside", [(), ("pages", "page_versions", "page_restrictions")])
@pytest.mark.parametrize("manner", MANNERS)
def test_labels_are_those_of_the_site_at_each_step(manner: str, beside: tuple[str, ...]) -> None:
    if "page_restrictions" in beside and manner in {"is out of scope", "is forbidden"}:
        beside = tuple(stream for stream in beside if stream != "page_restrictions")
    dice = Random(manner)
    with ClockedSite(seeded()) as site:
        MANNERS[manner](site.faults)
        state: Json | None = None
        for _ in range(STEPS):
            run = sync(site, state, only(*LABELS, *beside))
            assert_all_labels(run, site)
            if "page_restrictions" in beside:
                assert {*run.keys("page_restrictions")} == site.truth()["page_restrictions"]
            state = run.state
            relabel(site.wiki, dice)


@pytest.mark.each_value
@pytest.mark.parametrize("beside", [(), ("pages", "blog_posts", "attachments")])
@pytest.mark.parametrize("cap", [2, 200])
def test_labels_of_data_center_are_those_of_the_site_at_each_step(
    cap: int, beside: tuple[str, ...]
) -> None:
    dice = Random(cap)
    with ClockedDataCenter(seeded()) as site:
        site.faults.nested_caps["labels"] = cap
        state: Json | None = None
        for _ in range(STEPS):
            run = data_center.sync(site, state, data_center.only(*ON_DATA_CENTER, *beside))
            assert_all_labels(run, site, *ON_DATA_CENTER)
            state = run.state
            relabel(site.wiki, dice)


@pytest.mark.parametrize("listed", [None, ["current"]])
def test_labels_of_what_is_archived_are_read_where_the_label_side_leaves_it_out(
    site: ClockedSite, listed: list[str] | None
) -> None:
    site.faults.deny_scope(SEARCH)
    site.faults.label_side_statuses = listed
    for page in list(site.wiki.pages)[::3]:
        if page.status == "current":
            site.wiki.archive_page(page.id)

    assert_all_labels(sync(site, catalog=only(*LABELS)), site)


def test_one_search_tells_labels_and_restrictions(site: ClockedSite) -> None:
    run = sync(site, catalog=only("page_labels", "page_restrictions"))

    assert_all_labels(run, site, "page_labels")
    assert {*run.keys("page_restrictions")} == site.truth()["page_restrictions"]
    ids = searched_ids(run)
    current = [page.id for page in site.wiki.pages if page.status == "current"]
    assert sorted(item_id for item_id in ids if item_id in current) == sorted(current)
    assert len(run.asked("/api/v2/pages")) == 1
    for each in searches(run):
        assert each.query["expand"][0].startswith("metadata.labels,restrictions.")


def test_what_has_changed_brings_its_labels_with_its_other_details(site: ClockedSite) -> None:
    catalog = only("pages", "page_labels", "page_versions")
    first = sync(site, catalog=catalog)
    edited = site.wiki.edit_page()
    site.wiki.add_label(edited, "fresh")

    second = sync(site, first.state, catalog)

    assert_all_labels(second, site, "page_labels")
    assert edited not in searched_ids(second)
    [details] = second.asked(f"/api/v2/pages/{edited}")
    assert "include-labels" in details.query


def test_without_other_details_what_has_changed_is_searched_for(site: ClockedSite) -> None:
    first = sync(site, catalog=only("pages", "page_labels"))

    assert_all_labels(first, site, "page_labels")
    archived = [page for page in site.wiki.pages if page.status == "archived"]
    assert len(first.asked(r"/api/v2/pages/\d+")) == len(archived)


def test_a_thousand_pages_take_some_dozens_of_requests() -> None:
    with ClockedSite(Wiki.seeded(pages=1000, seed=7)) as site:
        site.faults.finds_archived = True
        catalog = only(
            *("pages", "page_labels", "page_versions", "page_content_properties"),
            *("page_footer_comments", "page_inline_comments", "attachments"),
        )
        first = sync(site, catalog=catalog)
        for _ in range(10):
            site.wiki.edit_page()
        for page in list(site.wiki.pages)[:5]:
            site.wiki.add_label(page.id, "fresh")

        second = sync(site, first.state, catalog)

        assert_all_labels(second, site, "page_labels")
        assert len(second.requests) <= 30


def test_lists_are_read_once_for_all_streams_that_need_all_of_them() -> None:
    with ClockedSite(seeded(60)) as site:
        streams = (
            *("page_labels", "child_pages", "content_inventory", "page_restrictions"),
            *("folders", "folder_restrictions"),
        )
        run = sync(site, catalog=only(*streams, "page_likes", "page_watchers"), page_size=25)

        assert len(run.asked("/api/v2/pages")) == -(-len(site.wiki.pages) // 25)
        for stream in (*streams, "page_likes", "page_watchers"):
            assert {*run.keys(stream)} == site.truth()[stream], stream


def test_what_a_search_does_not_find_is_not_searched_for_again_for_a_week(
    site: ClockedSite,
) -> None:
    for page in list(site.wiki.pages)[::2]:
        if page.status == "current":
            site.wiki.archive_page(page.id)
    archived = {page.id for page in site.wiki.pages if page.status == "archived"}
    state, asked = None, []
    for days in (0, 6, 2):
        site.wiki.now_ms += days * A_DAY
        run = sync(site, state, only("page_labels"))
        assert_all_labels(run, site, "page_labels")
        asked.append(bool(archived & {*searched_ids(run)}))
        state = run.state

    assert asked == [True, False, True]


def test_two_archived_pages_are_worth_a_search(site: ClockedSite) -> None:
    archived = {page.id for page in site.wiki.pages if page.status == "archived"}
    assert len(archived) == 2
    site.faults.finds_archived = True

    run = sync(site, catalog=only("page_labels"))

    assert_all_labels(run, site, "page_labels")
    assert not archived & {request.path.rpartition("/")[2] for request in run.requests}


def test_the_list_of_labels_is_read_once_beside_its_own_stream(site: ClockedSite) -> None:
    site.faults.deny_scope(SEARCH)

    run = sync(site, catalog=only(*LABELS, "labels"), page_size=50)

    assert_all_labels(run, site, *LABELS, "labels")
    assert len(run.asked("/api/v2/labels")) == -(-len(site.wiki.labels) // 50)


def test_filters_do_not_make_it_forget(site: ClockedSite) -> None:
    site.faults.numeric_ids_only = True
    unwanted = ["nothing-carries-this"]
    first = sync(site, catalog=only("attachment_labels"), exclude_labels=unwanted)

    second = sync(site, first.state, only("attachment_labels"), exclude_labels=unwanted)

    assert searches(first)
    assert not searches(second)
    assert "start over" not in second.stderr


@pytest.mark.parametrize("unsearched", ["all", {"current": "long ago"}, {"current": 7}, []])
def test_what_a_state_cannot_mean_is_passed_over(site: ClockedSite, unsearched: object) -> None:
    state = {"bookmarks": {"page_labels": {"unsearched": unsearched}}}

    run = sync(site, state, only("page_labels"))

    assert_all_labels(run, site, "page_labels")
    assert searches(run)


def test_a_search_that_heeds_again_is_asked_again(site: ClockedSite) -> None:
    site.faults.unsearched_ids = ("page",)
    first = sync(site, catalog=only("page_labels"))
    assert json.dumps(first.state["bookmarks"]["page_labels"]).count("current") == 1
    site.faults.unsearched_ids = ()
    site.wiki.now_ms += 8 * A_DAY

    second = sync(site, first.state, only("page_labels"))

    assert_all_labels(second, site, "page_labels")
    assert "current" not in second.state["bookmarks"]["page_labels"].get("unsearched", {})


def test_few_that_are_not_found_do_not_put_an_end_to_searching() -> None:
    with ClockedSite(seeded(12)) as site:
        site.faults.index_lag = 60.0
        for _ in range(4):
            site.wiki.add_label(site.wiki.add_page(), "fresh")

        run = sync(site, catalog=only("page_labels"))

        assert_all_labels(run, site, "page_labels")
        assert "unsearched" not in run.state["bookmarks"].get("page_labels", {})


def test_without_the_scope_one_line_says_what_it_costs(site: ClockedSite) -> None:
    site.faults.deny_scope(SEARCH)

    run = sync(site, catalog=only(*LABELS))

    assert_all_labels(run, site)
    lines = [line for line in run.log if "search:confluence" in line]
    assert len(lines) == 1
    assert lines[0].startswith("INFO")
    assert len(searches(run)) == 1
    assert run.asked(r"/api/v2/labels/\d+/pages") or run.asked(r"/api/v2/pages/\d+")


def test_files_are_found_by_the_numbers_in_their_ids(site: ClockedSite) -> None:
    site.faults.numeric_ids_only = site.faults.finds_files_by_number = True
    site.faults.finds_archived = True

    run = sync(site, catalog=only("attachment_labels"))

    assert_all_labels(run, site, "attachment_labels")
    found = {
        f"/api/v2/attachments/{file.id}"
        for file in site.wiki.attachments
        if file.status == "current" and file.container and file.container.status != "trashed"
    }
    assert not found & {request.path for request in run.requests}
    assert len(found) > 10


@pytest.mark.parametrize("status", [403, 404])
def test_a_search_that_is_refused_from_the_middle_on_is_given_up_soon(status: int) -> None:
    with ClockedSite(seeded(400)) as site:
        asked: list[str] = []

        def refuse(_: int, path: str) -> None:
            asked.extend([path] if path == SEARCH else [])
            if len(asked) == 2:
                site.faults.forbid(SEARCH, status)

        site.faults.before_request = refuse
        run = sync(site, catalog=only("page_labels"), page_size=20)

        assert_all_labels(run, site, "page_labels")
        # 18 batches, of which some are asked for at a time, each item by item in the end.
        assert len(asked) <= 100


def test_a_search_that_is_out_is_given_up_soon(site: ClockedSite) -> None:
    site.faults.forbid(SEARCH, 500)

    with waits_skipped():
        run = sync(site, catalog=only(*LABELS), max_retries=1)

    assert_all_labels(run, site)
    assert len(searches(run)) <= 40


@pytest.mark.parametrize("status", [403, 404, 500, 504])
def test_one_page_that_a_search_fails_for_does_not_hide_the_others(
    site: ClockedSite, status: int
) -> None:
    poisonous = next(page.id for page in site.wiki.pages if page.status == "current")
    site.wiki.add_label(poisonous, "fresh")
    site.faults.poison(poisonous, status)

    with waits_skipped():
        run = sync(site, catalog=only("page_labels"))

    assert_all_labels(run, site, "page_labels")


def test_what_is_in_the_trash_has_no_labels_also_on_a_first_run(site: ClockedSite) -> None:
    trashed = site.wiki.trash_page()
    site.wiki.add_label(trashed, "fresh")

    run = sync(site, catalog=only("pages", "page_versions", "page_labels", "page_likes"))

    assert_all_labels(run, site, "page_labels")
    assert trashed in run.ids("pages")
    assert {*run.keys("page_likes")} == site.truth()["page_likes"]
