"""Replies are found whether or not the site's list of comments has them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests import running
from tests.demo_site.model import BlogPost
from tests.incremental.runs import INVENTORY, Run, keys_of, last_state, sync
from tests.running import only

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.incremental.runs import ClockedSite
    from tests.running import Json

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
    site.wiki.add_footer_comment(parent_id=comment)
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


@pytest.mark.parametrize("tells", [True, False], ids=["a search tells", "nothing tells"])
def test_each_comment_is_asked_for_its_replies_once_whoever_needs_them(
    site: ClockedSite, *, tells: bool
) -> None:
    site.replies_in_lists = False
    if not tells:
        site.faults.deny_scope("/rest/api/content/search")
    catalog = only(INVENTORY, *COMMENTS, "attachment_footer_comments")

    first = sync(site, catalog=catalog)
    second = sync(site, first.state, catalog)

    for run in (first, second):
        asked = Counter(r.path for r in run.requests if r.path.endswith("/children"))
        childless = {f"/api/v2/{kind}-comments/{id_}/children" for kind, id_ in leaves(site)}
        assert {path: n for path, n in asked.items() if path in childless and n > 1} == {}
    assert set(first.keys(INVENTORY)) == site.truth()[INVENTORY]
    for stream in COMMENTS:
        assert keys_of(first, second, stream=stream) == site.truth()[stream], stream


def leaves(site: ClockedSite) -> set[tuple[str, str]]:
    """The comments to which there is no reply, each with its kind."""
    wiki = site.wiki
    kinds = {"footer": wiki.footer_comments, "inline": wiki.inline_comments}
    return {
        (kind, comment.id)
        for kind, comments in kinds.items()
        for comment in comments
        if not wiki.replies_to[comment.num]
    }


def is_searched(_: ClockedSite) -> None:
    """The search finds each comment and tells of its replies."""


def is_refused(site: ClockedSite) -> None:
    site.faults.deny_scope("/rest/api/content/search")


def finds_half(site: ClockedSite) -> None:
    site.faults.missed_one_in = 2


def lags(site: ClockedSite) -> None:
    site.faults.index_lag = 40 * 3600


def cuts_off(site: ClockedSite) -> None:
    site.faults.nested_caps["children"] = 1


def tells_of_none(site: ClockedSite) -> None:
    site.faults.tells_no_replies = True


def knows_nothing_archived(site: ClockedSite) -> None:
    site.faults.finds_archived = False
    for comment in [comment for comment in site.wiki.footer_comments if comment.parent][:2]:
        site.wiki.archive_page(comment.container.id)


@pytest.mark.parametrize(
    "search",
    [is_searched, is_refused, finds_half, lags, cuts_off, tells_of_none, knows_nothing_archived],
)
def test_whatever_the_search_tells_each_reply_is_found(
    site: ClockedSite, search: Callable[[ClockedSite], None]
) -> None:
    site.replies_in_lists = False
    search(site)
    first = sync(site, catalog=only(*COMMENTS, INVENTORY))
    wiki = site.wiki
    before = [c for c in wiki.footer_comments if c.parent is not None]
    answered = [before[-1].id, before[-2].id, *(c.parent.id for c in before if c.parent)]
    replies = {wiki.add_footer_comment(parent_id=parent) for parent in answered}
    replies.add(wiki.add_footer_comment(parent_id=max(replies)))
    replies.add(wiki.add_footer_comment(parent_id=wiki.add_footer_comment()))
    edited = next(c.id for c in wiki.inline_comments if c.parent is not None)
    wiki.edit_comment(edited)

    second = sync(site, first.state, only(*COMMENTS, INVENTORY))

    found = second.ids("page_footer_comments") | second.ids("blog_post_footer_comments")
    assert replies <= found
    assert edited in second.ids("page_inline_comments")
    for run in (first, second):
        assert "threads" not in str(run.state)
    for stream in COMMENTS:
        assert keys_of(first, second, stream=stream) == site.truth()[stream], stream
    assert set(second.keys(INVENTORY)) == site.truth()[INVENTORY]


def test_only_comments_that_have_replies_to_be_written_are_asked_for_them(
    site: ClockedSite,
) -> None:
    site.replies_in_lists = False
    site.faults.finds_archived = True
    catalog = only(*COMMENTS, "blog_post_inline_comments", INVENTORY)
    all_comments = [*site.wiki.footer_comments, *site.wiki.inline_comments]
    commented = {c.parent.id for c in all_comments if c.parent is not None}

    first = sync(site, catalog=catalog)
    parent = next(c.id for c in site.wiki.footer_comments if c.parent is not None)
    site.wiki.add_footer_comment(parent_id=parent)
    for _ in range(3):
        site.wiki.edit_page()
    second = sync(site, first.state, catalog)
    third = sync(site, second.state, catalog)

    assert len(all_comments) > 2 * len(commented)
    # Those on blog posts come first, when it is not known yet whether to believe the search.
    on_posts = {c.id for c in all_comments if isinstance(c.container, BlogPost)}
    assert asked_for_replies(first) - commented <= on_posts
    # One of each kind lies in the overlap with the run before.
    assert parent in asked_for_replies(second)
    assert len(asked_for_replies(second)) <= 1 + len(("footer", "inline"))
    assert len(asked_for_replies(third)) <= len(("footer", "inline"))


def test_what_the_inventory_takes_from_the_search_is_what_the_comments_say(
    site: ClockedSite,
) -> None:
    listed = sync(site, catalog=only(INVENTORY))
    site.replies_in_lists = False

    told = sync(site, catalog=only(INVENTORY))

    assert not asked_for_replies(told)
    assert told.rows(INVENTORY)
    by_id = {row["id"]: row for row in listed.rows(INVENTORY)}
    assert {row["id"]: row for row in told.rows(INVENTORY)} == by_id


@pytest.mark.parametrize("search", [is_searched, is_refused])
@pytest.mark.parametrize("part", [0.8, 0.95])
def test_a_run_that_is_killed_amid_replies_is_gone_on_with(
    site: ClockedSite,
    search: Callable[[ClockedSite], None],
    part: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tap_confluence.run.SECONDS_BETWEEN_STATES", 0.0)
    site.replies_in_lists = False
    search(site)
    stream, catalog = "page_footer_comments", only("page_footer_comments")
    for root in [c.id for c in site.wiki.footer_comments if c.parent is None]:
        site.wiki.add_footer_comment(parent_id=root)
    whole = sync(site, catalog=catalog, max_concurrency=1)
    rows_end = whole.stdout.rindex('"RECORD"')

    killed = sync_until(site, int(rows_end * part), catalog)
    read_already = [row["parentCommentId"] for row in killed.rows(stream) if is_reply(row)]
    late = site.wiki.add_footer_comment(parent_id=read_already[0])
    resumed = sync(site, last_state(killed), catalog, max_concurrency=1)
    last = sync(site, resumed.state, catalog)

    assert "threads" in str(last_state(killed))
    assert "threads" not in str(resumed.state)
    assert len(asked_for_replies(resumed)) < len(asked_for_replies(whole))
    assert len(resumed.rows(stream)) < len(whole.rows(stream))
    assert late in last.ids(stream)
    assert keys_of(killed, resumed, last, stream=stream) == site.truth()[stream]


def test_replies_to_a_reply_that_the_site_failed_for_come_when_it_gives_them(
    site: ClockedSite,
) -> None:
    site.replies_in_lists = False
    stream, catalog = "page_footer_comments", only("page_footer_comments")
    wiki = site.wiki
    root = wiki.add_footer_comment(page_id=wiki.add_page())
    reply = wiki.add_footer_comment(parent_id=root)
    answers = {wiki.add_footer_comment(parent_id=reply) for _ in range(2)}
    answers.add(wiki.add_footer_comment(parent_id=min(answers)))
    wiki.add_footer_comment(parent_id=wiki.add_footer_comment())
    for _ in range(3):
        wiki.add_footer_comment()
    site.faults.forbid(f"/api/v2/footer-comments/{reply}/children", 500)
    first = sync(site, catalog=catalog, max_retries=0)
    wiki.add_footer_comment()
    site.faults.forget_forbidden()

    second = sync(site, first.state, catalog)

    assert not answers & first.ids(stream)
    assert answers <= second.ids(stream)
    assert "failed" not in second.state["bookmarks"][stream]
    assert keys_of(first, second, stream=stream) == site.truth()[stream]


def sync_until(site: ClockedSite, most_bytes: int, catalog: Json) -> Run:
    """Run the tap until its target has taken so many bytes, and closes the pipe."""
    before = len(site.requests)
    settings = running.settings_of(site, max_concurrency=1)
    run = running.run_tap(settings, catalog=catalog, target_takes=most_bytes)
    return Run(run.stdout, run.stderr, run.exit_status, site.requests[before:])


def is_reply(row: Json) -> bool:
    return row.get("parentCommentId") is not None


def asked_for_replies(run: Run) -> set[str]:
    """The ids of the comments that a run has asked for their replies."""
    paths = (request.path.split("/") for request in run.requests)
    return {parts[-2] for parts in paths if parts[-1] == "children"}
