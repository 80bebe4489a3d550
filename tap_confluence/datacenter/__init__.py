"""The streams of Confluence Data Center and Server, 7.19 to 10.x: REST v1.

They are those of Cloud, with the same records, as far as Data Center can tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_confluence.datacenter.attachments import (
    AttachmentContentProperties,
    AttachmentLabels,
    Attachments,
    AttachmentVersions,
)
from tap_confluence.datacenter.blog_posts import (
    BlogPostContentProperties,
    BlogPostLabels,
    BlogPosts,
    BlogPostVersions,
)
from tap_confluence.datacenter.comments import (
    BlogPostFooterComments,
    BlogPostInlineComments,
    PageFooterComments,
    PageInlineComments,
)
from tap_confluence.datacenter.inventory import ContentInventory
from tap_confluence.datacenter.pages import (
    ChildPages,
    PageContentProperties,
    PageLabels,
    Pages,
    PageVersions,
)
from tap_confluence.datacenter.people import Groups
from tap_confluence.datacenter.spaces import SpaceLabels, SpacePermissions, SpaceProperties, Spaces
from tap_confluence.datacenter.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.tap import TapConfluence

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
    ContentInventory,
)

ABSENT: Mapping[str, str] = {
    "custom_content": "REST v1 of Data Center has no list of content of an app's own type.",
}
"""The streams of Cloud that Data Center cannot tell, each with the reason."""


def make_streams(tap: TapConfluence) -> list[ConfluenceStream]:
    """Make all streams, with the tasks under both lists in whose bodies they are."""
    streams: list[ConfluenceStream] = [stream(tap) for stream in STREAMS]
    tasks = next(stream for stream in streams if isinstance(stream, Tasks))
    for stream in streams:
        if isinstance(stream, Tasks.bearers) and not isinstance(stream, Tasks.parent_stream_type):
            stream.child_streams.append(tasks)
    return streams


__all__ = ["ABSENT", "STREAMS", "make_streams"]
