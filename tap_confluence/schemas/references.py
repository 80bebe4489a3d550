"""What is taken from the bodies of pages: links, includes and page properties."""

from __future__ import annotations

from typing import Any, Final

from singer_sdk import typing as th

from tap_confluence.schemas.record import key, owner_modified_at, record


def _text(name: str, description: str) -> th.Property[Any]:
    return th.Property(name, th.StringType, description=description)


def _of_page(what: str) -> tuple[th.Property[Any], ...]:
    return (
        key("pageId", f"Id of the page whose body the {what} stands in."),
        key("position", f"Which {what} of the body it is, from 1 on.", th.IntegerType),
        th.Property(
            "versionNumber",
            th.IntegerType,
            description=(
                "Number of the page's version it was found in. Rows with another number than "
                "`version.number` of the page are left from an older body."
            ),
        ),
    )


_SPACE_KEY: Final = "Key of the space it is in, where the body or the address names it."

PAGE_LINK: dict[str, Any] = record(
    *_of_page("link"),
    _text(
        "kind",
        "What it leads to: `page`, `blog_post`, `file`, `person`, `space`, `jira_issue` or `url`.",
    ),
    _text(
        "targetId",
        "Id of the page, blog post or person, or key of the Jira issue, where that is what the "
        "body names; of a file, the id of what it is on.",
    ),
    _text("targetSpaceKey", _SPACE_KEY),
    _text(
        "targetTitle",
        "Title of the page or blog post, or name of the file, where the body names it so.",
    ),
    _text("url", "The address; null for people and Jira issues that only have a name."),
    _text("text", "What is shown as the link."),
    owner_modified_at("page"),
)

PAGE_INCLUDE: dict[str, Any] = record(
    *_of_page("include"),
    _text("macro", "Name of the macro, such as `include` or `excerpt-include`."),
    _text("targetId", "Id of the page it shows, where the body names it by id."),
    _text("targetSpaceKey", _SPACE_KEY),
    _text("targetTitle", "Title of the page it shows."),
    _text(
        "excerptName",
        "Name of the excerpt it shows; null for the whole page, or an excerpt without a name.",
    ),
    owner_modified_at("page"),
)

PAGE_PROPERTY_ROW: dict[str, Any] = record(
    *_of_page("row"),
    th.Property(
        "table",
        th.IntegerType,
        description="Which table with page properties of the body it stands in, from 1 on.",
    ),
    _text("macroId", "The id that people gave the macro *Page Properties*, if any."),
    _text("key", "What heads the row, or the column where names stand in a row."),
    _text("value", "Its value as plain text."),
    _text("valueMarkdown", "Its value as Markdown."),
    owner_modified_at("page"),
)
