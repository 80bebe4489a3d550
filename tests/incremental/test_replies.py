"""Replies are found whether or not the site's list of comments has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.incremental.runs import INVENTORY, keys_of, sync
from tests.running import only

if TYPE_CHECKING:
    from tests.incremental.runs import ClockedSite

COMMENTS = ("page_footer_comments", "page_inline_comments", "blog_post_footer_comments")


@pytest.mark.parametrize("replies_in_lists", [True, False])
def test_a_new_reply_to_an_old_comment_is_found(
    site: ClockedSite, *, replies_in_lists: bool
) -> None:
    site.replies_in_lists = replies_in_lists
    first = sync(site, catalog=only(*COMMENTS))
    roots = [c.id for c in site.wiki.footer_comments if c.parent is None]
    replies = {site.wiki.add_footer_comment(parent_id=root) for root in roots[:2]}
    replies.add(site.wiki.add_footer_comment(parent_id=max(replies)))

    second = sync(site, first.state, only(*COMMENTS))

    found = second.ids("page_footer_comments") | second.ids("blog_post_footer_comments")
    assert replies <= found
    assert len(found - replies) <= 2, "one in the overlap of each stream"
    for stream in COMMENTS:
        assert keys_of(first, second, stream=stream) == site.truth()[stream], stream


def test_a_reply_found_below_its_comment_is_like_one_in_the_list(site: ClockedSite) -> None:
    listed = sync(site, catalog=only(*COMMENTS))
    site.replies_in_lists = False

    apart = sync(site, catalog=only(*COMMENTS))

    for stream in COMMENTS:
        by_id = {row["id"]: row for row in listed.rows(stream)}
        assert {row["id"]: row for row in apart.rows(stream)} == by_id, stream


def test_an_edited_reply_is_found(site: ClockedSite) -> None:
    site.replies_in_lists = False
    first = sync(site, catalog=only(*COMMENTS))
    reply = next(c.id for c in site.wiki.inline_comments if c.parent is not None)
    site.wiki.edit_comment(reply)

    second = sync(site, first.state, only(*COMMENTS))

    assert reply in second.ids("page_inline_comments")
    assert len(second.rows("page_inline_comments")) <= 2, "the other one lies in the overlap"


def test_a_reply_written_while_comments_are_read_is_not_lost(site: ClockedSite) -> None:
    site.replies_in_lists = False
    roots = [c.id for c in site.wiki.footer_comments if c.parent is None]

    def answer_all(number: int, path: str) -> None:
        # As soon as the thread of the last comment is asked for, all others have been.
        if path.startswith(f"/api/v2/footer-comments/{roots[-1]}"):
            site.faults.before_request = None
            for root in roots:
                site.wiki.add_footer_comment(parent_id=root)
        del number

    site.faults.before_request = answer_all
    first = sync(site, catalog=only(*COMMENTS), max_concurrency=1)
    second = sync(site, first.state, only(*COMMENTS))

    for stream in COMMENTS:
        assert keys_of(first, second, stream=stream) == site.truth()[stream], stream


def test_a_comment_that_goes_before_its_replies_could_be_read_holds_back_no_deletion(
    site: ClockedSite,
) -> None:
    site.replies_in_lists = False
    catalog = only(INVENTORY, *COMMENTS)
    page = site.wiki.add_page()
    comment = site.wiki.add_footer_comment(page)
    site.faults.break_path(f"/api/v2/footer-comments/{comment}/children", "500")
    first = sync(site, catalog=catalog, max_retries=0, reconcile_interval_hours=0)
    site.faults.heal()
    site.wiki.delete_comment(comment)

    second = sync(site, first.state, catalog, reconcile_interval_hours=0)

    assert comment in first.ids("page_footer_comments")
    assert f"{comment}/children" in first.state["bookmarks"]["page_footer_comments"]["failed"]
    assert "failed" not in second.state["bookmarks"]["page_footer_comments"]
    assert "page_footer_comments" in second.activated
    assert set(second.keys("page_footer_comments")) == site.truth()["page_footer_comments"]


def test_once_a_reply_was_seen_in_the_list_comments_are_not_asked_for_theirs(
    site: ClockedSite,
) -> None:
    first = sync(site, catalog=only(*COMMENTS))
    for comment in [*site.wiki.footer_comments, *site.wiki.inline_comments]:
        if comment.parent is not None and comment.num in site.wiki.footer_comments:
            site.wiki.delete_comment(comment.id)

    second = sync(site, first.state, only(*COMMENTS))

    assert not [request for request in second.requests if request.path.endswith("/children")]


def test_the_inventory_has_the_replies_too(site: ClockedSite) -> None:
    site.replies_in_lists = False

    run = sync(site, catalog=only(INVENTORY))

    assert set(run.keys(INVENTORY)) == site.truth()[INVENTORY]
