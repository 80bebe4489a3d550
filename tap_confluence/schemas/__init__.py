"""The shape of every record, the same whichever kind of site it was read from.

Field names are those of the Cloud REST API v2. Only primary keys are required; every other field
may be null, and fields that are not declared are allowed. Known values of a field stand in its
description and are not enforced, because the API adds to them.
"""

from __future__ import annotations

from tap_confluence.schemas.attachments import ATTACHMENT
from tap_confluence.schemas.blog_posts import BLOG_POST
from tap_confluence.schemas.comments import (
    BLOG_POST_FOOTER_COMMENT,
    BLOG_POST_INLINE_COMMENT,
    PAGE_FOOTER_COMMENT,
    PAGE_INLINE_COMMENT,
)
from tap_confluence.schemas.custom_content import CUSTOM_CONTENT
from tap_confluence.schemas.groups import GROUP
from tap_confluence.schemas.inventory import CONTENT_INVENTORY
from tap_confluence.schemas.labels import (
    ATTACHMENT_LABEL,
    BLOG_POST_LABEL,
    PAGE_LABEL,
    SPACE_LABEL,
)
from tap_confluence.schemas.pages import CHILD_PAGE, PAGE
from tap_confluence.schemas.properties import (
    ATTACHMENT_CONTENT_PROPERTY,
    BLOG_POST_CONTENT_PROPERTY,
    PAGE_CONTENT_PROPERTY,
)
from tap_confluence.schemas.spaces import SPACE, SPACE_PERMISSION, SPACE_PROPERTY
from tap_confluence.schemas.tasks import TASK
from tap_confluence.schemas.versions import (
    ATTACHMENT_VERSION,
    BLOG_POST_VERSION,
    PAGE_VERSION,
)

__all__ = [
    "ATTACHMENT",
    "ATTACHMENT_CONTENT_PROPERTY",
    "ATTACHMENT_LABEL",
    "ATTACHMENT_VERSION",
    "BLOG_POST",
    "BLOG_POST_CONTENT_PROPERTY",
    "BLOG_POST_FOOTER_COMMENT",
    "BLOG_POST_INLINE_COMMENT",
    "BLOG_POST_LABEL",
    "BLOG_POST_VERSION",
    "CHILD_PAGE",
    "CONTENT_INVENTORY",
    "CUSTOM_CONTENT",
    "GROUP",
    "PAGE",
    "PAGE_CONTENT_PROPERTY",
    "PAGE_FOOTER_COMMENT",
    "PAGE_INLINE_COMMENT",
    "PAGE_LABEL",
    "PAGE_VERSION",
    "SPACE",
    "SPACE_LABEL",
    "SPACE_PERMISSION",
    "SPACE_PROPERTY",
    "TASK",
]
