"""Blog posts, and what belongs to a blog post: labels, versions, properties."""

from __future__ import annotations

from tap_confluence.cloud.streams.labels import ContentLabelStream
from tap_confluence.cloud.streams.posts import PostStream
from tap_confluence.schemas.blog_posts import BLOG_POST
from tap_confluence.schemas.labels import BLOG_POST_LABEL
from tap_confluence.schemas.properties import BLOG_POST_CONTENT_PROPERTY
from tap_confluence.schemas.versions import BLOG_POST_VERSION
from tap_confluence.streams.parents import ChangeDetailStream

SCOPE = "read:page:confluence"


class BlogPosts(PostStream):
    """All blog posts: current and trashed."""

    name = "blog_posts"
    path = "/api/v2/blogposts"
    scope = SCOPE
    owner_key = "blogPostId"
    kind = "blogpost"
    schema = BLOG_POST
    statuses = ("current", "trashed")


class BlogPostLabels(ContentLabelStream):
    """Labels of blog posts."""

    name = "blog_post_labels"
    labelled_list = "blogposts"
    scope = SCOPE
    primary_keys = ("blogPostId", "id")
    parent_stream_type = BlogPosts
    schema = BLOG_POST_LABEL


class BlogPostVersions(ChangeDetailStream):
    """The history of blog posts: who changed what, when."""

    name = "blog_post_versions"
    section = "versions"
    scope = SCOPE
    primary_keys = ("blogPostId", "number")
    parent_stream_type = BlogPosts
    schema = BLOG_POST_VERSION


class BlogPostContentProperties(ChangeDetailStream):
    """Values that apps and users keep with a blog post."""

    name = "blog_post_content_properties"
    section = "properties"
    scope = SCOPE
    primary_keys = ("blogPostId", "id")
    parent_stream_type = BlogPosts
    schema = BLOG_POST_CONTENT_PROPERTY
