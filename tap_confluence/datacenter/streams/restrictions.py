"""Who alone may read or update pages and blog posts; it comes with the lists of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.datacenter.streams.blog_posts import BlogPosts
from tap_confluence.datacenter.streams.content import RESTRICTIONS, ContentStream
from tap_confluence.datacenter.streams.pages import Pages
from tap_confluence.schemas.restrictions import BLOG_POST_RESTRICTION, PAGE_RESTRICTION
from tap_confluence.streams.parents import FullTableDetailStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record


class RestrictionStream(FullTableDetailStream):
    """The restrictions of all pages or blog posts, those in the trash left out.

    What the site does not tell the restrictions of has a marker in their place, so that it does not
    count as open.
    """

    section = RESTRICTIONS
    selected_by_default = False
    parent_stream_type: type[ContentStream]

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for row in super().read(context):
            owner = row[self.parent.owner_key]
            error = self.stream_of(self.parent_stream_type).restrictions.unread.get(owner)
            if error is not None:
                self.note_skipped(owner, error)
            yield row


class PageRestrictions(RestrictionStream):
    """Who alone may read or update which page."""

    name = "page_restrictions"
    primary_keys = ("pageId", "operation", "principalType", "principalId")
    parent_stream_type = Pages
    schema = PAGE_RESTRICTION


class BlogPostRestrictions(RestrictionStream):
    """Who alone may read or update which blog post."""

    name = "blog_post_restrictions"
    primary_keys = ("blogPostId", "operation", "principalType", "principalId")
    parent_stream_type = BlogPosts
    schema = BLOG_POST_RESTRICTION
