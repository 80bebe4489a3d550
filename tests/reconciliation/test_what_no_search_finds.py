"""What was made or edited on something that came into the trash before the next run looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.histories.deeds import is_alive
from tests.reconciliation.test_what_is_gone_or_back import busy_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo_site import Wiki
    from tests.demo_site.model import Content
    from tests.reconciliation.tables import Tables

COMMENTS = (
    *("page_footer_comments", "page_inline_comments", "blog_post_footer_comments"),
    "attachment_footer_comments",
)
STREAMS = (*COMMENTS, "pages", "blog_posts", "attachments")


def file_on(wiki: Wiki, kind: str) -> Any:
    """A file on a current page or blog post."""
    return next(
        file
        for file in wiki.attachments
        if is_alive(file) and getattr(file.container, "kind", None) == kind
    )


def commented_file(wiki: Wiki, kind: str = "page") -> Any:
    """The same, with a comment on it."""
    file = file_on(wiki, kind)
    wiki.add_footer_comment(content_id=file.id)
    return file


def comment_on(wiki: Wiki, content: Content) -> str:
    return next(c.id for c in wiki.footer_comments if c.container is content)


def trashed(wiki: Wiki) -> str:
    """A page in the trash that has a comment and a file."""
    page = file_on(wiki, "page").container
    wiki.add_footer_comment(page.id)
    return wiki.trash_page(page.id)


BEFORE_IT_IS_TRASHED: dict[str, Callable[[Wiki, Any], object]] = {
    "a comment on a file": lambda w, file: w.add_footer_comment(content_id=file.id),
    "an edited comment on a file": lambda w, file: w.edit_comment(comment_on(w, file)),
    "a reply to a comment on a file": lambda w, file: w.add_footer_comment(
        parent_id=comment_on(w, file)
    ),
    "a comment on a new file": lambda w, file: w.add_footer_comment(
        content_id=w.add_attachment(file.container.id)
    ),
}

AGAIN_IN_THE_TRASH: dict[str, Callable[[Wiki, str], object]] = {
    "a comment": lambda w, page: w.add_footer_comment(page),
    "a file": lambda w, page: w.add_attachment(page),
    "a comment on a file": lambda w, page: w.add_footer_comment(content_id=w.add_attachment(page)),
}


@pytest.mark.each_value
@pytest.mark.parametrize("what", BEFORE_IT_IS_TRASHED)
def test_comes_with_the_page_that_it_is_on(tables: Tables, what: str) -> None:
    file = commented_file(tables.wiki)
    tables.sync(*STREAMS)
    BEFORE_IT_IS_TRASHED[what](tables.wiki, file)
    tables.wiki.trash_page(file.container.id)

    tables.sync(*STREAMS)

    assert not tables.wrong(STREAMS)
    assert not tables.outdated(STREAMS)


@pytest.mark.parametrize("put_away", ["trash", "archive"])
def test_so_it_does_wherever_the_page_is_put_away(data_center: Tables, put_away: str) -> None:
    file = commented_file(data_center.wiki)
    data_center.sync(*STREAMS)
    data_center.wiki.add_footer_comment(content_id=file.id)
    getattr(data_center.wiki, f"{put_away}_page")(file.container.id)

    data_center.sync(*STREAMS)

    assert not data_center.wrong(STREAMS)


def test_comes_with_a_blog_post(tables: Tables) -> None:
    post = next(p for p in tables.wiki.blog_posts if p.status == "current")
    file = tables.wiki.add_attachment(blog_post_id=post.id)
    tables.sync(*STREAMS)
    tables.wiki.add_footer_comment(content_id=file)
    tables.wiki.trash_blog_post(post.id)

    tables.sync(*STREAMS)

    assert not tables.wrong(STREAMS)


@pytest.mark.each_value
@pytest.mark.parametrize("what", AGAIN_IN_THE_TRASH)
def test_comes_although_the_page_is_in_the_trash_as_it_was_before(
    tables: Tables, what: str
) -> None:
    """To be restored, and trashed again, leaves the page as it was."""
    page = trashed(tables.wiki)
    tables.sync(*STREAMS)
    tables.wiki.restore_page(page)
    AGAIN_IN_THE_TRASH[what](tables.wiki, page)
    tables.wiki.trash_page(page)

    tables.sync(*STREAMS)

    assert not tables.wrong(STREAMS)


def test_costs_requests_once(data_center: Tables) -> None:
    file = commented_file(data_center.wiki)
    data_center.sync(*STREAMS)
    idle = len(data_center.sync(*STREAMS).requests)
    data_center.wiki.add_footer_comment(content_id=file.id)
    data_center.wiki.trash_page(file.container.id)
    data_center.sync(*STREAMS)
    # The evidence of the page has changed, so that it was read whole; this has not.
    data_center.pass_hours(24)
    data_center.sync(*STREAMS)

    again = data_center.sync(*STREAMS)

    assert len(again.requests) == idle
    assert not data_center.wrong(STREAMS)


def test_diagrams_have_the_same(cloud: Tables) -> None:
    streams = ("custom_content", "custom_content_footer_comments")
    page = busy_page(cloud.wiki)
    diagram = cloud.wiki.add_custom_content(page_id=page)
    cloud.sync(*streams)
    cloud.wiki.add_footer_comment(content_id=diagram)
    cloud.wiki.trash_page(page)

    cloud.sync(*streams)

    assert not cloud.wrong(streams)
