"""People, what groups they are in, and what they like and watch."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.record import key, record

USER: dict[str, Any] = record(
    key("accountId", "Account id of the person or app; on Data Center, the user key."),
    th.Property(
        "accountType",
        th.StringType,
        description="`atlassian` for people, `app`, `customer` or `unknown`.",
    ),
    th.Property(
        "accountStatus",
        th.StringType,
        description="`active`, `inactive` (deactivated), `closed` (deleted) or `unknown`.",
    ),
    th.Property("displayName", th.StringType, description="Full name, as far as it is shown."),
    th.Property("publicName", th.StringType, description="Name that is shown to everybody."),
    th.Property(
        "email",
        th.StringType,
        description="E-mail address; null for those who do not show it, and for apps.",
    ),
    th.Property(
        "timeZone",
        th.StringType,
        description="Time zone such as `Europe/Vienna`; null for those who do not show it.",
    ),
    th.Property("isGuest", th.BooleanType, description="Whether it is a guest from outside."),
    th.Property(
        "isExternalCollaborator",
        th.BooleanType,
        description="The same, by its former name.",
    ),
    th.Property(
        "profilePicture",
        th.ObjectType(
            th.Property("path", th.StringType, description="Path of the picture on the site."),
            th.Property(
                "isDefault",
                th.BooleanType,
                description="Whether it is the picture of those who chose none.",
            ),
            additional_properties=True,
        ),
        description="Picture of the person; null for those who do not show it.",
    ),
    th.Property(
        "personalSpaceId",
        th.StringType,
        description="Id of the person's own space; null for those who have none.",
    ),
    th.Property(
        "username",
        th.StringType,
        description="Name to sign in with, on Data Center; it can change. Null on Cloud.",
    ),
)

GROUP_MEMBER: dict[str, Any] = record(
    key("groupId", "Id of the group; on Data Center, its name."),
    key("accountId", "Account id of somebody in the group."),
)


def _account(owner_key: str, owner: str, what: str) -> dict[str, Any]:
    """Make the schema of who does something with an item.

    Args:
        owner_key: Name of the field that holds the item's id.
        owner: What the item is, such as `page`.
        what: What the person does with it.
    """
    return record(
        key(owner_key, f"Id of the {owner}, filled by the tap."),
        key("accountId", f"Account id of somebody who {what} it."),
    )


PAGE_LIKE = _account("pageId", "page", "likes")
BLOG_POST_LIKE = _account("blogPostId", "blog post", "likes")
FOOTER_COMMENT_LIKE = _account("commentId", "comment", "likes")
INLINE_COMMENT_LIKE = _account("commentId", "comment", "likes")
PAGE_WATCHER = _account("pageId", "page", "watches")
SPACE_WATCHER = _account("spaceId", "space", "watches")
