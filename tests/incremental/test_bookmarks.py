"""Each stream has a bookmark of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.incremental.runs import DETAILS, keys_of, sync
from tests.running import only

if TYPE_CHECKING:
    from tests.incremental.runs import ClockedSite

PAGES_AND_PROPERTIES = ("pages", "page_content_properties")
PAGES_AND_DETAILS = ("pages", "page_versions", "page_content_properties")


def test_a_child_that_is_selected_later_is_backfilled(site: ClockedSite) -> None:
    first = sync(site, catalog=only("pages"))

    second = sync(site, first.state, only(*PAGES_AND_DETAILS))

    assert set(second.keys("page_versions")) == site.truth()["page_versions"]
    assert second.keys("pages") == []
    assert second.bookmark("page_versions") == second.bookmark("pages") == first.bookmark("pages")


def test_a_child_is_backfilled_from_the_anchor_on(site: ClockedSite) -> None:
    first = sync(site, catalog=only("pages"))
    # The wiki began on 2026-07-01 at ten minutes a page.
    wanted = [row["id"] for row in first.rows("pages") if row["modifiedAt"] >= "2026-07-01T03:00"]

    second = sync(site, first.state, only("page_versions"), anchor_date="2026-07-02")
    third = sync(site, first.state, only("page_versions"), anchor_date="2026-07-01")

    assert len(second.rows("page_versions")) < len(third.rows("page_versions"))
    assert {row["modifiedAt"] >= "2026-07-02" for row in second.rows("page_versions")} <= {True}
    assert set(wanted) <= {row["pageId"] for row in third.rows("page_versions")}


def test_each_kind_of_details_is_backfilled(site: ClockedSite) -> None:
    first = sync(site, catalog=only(*DETAILS.values()))

    second = sync(site, first.state, only(*DETAILS))

    truth = site.truth()
    for stream in DETAILS:
        assert set(second.keys(stream)) == truth[stream], stream


def test_a_child_without_its_parent_is_incremental(site: ClockedSite) -> None:
    first = sync(site, catalog=only("page_versions"))
    edited = site.wiki.edit_page()

    second = sync(site, first.state, only("page_versions"))

    assert set(first.keys("page_versions")) | {(edited, 2)} == site.truth()["page_versions"]
    assert {row["pageId"] for row in second.rows("page_versions")} == {edited}
    assert len(second.asked(r"/api/v2/pages/\d+")) == 1


def test_what_happened_while_a_child_was_not_selected_is_made_up_for(site: ClockedSite) -> None:
    first = sync(site, catalog=only(*PAGES_AND_DETAILS))
    site.wiki.edit_page()
    site.wiki.trash_page(site.wiki.edit_page())
    without = sync(site, first.state, only(*PAGES_AND_PROPERTIES))
    site.wiki.edit_page()

    again = sync(site, without.state, only(*PAGES_AND_DETAILS))

    assert keys_of(first, again, stream="page_versions") == site.truth()["page_versions"]
    assert len(again.rows("pages")) == 1


def test_what_happened_while_a_parent_was_not_selected_is_made_up_for(site: ClockedSite) -> None:
    first = sync(site, catalog=only(*PAGES_AND_DETAILS))
    edited, trashed = site.wiki.edit_page(), site.wiki.trash_page()
    without = sync(site, first.state, only("page_versions"))

    again = sync(site, without.state, only(*PAGES_AND_DETAILS))

    assert again.ids("pages") == {edited, trashed}
    assert again.keys("page_versions") == []


def test_a_stream_that_is_selected_later_brings_the_trash_too(site: ClockedSite) -> None:
    site.wiki.trash_page()
    site.wiki.trash_attachment()
    first = sync(site, catalog=only("page_versions", "attachments"))

    second = sync(site, first.state, only("pages", "page_versions", "attachment_versions"))

    assert set(second.keys("pages")) == site.truth()["pages"]
    assert set(second.keys("attachment_versions")) == site.truth()["attachment_versions"]
    assert "trashed" in {row["status"] for row in second.rows("pages")}
    assert second.keys("page_versions") == []


def test_what_comes_into_the_trash_is_seen_however_old_it_is(site: ClockedSite) -> None:
    first = sync(site, catalog=only("pages"))
    trashed = site.wiki.trash_page(first.keys("pages")[1][0])

    # By now the anchor has passed the date of the page, as one that is a year ago does in time.
    second = sync(site, first.state, only("pages"), anchor_date="2026-08-01")

    assert [(row["id"], row["status"]) for row in second.rows("pages")] == [(trashed, "trashed")]


def test_of_a_full_trash_only_what_is_new_is_read_with_its_body(site: ClockedSite) -> None:
    for _ in range(5):
        site.wiki.trash_page()
    first = sync(site, catalog=only("pages"), page_size=2)
    new = {site.wiki.trash_page(), site.wiki.trash_page()}

    second = sync(site, first.state, only("pages"), page_size=2)

    assert second.ids("pages") == new
    assert all(row["status"] == "trashed" and row["body"] for row in second.rows("pages"))
    asked = [request.query for request in second.asked("/api/v2/pages")]
    in_trash = [query for query in asked if query["status"] == ["trashed"]]
    with_bodies = [query for query in in_trash if "body-format" in query]
    assert [set(query["id"]) for query in with_bodies] == [new]
    assert len(in_trash) - len(with_bodies) >= 4


def test_trashing_costs_no_details_unless_the_date_moves(site: ClockedSite) -> None:
    first = sync(site, catalog=only(*PAGES_AND_DETAILS))
    site.wiki.trash_page()
    moved = site.wiki.trash_page(bump=True)

    second = sync(site, first.state, only(*PAGES_AND_DETAILS))

    assert len(second.rows("pages")) == 2
    assert [request.path for request in second.asked(r"/api/v2/pages/\d+")] == [
        f"/api/v2/pages/{moved}"
    ]


def test_a_page_edited_and_trashed_is_not_lost_when_the_run_that_passed_it_was_killed(
    site: ClockedSite,
) -> None:
    first = sync(site, catalog=only(*PAGES_AND_DETAILS))
    both = site.wiki.trash_page(site.wiki.edit_page())
    site.wiki.edit_page()
    second = sync(site, first.state, only(*PAGES_AND_DETAILS))
    # Killed after the live pages, before the trash: bookmarks have moved, the trash has not.
    state = second.state
    for stream in PAGES_AND_DETAILS:
        entry, earlier = state["bookmarks"][stream], first.state["bookmarks"][stream]
        entry.update({name: earlier[name] for name in ("trash", "trashStart")})

    third = sync(site, state, only(*PAGES_AND_DETAILS))

    assert both in third.ids("pages")
    assert (both, 2) in third.keys("page_versions")
