"""Fields that several kinds of content share word for word."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.record import modified_at
from tap_confluence.schemas.version import VERSION


def status() -> th.Property[Any]:
    """Declare where content is in its life.

    Returns:
        The property.
    """
    return th.Property(
        "status",
        th.StringType,
        description=(
            "Where it is in its life: `current`, `draft`, `archived`, `historical`, `trashed` or "
            "`deleted`."
        ),
    )


def title(description: str) -> th.Property[Any]:
    """Declare the title of content.

    Args:
        description: What the title is on this kind of content.

    Returns:
        The property.
    """
    return th.Property("title", th.StringType, description=description)


def space_id() -> th.Property[Any]:
    """Declare the space that content is in.

    Returns:
        The property.
    """
    return th.Property(
        "spaceId",
        th.StringType,
        description="Id of the space it is in; null when the site does not say.",
    )


def container_id(name: str, container: str) -> th.Property[Any]:
    """Declare one of the things that may contain the content.

    Args:
        name: Name of the field, such as `pageId`.
        container: What may contain it, such as `page`.

    Returns:
        The property.
    """
    return th.Property(
        name,
        th.StringType,
        description=f"Id of the {container} it is on; null when it is on something else.",
    )


def author_id(kind: str) -> th.Property[Any]:
    """Declare who created the content.

    Args:
        kind: What was created, such as `page`.

    Returns:
        The property.
    """
    return th.Property(
        "authorId",
        th.StringType,
        description=f"Account id of the user who created the {kind}; null when unknown.",
    )


def owner_id(kind: str) -> th.Property[Any]:
    """Declare who owns the content now.

    Args:
        kind: What is owned, such as `page`.

    Returns:
        The property.
    """
    return th.Property(
        "ownerId",
        th.StringType,
        description=f"Account id of the user who owns the {kind} now; null when nobody does.",
    )


def parent_type() -> th.Property[Any]:
    """Declare of which type the parent is.

    Returns:
        The property.
    """
    return th.Property(
        "parentType",
        th.StringType,
        description=(
            "Kind of the parent: `page`, `whiteboard`, `database`, `embed` or `folder`. Null at "
            "the top of a space."
        ),
    )


def place_in_tree(kind: str) -> tuple[th.Property[Any], ...]:
    """Declare where in the tree of a space something lies.

    Args:
        kind: What lies there, such as `page`.

    Returns:
        The properties `parentId`, `parentType` and `position`.
    """
    return (
        th.Property(
            "parentId",
            th.StringType,
            description=f"Id of what the {kind} is filed under. Null at the top of a space.",
        ),
        parent_type(),
        th.Property(
            "position",
            th.IntegerType,
            description=(
                "Order among the children of the same parent, lowest first; not consecutive."
            ),
        ),
    )


def created_at(kind: str) -> th.Property[Any]:
    """Declare when the content was created.

    Args:
        kind: What was created, such as `page`.

    Returns:
        The property.
    """
    return th.Property(
        "createdAt",
        th.DateTimeType,
        description=f"Time at which the {kind} was created, ISO 8601 in UTC.",
    )


def latest_version() -> tuple[th.Property[Any], ...]:
    """Declare the latest version of content and the replication key that follows from it.

    Returns:
        The properties `version` and `modifiedAt`.
    """
    return (
        th.Property("version", VERSION, description="The latest version, given by the site."),
        modified_at("`version.createdAt`"),
    )
