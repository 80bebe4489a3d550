"""Comments at the foot of content and comments on a passage of it, replies included."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.body import body
from tap_confluence.schemas.content import latest_version, status, title
from tap_confluence.schemas.links import links
from tap_confluence.schemas.record import key, record


def _comment(owner_key: str, owner: str, resolution: str) -> tuple[th.Property[Any], ...]:
    return (
        key("id", "Id of the comment."),
        th.Property(
            owner_key,
            th.StringType,
            description=f"Id of the {owner} it is on; given by the site, on replies too.",
        ),
        th.Property(
            "parentCommentId",
            th.StringType,
            description="Id of the comment this one replies to. Null unless it is a reply.",
        ),
        status(),
        title("Title the site makes up, usually `Re:` and the title of what is commented on."),
        *latest_version(),
        *body("The text of the comment, in the representation of `body_format`."),
        th.Property("resolutionStatus", th.StringType, description=resolution),
        links("webui"),
    )


def footer_comment(owner_key: str, owner: str) -> dict[str, Any]:
    """Describe a comment at the foot of one kind of owner.

    Args:
        owner_key: Field that holds the owner's id, such as `pageId`.
        owner: What is commented on, such as `page`.

    Returns:
        The schema.
    """
    return record(
        *_comment(
            owner_key,
            owner,
            "State of the thread, such as `open`. Sites give it although the API's reference "
            "does not name it; null when they do not.",
        ),
    )


def inline_comment(owner_key: str, owner: str) -> dict[str, Any]:
    """Describe a comment on a passage of one kind of owner.

    Args:
        owner_key: Field that holds the owner's id, such as `pageId`.
        owner: What is commented on, such as `page`.

    Returns:
        The schema.
    """
    return record(
        *_comment(
            owner_key,
            owner,
            "State of the thread: `open`, `reopened`, `resolved`, or `dangling` when the passage "
            "is no longer in the text.",
        ),
        th.Property(
            "resolutionLastModifierId",
            th.StringType,
            description=(
                "Account id of the user who last resolved or reopened the thread. Null until "
                "somebody does."
            ),
        ),
        th.Property(
            "resolutionLastModifiedAt",
            th.DateTimeType,
            description=(
                "Time at which the thread was last resolved or reopened, ISO 8601 in UTC. Null "
                "until it is."
            ),
        ),
        th.Property(
            "properties",
            th.ObjectType(
                th.Property(
                    "inlineMarkerRef",
                    th.StringType,
                    description="Reference of the marker around the passage in the body.",
                ),
                th.Property(
                    "inlineOriginalSelection",
                    th.StringType,
                    description="The passage as it read when the comment was made.",
                ),
                additional_properties=True,
            ),
            description="The passage the comment is on, given by the site.",
        ),
    )


PAGE_FOOTER_COMMENT = footer_comment("pageId", "page")
PAGE_INLINE_COMMENT = inline_comment("pageId", "page")
BLOG_POST_FOOTER_COMMENT = footer_comment("blogPostId", "blog post")
BLOG_POST_INLINE_COMMENT = inline_comment("blogPostId", "blog post")
ATTACHMENT_FOOTER_COMMENT = footer_comment("attachmentId", "attachment")
CUSTOM_CONTENT_FOOTER_COMMENT = footer_comment("customContentId", "custom content")
