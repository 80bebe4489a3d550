"""The streams of Confluence Cloud: REST v2, and v1 only where v2 has nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.cloud.api.references import CloudReferences
from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.cloud.streams.attachments import (
    AttachmentContentProperties,
    AttachmentLabels,
    Attachments,
    AttachmentVersions,
)
from tap_confluence.cloud.streams.audit import AuditRecords
from tap_confluence.cloud.streams.blog_posts import (
    BlogPostContentProperties,
    BlogPostLabels,
    BlogPosts,
    BlogPostVersions,
)
from tap_confluence.cloud.streams.classification import (
    ClassificationLevels,
    PageClassificationLevels,
)
from tap_confluence.cloud.streams.comments import (
    AttachmentFooterComments,
    BlogPostFooterComments,
    BlogPostInlineComments,
    CustomContentFooterComments,
    PageFooterComments,
    PageInlineComments,
)
from tap_confluence.cloud.streams.custom_content import (
    CustomContent,
    CustomContentContentProperties,
    CustomContentLabels,
    CustomContentVersions,
)
from tap_confluence.cloud.streams.hierarchy import Databases, Embeds, Folders, Whiteboards
from tap_confluence.cloud.streams.inventory import ContentInventory
from tap_confluence.cloud.streams.labels import Labels
from tap_confluence.cloud.streams.likes import (
    BlogPostLikes,
    FooterCommentLikes,
    InlineCommentLikes,
    PageLikes,
)
from tap_confluence.cloud.streams.pages import (
    ChildPages,
    PageContentProperties,
    PageLabels,
    Pages,
    PageVersions,
)
from tap_confluence.cloud.streams.people import GroupMembers, Groups
from tap_confluence.cloud.streams.restrictions import (
    BlogPostRestrictions,
    DatabaseRestrictions,
    EmbedRestrictions,
    FolderRestrictions,
    PageRestrictions,
    WhiteboardRestrictions,
)
from tap_confluence.cloud.streams.roles import SpaceRoles
from tap_confluence.cloud.streams.spaces import (
    SpaceLabels,
    SpacePermissions,
    SpaceProperties,
    SpaceRoleAssignments,
    Spaces,
)
from tap_confluence.cloud.streams.states import ContentStates
from tap_confluence.cloud.streams.tasks import Tasks
from tap_confluence.cloud.streams.templates import Templates
from tap_confluence.cloud.streams.users import Users
from tap_confluence.cloud.streams.views import BlogPostViews, PageViews
from tap_confluence.cloud.streams.watchers import PageWatchers, SpaceWatchers
from tap_confluence.http import check_cloud
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
    SpaceRoles,
    SpaceRoleAssignments,
    SpaceWatchers,
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
    AttachmentFooterComments,
    Tasks,
    Groups,
    GroupMembers,
    Users,
    PageLikes,
    BlogPostLikes,
    FooterCommentLikes,
    InlineCommentLikes,
    PageWatchers,
    CustomContent,
    CustomContentLabels,
    CustomContentVersions,
    CustomContentContentProperties,
    CustomContentFooterComments,
    Folders,
    Whiteboards,
    Databases,
    Embeds,
    ContentInventory,
    PageRestrictions,
    BlogPostRestrictions,
    FolderRestrictions,
    WhiteboardRestrictions,
    DatabaseRestrictions,
    EmbedRestrictions,
    Labels,
    Templates,
    PageViews,
    BlogPostViews,
    ContentStates,
    ClassificationLevels,
    PageClassificationLevels,
    AuditRecords,
)


class Cloud(Deployment):
    """Confluence Cloud."""

    @override
    def make_streams(self, run: Run) -> Sequence[ConfluenceStream]:
        return make_streams(STREAMS, run)

    @override
    def sign_in(self, client: Client) -> str:
        return check_cloud(client)

    @override
    def lacking(self, client: Client) -> str | None:
        return None

    @override
    def content_filter(self, run: Run) -> ContentFilter:
        return ContentFilter(run.reader, run.filters, run.config.get("custom_content_types"))

    @override
    def references(self, run: Run) -> CloudReferences:
        return CloudReferences(run, lambda: ContentFilter.of(run).space_keys())


__all__ = ["STREAMS", "Cloud"]
