"""Pages and their place in the page tree."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.body import body
from tap_confluence.schemas.content import (
    author_id,
    created_at,
    latest_version,
    owner_id,
    parent_type,
    place_in_tree,
    space_id,
    status,
    title,
)
from tap_confluence.schemas.links import links
from tap_confluence.schemas.record import key, record

PAGE: dict[str, Any] = record(
    key("id", "Id of the page."),
    status(),
    title("Title of the page, unique within its space."),
    space_id(),
    *place_in_tree("page"),
    author_id("page"),
    owner_id("page"),
    th.Property(
        "lastOwnerId",
        th.StringType,
        description="Account id of the owner before the present one; null when there was none.",
    ),
    th.Property(
        "subtype",
        th.StringType,
        description="Variety of page, such as `live`. Null on an ordinary page.",
    ),
    th.Property(
        "sourceTemplateEntityId",
        th.StringType,
        description="What the page was made from: the id of a template, or the key of a blueprint.",
    ),
    created_at("page"),
    *latest_version(),
    *body("The text of the page, in the representation of the setting `body_format`."),
    links("webui", "editui", "tinyui"),
)

CHILD_PAGE: dict[str, Any] = record(
    key("parentId", "Id of what the page is filed under."),
    key("id", "Id of the child page."),
    parent_type(),
    status(),
    title("Title of the child page."),
    space_id(),
    th.Property(
        "childPosition",
        th.IntegerType,
        description=(
            "Order among the children of the same parent, lowest first; filled by the tap from "
            "the page's `position`."
        ),
    ),
)
