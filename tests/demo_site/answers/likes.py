"""Who likes pages, blog posts and comments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tests.demo_site.listing import Listing, Opened
from tests.demo_site.paging import walk_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.demo_site.answers import Keys
    from tests.demo_site.finder import Finder
    from tests.demo_site.model import Content
    from tests.demo_site.queries import Query
    from tests.demo_site.store import Store

LIKED = ("pages", "blogposts", "footer-comments", "inline-comments")


@dataclass(frozen=True)
class Like:
    """That somebody likes something."""

    num: int
    account_id: str


def endpoints(wiki: Store, find: Finder) -> Iterator[Listing]:
    """Get the lists of likes."""
    for kind in LIKED:
        yield Listing(f"{kind}/{{id}}/likes/users", partial(_likes, wiki, find, kind))


def _likes(wiki: Store, find: Finder, kind: str, id_: str, _: Query) -> Opened:
    accounts = wiki.people.likes(find.content(kind, id_))
    likes = [Like(place, account) for place, account in enumerate(accounts, start=1)]
    return walk_over(likes), lambda like: {"accountId": like.account_id}


def truth(wiki: Store) -> dict[str, Keys]:
    """Get the keys."""

    def of(contents: Iterable[Content]) -> Keys:
        return {(c.id, account) for c in contents for account in wiki.people.likes(c)}

    return {
        "page_likes": of(wiki.pages),
        "blog_post_likes": of(wiki.blog_posts),
        "footer_comment_likes": of(wiki.footer_comments),
        "inline_comment_likes": of(wiki.inline_comments),
    }
