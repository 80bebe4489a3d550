"""Groups of users."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.links import links
from tap_confluence.schemas.record import key, record

GROUP: dict[str, Any] = record(
    key("id", "Id of the group."),
    th.Property("name", th.StringType, description="Name of the group; it can change."),
    th.Property("type", th.StringType, description="Always `group` so far."),
    th.Property(
        "resourceAri",
        th.StringType,
        description="Name of the group across Atlassian's products, `ari:cloud:identity::group/`.",
    ),
    th.Property(
        "usageType",
        th.StringType,
        description=(
            "What the group is for: `USERBASE_GROUP` for rights, `TEAM_COLLABORATION` for a team. "
            "Null where the site does not say."
        ),
    ),
    th.Property(
        "managedBy",
        th.StringType,
        description=(
            "Who decides on the members: `ADMINS`, `EXTERNAL` (a directory outside), "
            "`TEAM_MEMBERS` or `OPEN`. Null where the site does not say."
        ),
    ),
    links("self"),
)
