"""After an ordinary run the tables of content equal the site, whatever has happened on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reconciliation.tables import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo_site import Wiki
    from tests.reconciliation.tables import Tables

CONTENT = (
    *("pages", "blog_posts", "attachments", "tasks"),
    *("page_footer_comments", "page_inline_comments", "blog_post_footer_comments"),
)


def busy_page(wiki: Wiki) -> str:
    """A page with a task, and with other things on it."""
    return next(iter(wiki.tasks)).container.id


def trashed_page(wiki: Wiki) -> str:
    return next(page.id for page in wiki.pages if page.status == "trashed")


GONE: dict[str, Callable[[Wiki], object]] = {
    "a page, with all that is on it": lambda w: w.purge_page(busy_page(w)),
    "a page from the trash": lambda w: w.purge_page(trashed_page(w)),
    "a blog post": lambda w: w.purge_blog_post(),
    "a file": lambda w: w.purge_attachment(),
    "a comment, with its replies": lambda w: w.delete_comment(
        next(c.id for c in w.footer_comments if w.replies_to[c.num])
    ),
    "a comment in a page": lambda w: w.delete_comment(next(iter(w.inline_comments)).id),
    "a space": lambda w: w.delete_space("OPS"),
    "the sight of a space": lambda w: w.hide_space("OPS"),
}


@pytest.mark.each_value
@pytest.mark.parametrize("what", GONE)
def test_what_is_gone_goes_and_nothing_else(tables: Tables, what: str) -> None:
    tables.sync(*CONTENT, **AT_ONCE)
    GONE[what](tables.wiki)
    assert tables.wrong(CONTENT), "nothing is gone"

    run = tables.sync(*CONTENT, **AT_ONCE)

    assert not tables.wrong(CONTENT)
    # What nothing has happened to is not read.
    assert not run.activated >= set(CONTENT)


def test_what_is_trashed_and_restored_is_current_again(tables: Tables) -> None:
    tables.sync("pages", **AT_ONCE)
    page = tables.wiki.trash_page(busy_page(tables.wiki))
    tables.sync("pages", **AT_ONCE)
    assert tables.column("pages", "status", page) == "trashed"
    tables.wiki.restore_page(page)

    tables.sync("pages", **AT_ONCE)

    assert tables.column("pages", "status", page) == "current"


def test_what_is_trashed_and_restored_between_two_looks_of_which_one_was_not_followed(
    tables: Tables,
) -> None:
    """The evidence is the old one again, and the table is not."""
    tables.sync("pages")
    page = tables.wiki.trash_page(busy_page(tables.wiki))
    tables.sync("pages")
    tables.wiki.restore_page(page)
    tables.sync("pages")
    tables.pass_hours(24)

    tables.sync("pages")

    assert tables.column("pages", "status", page) == "current"


def test_what_is_archived_says_so(tables: Tables) -> None:
    tables.sync("pages", **AT_ONCE)
    page = tables.wiki.archive_page(busy_page(tables.wiki))

    tables.sync("pages", **AT_ONCE)

    assert tables.column("pages", "status", page) == "archived"


def test_what_has_moved_is_in_its_new_place(tables: Tables) -> None:
    tables.sync("pages", "tasks", **AT_ONCE)
    wiki = tables.wiki
    below = next(p for p in wiki.pages if wiki.spaces[p.space].key == "OPS")
    page = wiki.move_page(busy_page(wiki), below.id)

    tables.sync("pages", "tasks", **AT_ONCE)

    assert tables.column("pages", "parentId", page) == below.id
    assert tables.column("pages", "spaceId", page) == str(below.space)
    rows = tables.warehouse.tables["tasks"].values()
    assert {row["spaceId"] for row in rows if row["pageId"] == page} == {str(below.space)}


def test_what_is_resolved_without_a_version_says_so(tables: Tables) -> None:
    tables.sync("page_inline_comments", **AT_ONCE)
    comment = tables.wiki.resolve_comment(next(iter(tables.wiki.inline_comments)).id)

    tables.sync("page_inline_comments", **AT_ONCE)

    assert tables.column("page_inline_comments", "resolutionStatus", comment) == "resolved"


def test_rows_return_with_the_sight_of_them(tables: Tables) -> None:
    tables.sync("pages", "blog_posts", **AT_ONCE)
    tables.wiki.hide_space("OPS")
    tables.sync("pages", "blog_posts", **AT_ONCE)
    tables.wiki.edit_hidden_page("OPS")
    tables.pass_hours(24)
    tables.wiki.edit_page(busy_page(tables.wiki))
    tables.sync("pages", "blog_posts", **AT_ONCE)
    tables.wiki.show_space("OPS")

    tables.sync("pages", "blog_posts", **AT_ONCE)

    assert not tables.wrong(["pages", "blog_posts"])


@pytest.mark.parametrize("replies_in_lists", [True, False])
def test_a_reply_that_is_deleted_goes_whether_lists_have_replies_or_not(
    cloud: Tables, *, replies_in_lists: bool
) -> None:
    cloud.site.faults.replies_in_lists = replies_in_lists
    cloud.sync("page_footer_comments", **AT_ONCE)
    reply = next(c for c in cloud.wiki.footer_comments if c.parent is not None)
    cloud.wiki.delete_comment(reply.id)

    cloud.sync("page_footer_comments", **AT_ONCE)

    assert (reply.id,) not in cloud.warehouse.keys("page_footer_comments")
    assert not cloud.wrong(["page_footer_comments"])


def test_diagrams_and_what_is_on_them_go_and_return(cloud: Tables) -> None:
    streams = ("custom_content", "custom_content_footer_comments", "attachment_footer_comments")
    wiki = cloud.wiki
    diagram = next(iter(wiki.custom_content)).id
    wiki.add_footer_comment(content_id=diagram)
    wiki.add_footer_comment(content_id=next(iter(wiki.attachments)).id)
    cloud.sync(*streams, **AT_ONCE)
    wiki.purge_page(wiki.content(diagram).container.id)  # type: ignore[attr-defined]
    assert cloud.wrong(streams)

    cloud.sync(*streams, **AT_ONCE)

    assert not cloud.wrong(streams)


def test_tasks_that_are_read_alone_go_too(cloud: Tables) -> None:
    cloud.sync("tasks", inventory=False, **AT_ONCE)
    cloud.wiki.purge_page(busy_page(cloud.wiki))

    run = cloud.sync("tasks", inventory=False, **AT_ONCE)

    assert not cloud.wrong(["tasks"])
    assert run.activated == {"tasks"}


def test_a_whole_read_leaves_the_bookmark_and_the_details_as_they_are(tables: Tables) -> None:
    first = tables.sync("pages", "page_versions", **AT_ONCE)
    tables.wiki.purge_page(busy_page(tables.wiki))

    second = tables.sync("pages", "page_versions", **AT_ONCE)

    assert "pages" in second.activated
    assert second.bookmark("pages") == first.bookmark("pages")
    assert len(second.rows("page_versions")) <= 1
