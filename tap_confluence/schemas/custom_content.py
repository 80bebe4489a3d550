"""Custom content: what apps keep in Confluence as content of their own type."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.body import CUSTOM_CONTENT_BODY
from tap_confluence.schemas.content import (
    author_id,
    container_id,
    created_at,
    latest_version,
    space_id,
    status,
    title,
)
from tap_confluence.schemas.links import links
from tap_confluence.schemas.record import key, record

CUSTOM_CONTENT: dict[str, Any] = record(
    key("id", "Id of the custom content."),
    th.Property(
        "type",
        th.StringType,
        description="Type that the app gave it, `<kind>:<app key>:<module key>`.",
    ),
    status(),
    title("Title that the app gave it."),
    space_id(),
    container_id("pageId", "page"),
    container_id("blogPostId", "blog post"),
    container_id("customContentId", "custom content"),
    author_id("custom content"),
    created_at("custom content"),
    *latest_version(),
    th.Property(
        "body",
        CUSTOM_CONTENT_BODY,
        description="What the app stored. Empty or null unless a representation was asked for.",
    ),
    links("webui"),
)
