"""What the filters leave of a Cloud site, for each stream, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cloud.api import incremental_list
from tap_confluence.cloud.filters import spaces
from tests.demo_site import DemoSite, Wiki
from tests.filtered_truth import UNFILTERED, combinations, filtered_truth, numbers
from tests.forked import run_forked
from tests.incremental.runs import ClockedSite
from tests.running import Run, not_by_default, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.recorder import Recorded

COMBINATIONS = 40
NUMBERS = [*numbers(Wiki.seeded(pages=36, seed=11), COMBINATIONS, seed=3)]
ALL_STREAMS_EACH = 6
"""In one of so many combinations, the streams are read too that cost a request an item."""

COMMENTS = ("page_footer_comments", "page_inline_comments", "blog_post_footer_comments")


@pytest.fixture(scope="module")
def small() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=36, seed=11)) as site:
        yield site


@pytest.mark.parametrize("number", NUMBERS)
def test_every_stream_has_what_the_filters_leave(small: DemoSite, number: int) -> None:
    filters = combinations(small.wiki, count=COMBINATIONS, seed=3)[number]

    streams = small.truth().keys() - UNFILTERED
    if number % ALL_STREAMS_EACH:
        streams -= not_by_default()

    run = run_tap(settings_of(small, **filters), streams=tuple(streams))

    assert_selected_equal_the_truth(run, small, filters)


@pytest.mark.parametrize(
    ("filters", "complaint"),
    [
        ({"space_keys": ["ENG", "NOSUCH", "~nobody"]}, "There is no space 'NOSUCH' or '~nobody'"),
        ({"exclude_space_keys": ["TYPO"]}, "There is no space 'TYPO'"),
        ({"root_page_ids": ["1", "2"]}, "There is no page 1 or 2"),
    ],
)
def test_what_does_not_exist_is_named_before_the_first_message(
    small: DemoSite, filters: dict[str, Any], complaint: str
) -> None:
    run = run_forked(settings_of(small, **filters))

    assert (run.exit_status, run.stdout) == (1, "")
    [line] = run.complaints
    assert complaint in line


def test_a_page_to_exclude_may_be_gone(small: DemoSite) -> None:
    run = run_tap(settings_of(small, exclude_page_ids=["1"]), streams=("pages",))

    assert_selected_equal_the_truth(run, small, {"exclude_page_ids": ["1"]})
    assert [line for line in run.log if "There is no page 1" in line]


@pytest.fixture
def eng(wiki: Wiki) -> Iterator[DemoSite]:
    with DemoSite(wiki) as site:
        yield site


def test_a_later_run_brings_what_changed_in_the_wanted_spaces(eng: DemoSite) -> None:
    settings = settings_of(eng, space_keys=["ENG"])
    first = run_tap(settings)
    inside, outside = eng.wiki.add_page("ENG"), eng.wiki.add_page("OPS")
    comment, other = (eng.wiki.add_footer_comment(page_id=page) for page in (inside, outside))
    file, elsewhere = (eng.wiki.add_attachment(page_id=page) for page in (inside, outside))

    second = run_tap(settings, first.state)

    assert {page["id"] for page in second.records["pages"]} == {inside}
    assert {row["id"] for row in second.records["page_footer_comments"]} == {comment}
    assert {row["id"] for row in second.records["attachments"]} == {file}
    assert not {outside, other, elsewhere} & {
        str(row.get("id")) for rows in second.records.values() for row in rows
    }


def test_a_new_space_is_picked_up_by_itself(eng: DemoSite) -> None:
    settings = settings_of(eng, exclude_space_keys=["OPS"])
    first = run_tap(settings, streams=("spaces", "pages"))
    key = eng.wiki.add_space()
    page = eng.wiki.add_page(key)

    second = run_tap(settings, first.state, streams=("spaces", "pages"))

    assert page in {row["id"] for row in second.records["pages"]}
    assert key in {row["key"] for row in second.records["spaces"]}


def test_a_changed_filter_starts_over_and_brings_what_it_left_out(eng: DemoSite) -> None:
    first = run_tap(settings_of(eng, space_keys=["ENG"]))

    second = run_tap(settings_of(eng, space_keys=["ENG", "OPS"]), first.state)

    assert_has_all_of(second, eng, space_keys=["ENG", "OPS"])
    assert [line for line in second.log if "The filters are not those of the state" in line]


def test_without_the_filter_what_it_left_out_is_read(eng: DemoSite) -> None:
    first = run_tap(settings_of(eng, space_keys=["ENG"]))

    second = run_tap(settings_of(eng), first.state)

    assert_has_all_of(second, eng)


def test_the_same_filters_in_another_order_go_on_from_the_bookmarks(eng: DemoSite) -> None:
    first = run_tap(settings_of(eng, space_keys=["ENG", "OPS"]))

    second = run_tap(settings_of(eng, space_keys=["OPS", "ENG"]), first.state)

    assert second.records.get("pages", []) == []


def assert_has_all_of(run: Run, site: DemoSite, **filters: Any) -> None:
    truth = filtered_truth(site.wiki, **filters)
    for stream in ("pages", "page_versions", *COMMENTS, "attachments", "tasks"):
        assert set(run.keys(stream)) == truth[stream], stream


@pytest.fixture(scope="module")
def large() -> Iterator[DemoSite]:
    """A site with one small space among large ones."""
    wiki = Wiki.seeded(pages=1500, seed=7)
    key = wiki.add_space()
    for _ in range(15):
        page = wiki.add_page(key)
        wiki.add_inline_comment(page_id=page)
        wiki.add_footer_comment(parent_id=wiki.add_footer_comment(page_id=page))
        wiki.add_attachment(page_id=page)
    for put_away in (wiki.archive_page, wiki.trash_page):
        page = wiki.add_page(key)
        wiki.add_footer_comment(parent_id=wiki.add_footer_comment(page_id=page))
        wiki.add_attachment(page_id=page)
        put_away(page)
    with DemoSite(wiki) as site:
        yield site


SMALL = {"space_keys": ["NEW"]}
OF_PAGES = (
    *("pages", "page_labels", "page_versions", "page_content_properties"),
    *("page_footer_comments", "page_inline_comments", "attachments", "child_pages"),
)


@pytest.mark.parametrize("replies_in_lists", [True, False])
def test_a_small_space_costs_little_more_than_its_pages(
    large: DemoSite, *, replies_in_lists: bool
) -> None:
    truth = filtered_truth(large.wiki, **SMALL)
    pages, comments = len(truth["pages"]), sum(len(truth[stream]) for stream in COMMENTS)
    with DemoSite(large.wiki, replies_in_lists=replies_in_lists) as site:
        run = run_tap(settings_of(site, **SMALL), streams=OF_PAGES)
        requests = len(site.requests)

    assert_selected_equal_the_truth(run, large, SMALL)
    assert requests <= pages + 45 + (0 if replies_in_lists else comments)


def test_many_spaces_are_read_by_lists_of_their_own_and_their_changes_from_the_list_of_all(
    large: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, name in (
        (spaces, "MOST_SPACES"),
        (spaces, "FEW_LISTS"),
        (incremental_list, "LISTS_BESIDE"),
    ):
        monkeypatch.setattr(place, name, 1)
    many = {"space_keys": ["NEW", "OPS", "KB"]}
    with DemoSite(large.wiki) as site:
        first = run_tap(settings_of(site, **many), streams=("pages", "blog_posts", "child_pages"))
        asked = lists_of_pages(site)
        again = run_tap(settings_of(site, **many), first.state, streams=("pages",))
        asked_again = lists_of_pages(site)[len(asked) :]

    assert_selected_equal_the_truth(first, large, many)
    assert {len(request.query["space-id"]) for request in asked} == {1}
    assert {request.query["limit"][0] for request in asked} == {"83", "250"}
    newest = [
        request for request in asked_again if "-modified-date" in request.query.get("sort", ())
    ]
    assert [request for request in newest if "space-id" in request.query] == []
    assert newest
    assert again.exit_status == 0


def lists_of_pages(site: DemoSite) -> list[Recorded]:
    return [request for request in site.requests if request.path == "/api/v2/pages"]


def test_what_a_search_does_not_find_for_a_day_is_read_all_the_same(large: DemoSite) -> None:
    with ClockedSite(large.wiki) as site:
        site.faults.index_lag = 24 * 3600.0
        page = large.wiki.add_page("NEW")
        root = large.wiki.add_footer_comment(page_id=page)
        large.wiki.add_footer_comment(parent_id=root)
        large.wiki.add_attachment(page_id=page)
        large.wiki.now_ms += 3_600_000
        run = run_tap(settings_of(site, **SMALL), streams=OF_PAGES)

    assert_selected_equal_the_truth(run, large, SMALL)


def assert_selected_equal_the_truth(run: Run, site: DemoSite, filters: dict[str, Any]) -> None:
    assert run.exit_status == 0, run.log
    truth = filtered_truth(site.wiki, **filters)
    assert run.schemas
    for stream in {schema["stream"] for schema in run.schemas}:
        assert sorted(run.keys(stream)) == sorted(truth[stream]), stream


@pytest.mark.parametrize(
    "setting", ["space_keys", "exclude_page_ids", "labels", "exclude_labels", "content_statuses"]
)
def test_a_file_that_is_on_nothing_is_left_out_by_any_filter(setting: str) -> None:
    wiki = Wiki.plain()
    lost, *_ = files = list(wiki.attachments)
    wiki.change(lost, lambda file: setattr(file, "container", None))
    values = {
        "space_keys": [space.key for space in wiki.spaces],
        "exclude_page_ids": ["1"],
        "labels": [label.name for label in wiki.labels],
        "exclude_labels": ["no-such"],
        "content_statuses": ["current"],
    }
    with DemoSite(wiki) as site:
        whole = run_tap(settings_of(site), streams=("attachments",))
        filtered = run_tap(
            settings_of(site, **{setting: values[setting]}), streams=("attachments",)
        )

    assert (lost.id,) in whole.keys("attachments")
    assert len(whole.keys("attachments")) == len(files)
    assert filtered.exit_status == 0, filtered.log
    assert (lost.id,) not in filtered.keys("attachments")
