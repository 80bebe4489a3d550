"""The history of content, one row a version."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.record import key, owner_modified_at, record
from tap_confluence.schemas.version import version_details


def owned_version(owner_key: str, owner: str) -> dict[str, Any]:
    """Describe a version of one kind of owner.

    Args:
        owner_key: Field that holds the owner's id, such as `pageId`.
        owner: What the version is of, such as `page`.

    Returns:
        The schema.
    """
    return record(
        key(owner_key, f"Id of the {owner} this is a version of, filled by the tap."),
        key("number", f"Number of the version, counted from 1 in each {owner}.", th.IntegerType),
        *version_details(),
        owner_modified_at(owner),
    )


PAGE_VERSION = owned_version("pageId", "page")
BLOG_POST_VERSION = owned_version("blogPostId", "blog post")
ATTACHMENT_VERSION = owned_version("attachmentId", "attachment")
