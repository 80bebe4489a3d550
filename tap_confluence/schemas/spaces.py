"""Spaces, with who may do what in them and what apps keep with them."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.body import SPACE_DESCRIPTION
from tap_confluence.schemas.links import links
from tap_confluence.schemas.properties import stored_value
from tap_confluence.schemas.record import key, record

SPACE: dict[str, Any] = record(
    key("id", "Id of the space."),
    th.Property(
        "key",
        th.StringType,
        description="Short name of the space in URLs; that of a personal space begins with `~`.",
    ),
    th.Property("name", th.StringType, description="Name of the space as people read it."),
    th.Property(
        "type",
        th.StringType,
        description=(
            "Kind of space: `global`, `collaboration`, `knowledge_base`, `personal`, `system`, "
            "`onboarding` or `xflow_sample_space`."
        ),
    ),
    th.Property("status", th.StringType, description="`current` or `archived`."),
    th.Property(
        "authorId",
        th.StringType,
        description="Account id of the user who created the space; null when unknown.",
    ),
    th.Property(
        "spaceOwnerId",
        th.StringType,
        description="Account id of the user who owns the space; null when nobody does.",
    ),
    th.Property(
        "currentActiveAlias",
        th.StringType,
        description="Name that the URLs of the space use now; the key unless it was renamed.",
    ),
    th.Property(
        "createdAt",
        th.DateTimeType,
        description="Time at which the space was created, ISO 8601 in UTC.",
    ),
    th.Property(
        "homepageId",
        th.StringType,
        description="Id of the page that opens the space; null when it has none.",
    ),
    th.Property(
        "description",
        SPACE_DESCRIPTION,
        description="What the space is about. Null unless asked for.",
    ),
    th.Property(
        "icon",
        th.ObjectType(
            th.Property(
                "path",
                th.StringType,
                description="Path of the picture below the site's base URL.",
            ),
            th.Property(
                "apiDownloadLink",
                th.StringType,
                description=(
                    "Path at which an app that signs in with OAuth gets a link to the picture. "
                    "Null on personal spaces."
                ),
            ),
            additional_properties=True,
        ),
        description="Picture of the space. Null unless asked for.",
    ),
    links("webui"),
)

SPACE_PERMISSION: dict[str, Any] = record(
    key("spaceId", "Id of the space in which the permission holds, filled by the tap."),
    key("id", "Id of the permission."),
    th.Property(
        "principal",
        th.ObjectType(
            th.Property(
                "type",
                th.StringType,
                description="Kind of holder: `user`, `group`, `role` or `access-class`.",
            ),
            th.Property(
                "id",
                th.StringType,
                description=(
                    "Account id of the user, on Data Center the user key; id of the group or "
                    "role, on Data Center the name of the group; or the class of access, such as "
                    "`ALL_LICENSED_USERS`, `ALL_PRODUCT_ADMINS` or `ANONYMOUS_USERS`."
                ),
            ),
            additional_properties=True,
        ),
        description="Who holds the permission.",
    ),
    th.Property(
        "operation",
        th.ObjectType(
            th.Property(
                "key",
                th.StringType,
                description=(
                    "The act: `use`, `create`, `read`, `update`, `delete`, `copy`, `move`, "
                    "`export`, `purge`, `purge_version`, `administer`, `restore`, "
                    "`create_space`, `restrict_content`, `archive`, or another that the site "
                    "has, such as `export_content`, `archive_space` or `manage_users`."
                ),
            ),
            th.Property(
                "targetType",
                th.StringType,
                description=(
                    "What the act is done to: `page`, `blogpost`, `comment`, `attachment`, "
                    "`whiteboard`, `database`, `embed`, `folder`, `space`, `application` or "
                    "`userProfile`."
                ),
            ),
            additional_properties=True,
        ),
        description="What the holder may do.",
    ),
)

SPACE_PROPERTY: dict[str, Any] = record(
    key("spaceId", "Id of the space the property is kept with, filled by the tap."),
    key("id", "Id of the property."),
    *stored_value(),
    th.Property(
        "createdAt",
        th.DateTimeType,
        description="Time at which the property was first set, RFC 3339.",
    ),
    th.Property(
        "createdBy",
        th.StringType,
        description="Account id of the user who first set the property; null when unknown.",
    ),
    # A column named `version` fails in target-postgres 0.8.1 when it marks rows of a table as
    # deleted, which happens to each stream that is complete in every run.
    th.Property(
        "versionNumber",
        th.IntegerType,
        description="Number of the present value, counted from 1; filled by the tap.",
    ),
    th.Property(
        "versionCreatedAt",
        th.DateTimeType,
        description="Time at which the present value was set, RFC 3339; filled by the tap.",
    ),
    th.Property(
        "versionCreatedBy",
        th.StringType,
        description="Account id of the user who set the present value; filled by the tap.",
    ),
)
