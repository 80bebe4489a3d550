"""Content properties: values that Confluence and its apps keep with content, under a key."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.json_value import JSON_VALUE
from tap_confluence.schemas.record import key, owner_modified_at, record
from tap_confluence.schemas.version import VERSION


def stored_value() -> tuple[th.Property[Any], ...]:
    """Declare the key and the value of a property, on content or on a space.

    Returns:
        The properties.
    """
    return (
        th.Property(
            "key",
            th.StringType,
            description="Name of the property, chosen by the app that set it.",
        ),
        th.Property(
            "value",
            JSON_VALUE,
            description=(
                "Value of the property as the app that set it stored it: any JSON, so a string, a "
                "number, a boolean, an object, a list or null."
            ),
        ),
    )


def owned_content_property(owner_key: str, owner: str) -> dict[str, Any]:
    """Describe a content property of one kind of owner.

    Args:
        owner_key: Field that holds the owner's id, such as `pageId`.
        owner: What the property is kept with, such as `page`.

    Returns:
        The schema.
    """
    return record(
        key(owner_key, f"Id of the {owner} the property is kept with, filled by the tap."),
        key("id", "Id of the property."),
        *stored_value(),
        th.Property(
            "version",
            VERSION,
            description="Latest version of the property, given by the site; not of its owner.",
        ),
        owner_modified_at(owner),
    )


PAGE_CONTENT_PROPERTY = owned_content_property("pageId", "page")
BLOG_POST_CONTENT_PROPERTY = owned_content_property("blogPostId", "blog post")
ATTACHMENT_CONTENT_PROPERTY = owned_content_property("attachmentId", "attachment")
CUSTOM_CONTENT_CONTENT_PROPERTY = owned_content_property("customContentId", "custom content")
