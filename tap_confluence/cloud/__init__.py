"""The streams of Confluence Cloud: REST v2, and v1 only where v2 has nothing."""

from __future__ import annotations

from tap_confluence.cloud.attachments import (
    AttachmentContentProperties,
    AttachmentLabels,
    Attachments,
    AttachmentVersions,
)
from tap_confluence.cloud.blog_posts import (
    BlogPostContentProperties,
    BlogPostLabels,
    BlogPosts,
    BlogPostVersions,
)
from tap_confluence.cloud.comments import (
    BlogPostFooterComments,
    BlogPostInlineComments,
    PageFooterComments,
    PageInlineComments,
)
from tap_confluence.cloud.custom_content import CustomContent
from tap_confluence.cloud.inventory import ContentInventory
from tap_confluence.cloud.pages import (
    ChildPages,
    PageContentProperties,
    PageLabels,
    Pages,
    PageVersions,
)
from tap_confluence.cloud.people import Groups
from tap_confluence.cloud.spaces import SpaceLabels, SpacePermissions, SpaceProperties, Spaces
from tap_confluence.cloud.tasks import Tasks

STREAMS = (
    Spaces,
    SpaceLabels,
    SpacePermissions,
    SpaceProperties,
    Pages,
    PageLabels,
    PageVersions,
    PageContentProperties,
    PageFooterComments,
    PageInlineComments,
    ChildPages,
    BlogPosts,
    BlogPostLabels,
    BlogPostVersions,
    BlogPostContentProperties,
    BlogPostFooterComments,
    BlogPostInlineComments,
    Attachments,
    AttachmentLabels,
    AttachmentVersions,
    AttachmentContentProperties,
    Tasks,
    Groups,
    CustomContent,
    ContentInventory,
)

__all__ = ["STREAMS"]
