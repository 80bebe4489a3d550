"""Wikis of odd sizes: one function a shape, which plants so much of one thing into a small wiki."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_site.chance import uuid_of
from tests.demo_site.hierarchy_seed import hang
from tests.demo_site.model import Content, User
from tests.demo_site.wiki import Wiki

if TYPE_CHECKING:
    from tests.demo_site.model import Page, TreeItem

REPLY_EACH = 10
"""Of so many comments one is a reply to the one before it."""

INLINE_EACH = 4
"""Of so many comments one is on a passage of the text."""

GROUP_OF_MANY = "everybody-there-is"
TREE_ITEMS_EACH = 2
PERSONAL_EACH = 5
"""Of so many spaces four are personal."""

SECOND = 1_000


def comments(size: int) -> Wiki:
    """A page with very many comments, inline ones and replies among them."""
    wiki = few()
    on = shown_page(wiki).id
    before: dict[bool, str] = {}
    for place in range(size):
        is_inline = place % INLINE_EACH == INLINE_EACH - 1
        is_reply = place % REPLY_EACH == REPLY_EACH - 1 and is_inline in before
        parent = before[is_inline] if is_reply else None
        add = wiki.add_inline_comment if is_inline else wiki.add_footer_comment
        comment = add(page_id=on, parent_id=parent)
        before[is_inline] = comment
    return wiki


def comments_without_replies(size: int) -> Wiki:
    """A page with very many comments, none of which is a reply."""
    wiki = few()
    for comment in [*wiki.footer_comments, *wiki.inline_comments]:
        if comment.num in wiki.collection_of(comment) and comment.parent is not None:
            wiki.delete_comment(comment.id)
    on = shown_page(wiki).id
    for _ in range(size):
        wiki.add_footer_comment(page_id=on)
    return wiki


def files(size: int) -> Wiki:
    """A page with very many files."""
    wiki = few()
    on = shown_page(wiki).id
    for _ in range(size):
        wiki.add_attachment(page_id=on)
    return wiki


def versions(size: int) -> Wiki:
    """A page, a blog post and a file with very many versions each."""
    wiki = few()
    file = next(file for file in wiki.attachments if file.status == "current")
    post = next(post for post in wiki.blog_posts if post.status == "current")
    for content in (shown_page(wiki), post, file):

        def alter(content: Content) -> None:
            content.times = tuple(content.created + n * SECOND for n in range(size))

        wiki.change(content, alter)
    return wiki


def groups(size: int) -> Wiki:
    """Very many groups, in one of which there are fifteen times as many people."""
    wiki = few()
    for place in range(size):
        wiki.add_group(f"team-{place}")
    crowd = people(wiki, 15 * size)
    wiki.people.joined[wiki.add_group(GROUP_OF_MANY)] += crowd
    return wiki


def labels(size: int) -> Wiki:
    """Very many labels, ten on each page, and a page with three hundred of them."""
    wiki = few()
    for first in range(0, size, 10):
        page = wiki.add_page("ENG")
        for place in range(first, min(size, first + 10)):
            wiki.add_label(page, f"label-{place}")
    for place in range(min(size, 300)):
        wiki.add_label(page, f"label-{place}")
    return wiki


def deep_tree(size: int) -> Wiki:
    """A page under a page under a page, so deep, and folders just as deep with pages in them."""
    wiki = few()
    page = shown_page(wiki)
    above: Page | TreeItem = page
    for _ in range(size):
        page = wiki.pages[int(wiki.add_page(parent_id=page.id))]
        above = hang(wiki, "folder", above)
    return wiki


def restriction(size: int) -> Wiki:
    """A page and a blog post that only very many people may read, and change."""
    wiki = few()
    crowd = people(wiki, size)
    post = next(post for post in wiki.blog_posts if post.status == "current")
    for content in (shown_page(wiki), post):
        for operation in ("read", "update"):
            wiki.restrict(content.id, operation, users=crowd)
    return wiki


def spaces(size: int) -> Wiki:
    """Very many spaces, four fifths of them personal, with a page and some rights each."""
    wiki = few()
    for place in range(size):
        is_personal = bool(place % PERSONAL_EACH)
        key = f"~person{place}" if is_personal else f"TEAM{place}"
        wiki.add_space(key, "personal" if is_personal else "global")
        wiki.add_page(key)
        space = next(reversed([*wiki.spaces]))
        wiki.permit(space, wiki.accounts[place % 3], "user")
    return wiki


def pages(size: int) -> Wiki:
    """Very many pages in one space."""
    wiki = few()
    for _ in range(size):
        wiki.add_page("ENG")
    return wiki


def few() -> Wiki:
    """Return a small wiki, in whose lists of comments there are replies."""
    wiki = Wiki.plain()
    on = shown_page(wiki).id
    for add in (wiki.add_footer_comment, wiki.add_inline_comment):
        add(parent_id=add(page_id=on))
    return wiki


def people(wiki: Wiki, size: int) -> list[str]:
    """Have so many more people, and return their account ids."""
    more = [User(f"712020:{uuid_of(31, n)}", f"Person {n}") for n in range(size)]
    wiki.users += more
    return [user.account_id for user in more]


def shown_page(wiki: Wiki) -> Page:
    """Return a page that is neither archived nor in the trash."""
    return next(
        page for page in wiki.pages if page.status == "current" and not wiki.is_homepage(page)
    )
