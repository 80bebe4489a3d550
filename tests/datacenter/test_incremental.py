"""A run brings what has changed, at the cost of the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import (
    CONTENT,
    INCREMENTAL,
    ClockedDataCenter,
    all_but,
    only,
    stream_names,
    sync,
    truth_of,
)
from tests.demo_site import Wiki
from tests.incremental.runs import INVENTORY
from tests.incremental.small_wiki import small_wiki
from tests.incremental.warehouse import Warehouse, latest_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json

DAY_MS = 86_400_000

ITEM_WISE = ("_versions", "_properties", "space_permissions")
PEOPLE = ("users", "group_members")
"""What costs a request a group, however many pages there are."""
READ_WHOLE = ("_labels", "child_pages", INVENTORY)


@pytest.fixture
def site() -> Iterator[ClockedDataCenter]:
    """A site with 25 pages on which something happens every two days."""
    with ClockedDataCenter(small_wiki(tick_ms=2 * DAY_MS)) as site:
        yield site


def test_where_nothing_has_changed_nothing_is_brought(site: ClockedDataCenter) -> None:
    first = sync(site)

    second = sync(site, first.state)

    for stream in INCREMENTAL:
        assert not second.keys(stream), stream


def test_what_has_changed_is_brought(site: ClockedDataCenter) -> None:
    first = sync(site)
    wiki = site.wiki
    edited, added = wiki.edit_page(), wiki.add_page()
    trashed = wiki.trash_page(wiki.add_page())
    archived = wiki.archive_page()
    post = wiki.edit_blog_post()
    comment = wiki.add_footer_comment(edited)
    reply = wiki.add_footer_comment(parent_id=comment)
    remark = wiki.add_inline_comment(added)
    file = wiki.add_attachment(edited)

    second = sync(site, first.state)

    assert second.ids("pages") == {edited, added, trashed, archived}
    assert {row["pageId"] for row in second.rows("page_versions")} == second.ids("pages")
    assert second.ids("blog_posts") == {post}
    assert second.ids("page_footer_comments") == {comment, reply}
    assert second.ids("page_inline_comments") == {remark}
    assert not second.ids("blog_post_footer_comments")
    assert second.ids("attachments") == {file}
    assert {row["attachmentId"] for row in second.rows("attachment_versions")} == {file}


@pytest.mark.parametrize("puts_away", ["trash_page", "archive_page"])
def test_what_was_put_away_restored_edited_and_put_away_again_comes_as_it_is(
    site: ClockedDataCenter, puts_away: str
) -> None:
    wiki = site.wiki
    page = wiki.add_page()
    put_away = getattr(wiki, puts_away)
    put_away(page)
    wiki.add_footer_comment(page)
    first = sync(site)

    if puts_away == "trash_page":
        wiki.restore_page(page)
    else:
        wiki.pages[int(page)].status = "current"
    wiki.edit_page(page)
    wiki.pages[int(page)].title = "As it is"
    remark = wiki.add_footer_comment(page)
    put_away(page)
    second = sync(site, first.state)

    [row] = [row for row in second.rows("pages") if row["id"] == page]
    known = wiki.pages[int(page)]
    assert (row["id"], row["title"], row["status"]) == (page, "As it is", known.status)
    assert row["version"]["number"] == known.version
    versions = [row for row in second.rows("page_versions") if row["pageId"] == page]
    assert {row["number"] for row in versions} == {1, 2}
    assert remark in second.ids("page_footer_comments")
    assert not sync(site, second.state).rows("pages")


def test_tasks_come_with_what_they_stand_on(site: ClockedDataCenter) -> None:
    first = sync(site, catalog=only("tasks"))
    page, post = site.wiki.edit_page(), site.wiki.edit_blog_post()
    for _ in range(2):
        site.wiki.add_task(page)
    site.wiki.add_task(blog_post_id=post)

    second = sync(site, first.state, only("tasks"))

    assert {(row.get("pageId"), row.get("blogPostId")) for row in second.rows("tasks")} == {
        (page, None),
        (None, post),
    }
    assert len(second.rows("tasks")) >= 3
    assert not sync(site, second.state, only("tasks")).rows("tasks")


def test_labels_and_the_tree_are_whole_in_each_run(site: ClockedDataCenter) -> None:
    first = sync(site)
    page, other = site.wiki.pages.nth(0).id, site.wiki.pages.nth(1).id
    site.wiki.add_label(page, "just-added")
    site.wiki.remove_label(
        next(p.id for p in site.wiki.pages if p.labels and p.id != page), "runbook"
    )
    site.wiki.move_page(other, page)

    second = sync(site, first.state)

    truth = truth_of(site)
    for stream in stream_names():
        if stream.endswith(READ_WHOLE):
            assert set(second.keys(stream)) == truth[stream], stream
            assert stream in second.activated


def test_the_warehouse_equals_the_site() -> None:
    with ClockedDataCenter(Wiki.seeded(pages=60)) as site:
        warehouse = Warehouse()
        first = sync(site)
        warehouse.load(first)
        for _ in range(4):
            site.wiki.edit_page()
            site.wiki.add_page()
            site.wiki.trash_page()
            site.wiki.archive_page()
            site.wiki.purge_page()
            site.wiki.add_attachment()
            site.wiki.edit_comment()
            site.wiki.trash_blog_post()

        warehouse.load(sync(site, first.state))

        warehouse.tables.setdefault("custom_content", {})
        warehouse.delete_what_is_gone()
        truth = truth_of(site)
        for stream in set(INCREMENTAL) - {"tasks"}:
            assert warehouse.keys(stream) == truth[stream], stream
        for stream in set(CONTENT) - {"attachments"}:
            # What is on a file in the trash is not there on Data Center.
            latest = latest_on(site.wiki, stream)
            listed = {id_: latest[id_] for (id_,) in truth[stream]}
            assert warehouse.latest(stream) == listed, stream


def test_a_stream_selected_later_is_read_from_its_beginning(site: ClockedDataCenter) -> None:
    first = sync(site, catalog=only("pages"))

    second = sync(site, first.state, only("pages", "page_versions", "page_labels"))

    truth = truth_of(site)
    assert not second.keys("pages")
    assert set(second.keys("page_versions")) == truth["page_versions"]
    assert set(second.keys("page_labels")) == truth["page_labels"]


@pytest.mark.parametrize("time_zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_no_time_zone_and_no_lag_of_the_index_loses_a_change(time_zone: str) -> None:
    wiki = small_wiki(tick_ms=1_800_000)
    with ClockedDataCenter(wiki, time_zone=time_zone) as site:
        state = sync(site, catalog=only("pages")).state
        site.faults.index_lag = 4 * 3600.0
        brought: set[str] = set()
        for _ in range(3):
            edited = {wiki.edit_page() for _ in range(4)}
            run = sync(site, state, only("pages"))
            state, brought = run.state, brought | run.ids("pages")
        site.faults.index_lag = 0.0

        assert brought | sync(site, state, only("pages")).ids("pages") >= edited


def test_what_runs_cost() -> None:
    with ClockedDataCenter(Wiki.seeded(pages=1000)) as site:
        first = sync(site, catalog=without_item_wise())
        edited = {site.wiki.edit_page() for _ in range(10)}

        second = sync(site, first.state, without_item_wise(*READ_WHOLE))

        # 20,000 pages may cost 1,400.
        assert first.exit_status == 0
        assert len(first.requests) <= 70 + len(site.wiki.spaces)
        assert second.ids("pages") >= edited
        assert len(second.requests) <= 12


def test_labels_and_the_tree_cost_a_request_for_two_hundred_pages() -> None:
    with ClockedDataCenter(Wiki.seeded(pages=1000)) as site:
        catalog = only("page_labels", "child_pages")
        first = sync(site, catalog=catalog)

        for_the_account = 3
        assert len(first.requests) <= for_the_account + 1000 / 200 + 1


def without_item_wise(*others: str) -> Json:
    endings = (INVENTORY, *ITEM_WISE, *PEOPLE, *others)
    return all_but(*(name for name in stream_names() if name.endswith(endings)))
