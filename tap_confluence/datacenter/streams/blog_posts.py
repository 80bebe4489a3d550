"""Blog posts, and what belongs to a blog post: labels, versions, properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.datacenter.streams.posts import PostStream
from tap_confluence.rest_v1 import records
from tap_confluence.schemas.blog_posts import BLOG_POST
from tap_confluence.schemas.labels import BLOG_POST_LABEL
from tap_confluence.schemas.properties import BLOG_POST_CONTENT_PROPERTY
from tap_confluence.schemas.versions import BLOG_POST_VERSION
from tap_confluence.streams.parents import ChangeDetailStream, LabelStream

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Record


class BlogPosts(PostStream):
    """All blog posts: current and trashed."""

    name = "blog_posts"
    kind = "blogpost"
    owner_key = "blogPostId"
    schema = BLOG_POST
    hidden = ("trashed",)
    expand = ("space", "version", "history")

    @override
    def record(self, item: dict[str, Any]) -> Record:
        return records.post(item)


class BlogPostLabels(LabelStream):
    """Labels of blog posts."""

    name = "blog_post_labels"
    primary_keys = ("blogPostId", "id")
    parent_stream_type = BlogPosts
    schema = BLOG_POST_LABEL


class BlogPostVersions(ChangeDetailStream):
    """The history of blog posts: who changed what, when."""

    name = "blog_post_versions"
    section = "versions"
    primary_keys = ("blogPostId", "number")
    parent_stream_type = BlogPosts
    schema = BLOG_POST_VERSION


class BlogPostContentProperties(ChangeDetailStream):
    """Values that apps and users keep with a blog post."""

    name = "blog_post_content_properties"
    section = "properties"
    primary_keys = ("blogPostId", "id")
    parent_stream_type = BlogPosts
    schema = BLOG_POST_CONTENT_PROPERTY
