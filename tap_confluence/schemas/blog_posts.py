"""Blog posts."""

from __future__ import annotations

from typing import Any

from tap_confluence.schemas.body import body
from tap_confluence.schemas.content import (
    author_id,
    created_at,
    latest_version,
    space_id,
    status,
    title,
)
from tap_confluence.schemas.links import links
from tap_confluence.schemas.record import key, record

BLOG_POST: dict[str, Any] = record(
    key("id", "Id of the blog post."),
    status(),
    title("Title of the blog post."),
    space_id(),
    author_id("blog post"),
    created_at("blog post"),
    *latest_version(),
    *body("The text of the post, in the representation of the setting `body_format`."),
    links("webui", "editui", "tinyui"),
)
