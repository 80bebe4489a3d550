"""The streams of Confluence Cloud: REST v2, and v1 only where v2 has nothing."""

from __future__ import annotations

from tap_confluence.cloud.attachments import (
    AttachmentContentProperties,
    AttachmentLabels,
    Attachments,
    AttachmentVersions,
)
from tap_confluence.cloud.audit import AuditRecords
from tap_confluence.cloud.blog_posts import (
    BlogPostContentProperties,
    BlogPostLabels,
    BlogPosts,
    BlogPostVersions,
)
from tap_confluence.cloud.classification import ClassificationLevels, PageClassificationLevels
from tap_confluence.cloud.comments import (
    AttachmentFooterComments,
    BlogPostFooterComments,
    BlogPostInlineComments,
    CustomContentFooterComments,
    PageFooterComments,
    PageInlineComments,
)
from tap_confluence.cloud.custom_content import (
    CustomContent,
    CustomContentContentProperties,
    CustomContentLabels,
    CustomContentVersions,
)
from tap_confluence.cloud.hierarchy import Databases, Embeds, Folders, Whiteboards
from tap_confluence.cloud.inventory import ContentInventory
from tap_confluence.cloud.labels import Labels
from tap_confluence.cloud.likes import (
    BlogPostLikes,
    FooterCommentLikes,
    InlineCommentLikes,
    PageLikes,
)
from tap_confluence.cloud.pages import (
    ChildPages,
    PageContentProperties,
    PageLabels,
    Pages,
    PageVersions,
)
from tap_confluence.cloud.people import GroupMembers, Groups
from tap_confluence.cloud.references import CloudReferences
from tap_confluence.cloud.restrictions import (
    BlogPostRestrictions,
    DatabaseRestrictions,
    EmbedRestrictions,
    FolderRestrictions,
    PageRestrictions,
    WhiteboardRestrictions,
)
from tap_confluence.cloud.roles import SpaceRoles
from tap_confluence.cloud.selection import Selection
from tap_confluence.cloud.spaces import (
    SpaceLabels,
    SpacePermissions,
    SpaceProperties,
    SpaceRoleAssignments,
    Spaces,
)
from tap_confluence.cloud.states import ContentStates
from tap_confluence.cloud.tasks import Tasks
from tap_confluence.cloud.templates import Templates
from tap_confluence.cloud.users import Users
from tap_confluence.cloud.views import BlogPostViews, PageViews
from tap_confluence.cloud.watchers import PageWatchers, SpaceWatchers

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

__all__ = ["STREAMS", "CloudReferences", "Selection"]
