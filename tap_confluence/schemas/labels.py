"""Labels, each a row of what carries it."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.record import key, record


def _words() -> tuple[th.Property[Any], ...]:
    return (
        th.Property(
            "name",
            th.StringType,
            description="The label as people read it, without its prefix.",
        ),
        th.Property(
            "prefix",
            th.StringType,
            description="Whose label it is: `global`, `my`, `team` or `system`.",
        ),
    )


def owned_label(owner_key: str, owner: str) -> dict[str, Any]:
    """Describe a label on one kind of owner.

    Args:
        owner_key: Field that holds the owner's id, such as `pageId`.
        owner: What carries the label, such as `page`.

    Returns:
        The schema. The same label appears once for every owner that carries it.
    """
    return record(
        key(owner_key, f"Id of the {owner} that carries the label, filled by the tap."),
        key("id", "Id of the label, the same wherever the label is used."),
        *_words(),
    )


LABEL: dict[str, Any] = record(key("id", "Id of the label."), *_words())
SPACE_LABEL = owned_label("spaceId", "space")
PAGE_LABEL = owned_label("pageId", "page")
BLOG_POST_LABEL = owned_label("blogPostId", "blog post")
ATTACHMENT_LABEL = owned_label("attachmentId", "attachment")
CUSTOM_CONTENT_LABEL = owned_label("customContentId", "custom content")
