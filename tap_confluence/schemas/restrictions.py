"""Restrictions: who alone may read or update something."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.record import key, record


def owned_restriction(owner_key: str, owner: str) -> dict[str, Any]:
    """Describe one of those whom one kind of owner is restricted to.

    Args:
        owner_key: Field that holds the owner's id, such as `pageId`.
        owner: What is restricted, such as `page`.

    Returns:
        The schema. What has no row for an operation is not restricted in it.
    """
    return record(
        key(owner_key, f"Id of the {owner} that is restricted, filled by the tap."),
        key("operation", "What is restricted: `read` or `update`."),
        key(
            "principalType",
            "Who may do it all the same: `user` or `group`. `unknown` where the site does not "
            f"tell whom the {owner} is restricted to: then nobody may be taken to be let through.",
        ),
        key(
            "principalId",
            "Account id of the user, on Data Center the user key; id of the group, on Data Center "
            "its name. `unknown` where the site names nobody.",
        ),
        th.Property(
            "displayName",
            th.StringType,
            description="Name of the user or of the group, where the site tells it.",
        ),
        th.Property(
            "reason",
            th.StringType,
            description=(
                "Why it is unknown who may do it, as the site answered; null where it is known. "
                "It begins with `unsupported:` where the site tells this of nothing of the kind."
            ),
        ),
    )


PAGE_RESTRICTION = owned_restriction("pageId", "page")
BLOG_POST_RESTRICTION = owned_restriction("blogPostId", "blog post")
FOLDER_RESTRICTION = owned_restriction("folderId", "folder")
WHITEBOARD_RESTRICTION = owned_restriction("whiteboardId", "whiteboard")
DATABASE_RESTRICTION = owned_restriction("databaseId", "database")
EMBED_RESTRICTION = owned_restriction("embedId", "embed")
