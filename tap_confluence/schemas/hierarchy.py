"""What lies among the pages of a space: folders, whiteboards, databases and embeds."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.content import (
    author_id,
    created_at,
    owner_id,
    place_in_tree,
    space_id,
    status,
    title,
)
from tap_confluence.schemas.links import links
from tap_confluence.schemas.record import key, record
from tap_confluence.schemas.version import VERSION


def tree_item(kind: str, *more: th.Property[Any]) -> dict[str, Any]:
    """Describe what lies in the tree of pages.

    Args:
        kind: What it is, such as `folder`.
        more: What only this kind has.

    Returns:
        The schema.
    """
    return record(
        key("id", f"Id of the {kind}; pages and others that lie under it have it as `parentId`."),
        th.Property("type", th.StringType, description=f"Always `{kind}`."),
        status(),
        title(f"Title of the {kind}."),
        space_id(),
        *place_in_tree(kind),
        author_id(kind),
        owner_id(kind),
        created_at(kind),
        *more,
        th.Property("version", VERSION, description="The latest version, given by the site."),
        links("webui"),
    )


FOLDER = tree_item("folder")
WHITEBOARD = tree_item("whiteboard")
DATABASE = tree_item("database")
EMBED = tree_item(
    "embed",
    th.Property(
        "embedUrl", th.StringType, description="What the Smart Link leads to; null without a URL."
    ),
)
