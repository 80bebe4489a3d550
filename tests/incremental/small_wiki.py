"""Wikis of a handful of pages, and everything that people may do to them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tests.demo_site import Wiki
from tests.demo_site.model import Space

if TYPE_CHECKING:
    from collections.abc import Callable

PEOPLE_MAY: dict[str, Callable[[Wiki], object]] = {
    "edit a page": Wiki.edit_page,
    "add a page": Wiki.add_page,
    "trash a page": Wiki.trash_page,
    "trash a page, moving its date": lambda wiki: wiki.trash_page(bump=True),
    "purge a page": Wiki.purge_page,
    "edit and trash a page": lambda wiki: wiki.trash_page(wiki.edit_page()),
    "add a blog post": Wiki.add_blog_post,
    "edit a blog post": Wiki.edit_blog_post,
    "trash a blog post": Wiki.trash_blog_post,
    "comment on a page": Wiki.add_footer_comment,
    "comment in a page": Wiki.add_inline_comment,
    "comment on a blog post": lambda wiki: wiki.add_footer_comment(
        blog_post_id=wiki.some(wiki.blog_posts).id
    ),
    "comment on a file": lambda wiki: wiki.add_footer_comment(
        content_id=wiki.some(wiki.attachments).id
    ),
    "comment on a diagram": lambda wiki: wiki.add_footer_comment(
        content_id=wiki.some(wiki.custom_content).id
    ),
    "reply": lambda wiki: wiki.add_footer_comment(parent_id=wiki.some(wiki.footer_comments).id),
    "reply in a page": lambda wiki: wiki.add_inline_comment(
        parent_id=wiki.some(wiki.inline_comments).id
    ),
    "edit a comment": Wiki.edit_comment,
    "delete a comment": Wiki.delete_comment,
    "attach a file": Wiki.add_attachment,
    "attach a new version": Wiki.edit_attachment,
    "trash a file": Wiki.trash_attachment,
    "trash a file, moving its date": lambda wiki: wiki.trash_attachment(bump=True),
    "add a task": Wiki.add_task,
    "complete a task": Wiki.complete_task,
    "draw a diagram": Wiki.add_custom_content,
    "draw over a diagram": Wiki.edit_custom_content,
}


def do(wiki: Wiki, deed: str) -> None:
    """Do something to items that the wiki chooses, unless there are none left."""
    with contextlib.suppress(LookupError, StopIteration):
        PEOPLE_MAY[deed](wiki)


def small_wiki(
    pages: int = 25, *, seed: int = 1, tick_ms: int = 3_217, now: str | None = None
) -> Wiki:
    """Make a wiki with one space, some pages, and a few of everything else.

    Args:
        pages: The number of pages.
        seed: What the wiki's choices start from.
        tick_ms: The time that passes from one change to the next.
        now: When the first change is made: long ago, where much time is to pass before today.
    """
    wiki = Wiki(seed)
    wiki.now = now or wiki.now
    wiki.tick_ms = tick_ms
    author = wiki.accounts[0]
    wiki.spaces.add(Space(wiki.next_num(), "ENG", "Engineering", "global", author, wiki.tick()))
    for _ in range(pages):
        wiki.add_page()
    for _ in range(max(3, pages // 5)):
        post = wiki.add_blog_post()
        wiki.add_footer_comment(blog_post_id=post)
        page = wiki.some(wiki.pages).id
        comment = wiki.add_footer_comment(page)
        wiki.add_footer_comment(parent_id=comment)
        remark = wiki.add_inline_comment(page)
        wiki.add_inline_comment(parent_id=remark)
        wiki.set_property(page, "editor", "full-width")
        wiki.add_label(page, "runbook")
        wiki.add_attachment(page)
        wiki.add_task(page)
        wiki.add_custom_content(page_id=page)
        wiki.trash_page(wiki.add_page())
    return wiki
