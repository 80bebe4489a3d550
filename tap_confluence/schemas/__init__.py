"""The shape of every record, the same whichever kind of site it was read from.

Field names are those of the Cloud REST API v2. Only primary keys are required; every other field
may be null, and fields that are not declared are allowed. Known values of a field stand in its
description and are not enforced, because the API adds to them.
"""

from __future__ import annotations

from tap_confluence.schemas.attachments import ATTACHMENT
from tap_confluence.schemas.audit import AUDIT_RECORD
from tap_confluence.schemas.blog_posts import BLOG_POST
from tap_confluence.schemas.comments import (
    ATTACHMENT_FOOTER_COMMENT,
    BLOG_POST_FOOTER_COMMENT,
    BLOG_POST_INLINE_COMMENT,
    CUSTOM_CONTENT_FOOTER_COMMENT,
    PAGE_FOOTER_COMMENT,
    PAGE_INLINE_COMMENT,
)
from tap_confluence.schemas.custom_content import CUSTOM_CONTENT
from tap_confluence.schemas.groups import GROUP
from tap_confluence.schemas.hierarchy import DATABASE, EMBED, FOLDER, WHITEBOARD
from tap_confluence.schemas.inventory import CONTENT_INVENTORY
from tap_confluence.schemas.labels import (
    ATTACHMENT_LABEL,
    BLOG_POST_LABEL,
    CUSTOM_CONTENT_LABEL,
    LABEL,
    PAGE_LABEL,
    SPACE_LABEL,
)
from tap_confluence.schemas.pages import CHILD_PAGE, PAGE
from tap_confluence.schemas.people import (
    BLOG_POST_LIKE,
    COMMENT_LIKE,
    GROUP_MEMBER,
    PAGE_LIKE,
    PAGE_WATCHER,
    SPACE_WATCHER,
    USER,
)
from tap_confluence.schemas.properties import (
    ATTACHMENT_CONTENT_PROPERTY,
    BLOG_POST_CONTENT_PROPERTY,
    CUSTOM_CONTENT_CONTENT_PROPERTY,
    PAGE_CONTENT_PROPERTY,
)
from tap_confluence.schemas.references import PAGE_INCLUDE, PAGE_LINK, PAGE_PROPERTY_ROW
from tap_confluence.schemas.restrictions import (
    BLOG_POST_RESTRICTION,
    DATABASE_RESTRICTION,
    EMBED_RESTRICTION,
    FOLDER_RESTRICTION,
    PAGE_RESTRICTION,
    WHITEBOARD_RESTRICTION,
)
from tap_confluence.schemas.roles import SPACE_ROLE, SPACE_ROLE_ASSIGNMENT
from tap_confluence.schemas.spaces import SPACE, SPACE_PERMISSION, SPACE_PROPERTY
from tap_confluence.schemas.tasks import TASK
from tap_confluence.schemas.templates import TEMPLATE
from tap_confluence.schemas.usage import (
    BLOG_POST_VIEWS,
    CLASSIFICATION_LEVEL,
    CONTENT_STATE,
    PAGE_CLASSIFICATION_LEVEL,
    PAGE_VIEWS,
)
from tap_confluence.schemas.versions import (
    ATTACHMENT_VERSION,
    BLOG_POST_VERSION,
    CUSTOM_CONTENT_VERSION,
    PAGE_VERSION,
)

__all__ = [
    "ATTACHMENT",
    "ATTACHMENT_CONTENT_PROPERTY",
    "ATTACHMENT_FOOTER_COMMENT",
    "ATTACHMENT_LABEL",
    "ATTACHMENT_VERSION",
    "AUDIT_RECORD",
    "BLOG_POST",
    "BLOG_POST_CONTENT_PROPERTY",
    "BLOG_POST_FOOTER_COMMENT",
    "BLOG_POST_INLINE_COMMENT",
    "BLOG_POST_LABEL",
    "BLOG_POST_LIKE",
    "BLOG_POST_RESTRICTION",
    "BLOG_POST_VERSION",
    "BLOG_POST_VIEWS",
    "CHILD_PAGE",
    "CLASSIFICATION_LEVEL",
    "COMMENT_LIKE",
    "CONTENT_INVENTORY",
    "CONTENT_STATE",
    "CUSTOM_CONTENT",
    "CUSTOM_CONTENT_CONTENT_PROPERTY",
    "CUSTOM_CONTENT_FOOTER_COMMENT",
    "CUSTOM_CONTENT_LABEL",
    "CUSTOM_CONTENT_VERSION",
    "DATABASE",
    "DATABASE_RESTRICTION",
    "EMBED",
    "EMBED_RESTRICTION",
    "FOLDER",
    "FOLDER_RESTRICTION",
    "GROUP",
    "GROUP_MEMBER",
    "LABEL",
    "PAGE",
    "PAGE_CLASSIFICATION_LEVEL",
    "PAGE_CONTENT_PROPERTY",
    "PAGE_FOOTER_COMMENT",
    "PAGE_INCLUDE",
    "PAGE_INLINE_COMMENT",
    "PAGE_LABEL",
    "PAGE_LIKE",
    "PAGE_LINK",
    "PAGE_PROPERTY_ROW",
    "PAGE_RESTRICTION",
    "PAGE_VERSION",
    "PAGE_VIEWS",
    "PAGE_WATCHER",
    "SPACE",
    "SPACE_LABEL",
    "SPACE_PERMISSION",
    "SPACE_PROPERTY",
    "SPACE_ROLE",
    "SPACE_ROLE_ASSIGNMENT",
    "SPACE_WATCHER",
    "TASK",
    "TEMPLATE",
    "USER",
    "WHITEBOARD",
    "WHITEBOARD_RESTRICTION",
]
