"""Who alone may read or update pages and blog posts; it comes with the lists of these."""

from __future__ import annotations

from tap_confluence import schemas
from tap_confluence.datacenter.blog_posts import BlogPosts
from tap_confluence.datacenter.content import RidingStream
from tap_confluence.datacenter.pages import Pages
from tap_confluence.streams.restrictions import EXPAND


class RestrictionStream(RidingStream):
    """The restrictions of all pages or blog posts, those in the trash left out."""

    section = "restrictions"
    rides_on = EXPAND
    selected_by_default = False


class PageRestrictions(RestrictionStream):
    """Who alone may read or update which page."""

    name = "page_restrictions"
    primary_keys = ("pageId", "operation", "principalType", "principalId")
    parent_stream_type = Pages
    schema = schemas.PAGE_RESTRICTION


class BlogPostRestrictions(RestrictionStream):
    """Who alone may read or update which blog post."""

    name = "blog_post_restrictions"
    primary_keys = ("blogPostId", "operation", "principalType", "principalId")
    parent_stream_type = BlogPosts
    schema = schemas.BLOG_POST_RESTRICTION
