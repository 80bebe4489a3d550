"""Roles, and who has which in a space."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.record import key, record

SPACE_ROLE: dict[str, Any] = record(
    key("id", "Id of the role."),
    th.Property(
        "type",
        th.StringType,
        description="`SYSTEM` for those that every site has, `CUSTOM` for the site's own.",
    ),
    th.Property("name", th.StringType, description="Name of the role."),
    th.Property("description", th.StringType, description="What the role is for."),
    th.Property(
        "spacePermissions",
        th.ArrayType(th.StringType),
        description="What the role permits, such as `read/space`.",
    ),
)

SPACE_ROLE_ASSIGNMENT: dict[str, Any] = record(
    key("spaceId", "Id of the space, filled by the tap."),
    key("roleId", "Id of the role."),
    key("principalType", "Kind of holder: `USER`, `GROUP` or `ACCESS_CLASS`."),
    key(
        "principalId",
        "Account id of the user, id of the group, or the class of access, such as "
        "`ALL_LICENSED_USERS`.",
    ),
)
