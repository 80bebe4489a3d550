"""Which part of a wiki a Data Center site has, for its content has fewer kinds and places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_site.model import Attachment, BlogPost, Comment, Content, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.store import Store

SPACE_TYPES = ("global", "personal")


def is_here(content: Content) -> bool:
    """Whether a content exists on Data Center.

    Custom content and everything on it does not, and neither do archived attachments.
    """
    match content:
        case Page() | BlogPost():
            return True
        case Attachment():
            return content.status != "archived" and isinstance(content.container, Page | BlogPost)
        case Comment(container=Attachment() as holder):
            return holder.status == "current" and is_here(holder)
        case Comment():
            return isinstance(content.container, Page | BlogPost)
    return False


def is_listed(content: Content) -> bool:
    """Whether a content is in a list that needs no administrator, and so part of the truth."""
    return is_here(content) and not (
        isinstance(content, Attachment) and content.status != "current"
    )


def parent_page(wiki: Store, page: Page) -> Page | None:
    """Get the page above another; folders and the like are not on Data Center."""
    if page.parent is None or page.parent_type != "page":
        return None
    return wiki.pages.get(page.parent)


def ancestors(wiki: Store, content: Content) -> list[Content]:
    """Get what is above a page or a comment, the topmost first."""
    found: list[Content] = []
    above: Content | None = content
    while above is not None:
        if isinstance(above, Page):
            above = parent_page(wiki, above)
        elif isinstance(above, Comment):
            above = above.parent
        else:
            above = None
        if above is not None:
            found.insert(0, above)
    return found


def comments_on(wiki: Store, content: Content, *, replies: bool = False) -> Iterator[Comment]:
    """Get the comments on a content, or the replies to a comment."""
    if isinstance(content, Comment):
        for reply in wiki.replies_to[content.num]:
            yield reply
            if replies:
                yield from comments_on(wiki, reply, replies=True)
        return
    for comment in wiki.comments_on[content.num]:
        if replies or comment.parent is None:
            yield comment
