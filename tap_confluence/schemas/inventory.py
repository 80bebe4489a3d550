"""The inventory: a thin row for everything that is there, to find out what is gone."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.content import space_id, status, title
from tap_confluence.schemas.record import key, modified_at, record

CONTENT_INVENTORY: dict[str, Any] = record(
    key("id", "Id of the content, as in the stream of its kind."),
    th.Property(
        "type",
        th.StringType,
        description=(
            "Kind of content, filled by the tap: `page`, `blogpost`, `attachment`, "
            "`footer-comment`, `inline-comment`, or the type of custom content."
        ),
    ),
    space_id(),
    status(),
    title("Title of the content, or name of the file."),
    modified_at("`version.createdAt`"),
)
