"""Records of the audit log."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.record import key, record

_OBJECT = th.ObjectType(
    th.Property("name", th.StringType, description="Name of the object at the time."),
    th.Property("objectType", th.StringType, description="What it is, such as `Space`."),
    th.Property("id", th.StringType, description="Its id, where Data Center tells it."),
    additional_properties=True,
)

AUDIT_RECORD: dict[str, Any] = record(
    key("id", "Id that the tap makes of what the record says: the log has none."),
    th.Property(
        "createdAt",
        th.DateTimeType,
        description=(
            "Time at which it happened: UTC with milliseconds, YYYY-MM-DDTHH:MM:SS.mmmZ. The "
            "replication key of the stream."
        ),
    ),
    th.Property(
        "authorId",
        th.StringType,
        description="Account id of the user who did it. Null for the system and for nobody.",
    ),
    th.Property(
        "author",
        th.ObjectType(
            th.Property("type", th.StringType, description="Such as `user`."),
            th.Property("displayName", th.StringType, description="Name at the time."),
            additional_properties=True,
        ),
        description="Who did it, as the log has it.",
    ),
    th.Property("remoteAddress", th.StringType, description="Network address it was done from."),
    th.Property("category", th.StringType, description="Kind of event, such as `Permissions`."),
    th.Property("summary", th.StringType, description="What was done, such as `Space created`."),
    th.Property("description", th.StringType, description="More about it; often empty."),
    th.Property("sysAdmin", th.BooleanType, description="Whether a system administrator did it."),
    th.Property("superAdmin", th.BooleanType, description="Whether a super administrator did it."),
    th.Property("affectedObject", _OBJECT, description="What it was done to."),
    th.Property(
        "changedValues",
        th.ArrayType(
            th.ObjectType(
                th.Property("name", th.StringType, description="What changed."),
                th.Property("oldValue", th.StringType, description="Its value before."),
                th.Property("newValue", th.StringType, description="Its value since."),
                additional_properties=True,
            )
        ),
        description="What changed by it.",
    ),
    th.Property(
        "associatedObjects",
        th.ArrayType(_OBJECT),
        description="What else it has to do with.",
    ),
)
