"""The history of content, one row a version."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.body import BODY
from tap_confluence.schemas.record import key, owner_modified_at, record
from tap_confluence.schemas.version import version_details


def owned_version(owner_key: str, owner: str, *more: th.Property[Any]) -> dict[str, Any]:
    """Describe a version of one kind of owner.

    Args:
        owner_key: Field that holds the owner's id, such as `pageId`.
        owner: What the version is of, such as `page`.
        more: What only versions of such an owner have.

    Returns:
        The schema.
    """
    return record(
        key(owner_key, f"Id of the {owner} this is a version of, filled by the tap."),
        key("number", f"Number of the version, counted from 1 in each {owner}.", th.IntegerType),
        *version_details(),
        *more,
        owner_modified_at(owner),
    )


BODY_OF_VERSION = th.Property(
    "body",
    BODY,
    description="The body as of this version. Null unless the setting `version_bodies` is on.",
)

PAGE_VERSION = owned_version("pageId", "page", BODY_OF_VERSION)
BLOG_POST_VERSION = owned_version("blogPostId", "blog post", BODY_OF_VERSION)
ATTACHMENT_VERSION = owned_version("attachmentId", "attachment")
CUSTOM_CONTENT_VERSION = owned_version("customContentId", "custom content")
