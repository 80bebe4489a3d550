"""What is known of pages and blog posts beside what is in them: views, states, classification."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.content import container_id
from tap_confluence.schemas.record import key, record


def owned_views(owner_key: str, owner: str) -> dict[str, Any]:
    """Describe how often one kind of owner was viewed.

    Args:
        owner_key: Field that holds the owner's id, such as `pageId`.
        owner: What was viewed, such as `page`.

    Returns:
        The schema.
    """
    return record(
        key(owner_key, f"Id of the {owner}, filled by the tap."),
        th.Property("views", th.IntegerType, description=f"How often the {owner} was viewed."),
        th.Property("viewers", th.IntegerType, description="By how many people."),
        th.Property(
            "since",
            th.DateTimeType,
            description="Time from which on views are counted: the start date of the settings.",
        ),
    )


PAGE_VIEWS = owned_views("pageId", "page")
BLOG_POST_VIEWS = owned_views("blogPostId", "blog post")

CONTENT_STATE: dict[str, Any] = record(
    key("contentId", "Id of the page or blog post that has the state, filled by the tap."),
    container_id("pageId", "page"),
    container_id("blogPostId", "blog post"),
    th.Property(
        "stateId",
        th.StringType,
        description="Id of the state. `0`, `1` and `2` are those that every space begins with.",
    ),
    th.Property("name", th.StringType, description="The state as people read it."),
    th.Property("color", th.StringType, description="Color of the state, such as `#57d9a3`."),
    th.Property(
        "lastUpdated",
        th.DateTimeType,
        description="Time at which a version with another state was published, ISO 8601 in UTC.",
    ),
)


def _level() -> tuple[th.Property[Any], ...]:
    return (
        th.Property("status", th.StringType, description="`DRAFT`, `PUBLISHED` or `ARCHIVED`."),
        th.Property(
            "order", th.NumberType, description="Place of the level among the others, a number."
        ),
        th.Property("name", th.StringType, description="The level as people read it."),
        th.Property("description", th.StringType, description="What the level means."),
        th.Property(
            "guideline", th.StringType, description="How content of the level is to be treated."
        ),
        th.Property(
            "color",
            th.StringType,
            description="Color of the level, such as `RED` or `RED_BOLD`.",
        ),
    )


CLASSIFICATION_LEVEL: dict[str, Any] = record(key("id", "Id of the level."), *_level())
PAGE_CLASSIFICATION_LEVEL: dict[str, Any] = record(
    key("pageId", "Id of the page that is of the level, filled by the tap."),
    th.Property("id", th.StringType, description="Id of the level."),
    *_level(),
)
