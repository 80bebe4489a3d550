"""The streams of Confluence Data Center and Server, 7.0 to 10.x: REST v1.

They are those of Cloud, with the same records, as far as Data Center can tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.datacenter.api.references import DataCenterReferences
from tap_confluence.datacenter.api.releases import lacking
from tap_confluence.datacenter.filters import ContentFilter
from tap_confluence.datacenter.streams.attachments import (
    AttachmentContentProperties,
    AttachmentLabels,
    Attachments,
    AttachmentVersions,
)
from tap_confluence.datacenter.streams.audit import AuditRecords
from tap_confluence.datacenter.streams.blog_posts import (
    BlogPostContentProperties,
    BlogPostLabels,
    BlogPosts,
    BlogPostVersions,
)
from tap_confluence.datacenter.streams.comments import (
    AttachmentFooterComments,
    BlogPostFooterComments,
    BlogPostInlineComments,
    PageFooterComments,
    PageInlineComments,
)
from tap_confluence.datacenter.streams.inventory import ContentInventory
from tap_confluence.datacenter.streams.labels import Labels
from tap_confluence.datacenter.streams.pages import (
    ChildPages,
    PageContentProperties,
    PageIncludes,
    PageLabels,
    PageLinks,
    PagePropertyRows,
    Pages,
    PageVersions,
)
from tap_confluence.datacenter.streams.people import GroupMembers, Groups, Users
from tap_confluence.datacenter.streams.restrictions import BlogPostRestrictions, PageRestrictions
from tap_confluence.datacenter.streams.spaces import (
    SpaceLabels,
    SpacePermissions,
    SpaceProperties,
    Spaces,
)
from tap_confluence.datacenter.streams.tasks import Tasks
from tap_confluence.datacenter.streams.watchers import PageWatchers, SpaceWatchers
from tap_confluence.http import check_data_center
from tap_confluence.run import Deployment
from tap_confluence.streams.parents import make_streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_confluence.http import Client
    from tap_confluence.run import Run
    from tap_confluence.streams.base import ConfluenceStream

STREAMS = (
    Spaces,
    SpaceLabels,
    SpacePermissions,
    SpaceProperties,
    SpaceWatchers,
    Pages,
    PageLabels,
    PageVersions,
    PageContentProperties,
    PageFooterComments,
    PageInlineComments,
    ChildPages,
    PageLinks,
    PageIncludes,
    PagePropertyRows,
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
    AttachmentFooterComments,
    Tasks,
    Groups,
    GroupMembers,
    Users,
    PageWatchers,
    ContentInventory,
    PageRestrictions,
    BlogPostRestrictions,
    Labels,
    AuditRecords,
)


class DataCenter(Deployment):
    """Confluence Data Center and Server."""

    @override
    def make_streams(self, run: Run) -> Sequence[ConfluenceStream]:
        return make_streams(STREAMS, run)

    @override
    def sign_in(self, client: Client) -> str:
        return check_data_center(client)

    @override
    def lacking(self, client: Client) -> str | None:
        return lacking(client)

    @override
    def content_filter(self, run: Run) -> ContentFilter:
        return ContentFilter(run.reader, run.filters)

    @override
    def references(self, run: Run) -> DataCenterReferences:
        return DataCenterReferences(run, lambda: ContentFilter.of(run).expansion("page"))


__all__ = ["STREAMS", "DataCenter"]
