"""Blog posts, and what is known of each, as Atlassian describes them."""

from __future__ import annotations

from typing import ClassVar

from tests.schemas.contract import (
    CONTENT_INCLUDES,
    EXPORTED,
    MODIFIED,
    READABLE,
    Contract,
    HeldAgainstTheApi,
    content_property,
    label,
    post_version,
)


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "blog_posts": Contract(
            ("BlogPostBulk", "BlogPostSingle"),
            added=MODIFIED | EXPORTED | READABLE,
            left_out=CONTENT_INCLUDES,
        ),
        "blog_post_labels": label("blogPostId"),
        "blog_post_versions": post_version("blogPostId", "BlogPostVersion", "blogpost"),
        "blog_post_content_properties": content_property("blogPostId"),
    }
