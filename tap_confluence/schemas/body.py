"""The body of content, in the one representation that was asked for."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

_WORDING = {
    "storage": "Body in Confluence's own XHTML with macros unexpanded",
    "atlas_doc_format": "Body as an Atlassian Document Format document, which is JSON in a string",
    "view": "Body as the HTML a reader sees",
    "export_view": "Body as the HTML of an export, with absolute links",
    "raw": "Body exactly as the app that owns the content stored it",
    "plain": "Text without markup",
}


def representations(*names: str) -> th.ObjectType:
    """Declare an object that holds the same text once for each representation.

    Args:
        names: Representations of the API, such as `storage`.

    Returns:
        An object with one object of `representation` and `value` a name. The site fills those that
        were asked for and leaves the others out.
    """
    return th.ObjectType(
        *(
            th.Property(
                name,
                th.ObjectType(
                    th.Property(
                        "representation",
                        th.StringType,
                        description="Name of the representation that `value` is in.",
                    ),
                    th.Property(
                        "value",
                        th.StringType,
                        description="The text itself, in that representation.",
                    ),
                    additional_properties=True,
                ),
                description=f"{_WORDING[name]}. Null unless it was asked for.",
            )
            for name in names
        ),
        additional_properties=True,
    )


BODY = representations("storage", "atlas_doc_format", "view", "export_view")
MARKDOWN = "bodyMarkdown"
TEXT = "bodyText"
TASK_BODY = representations("storage", "atlas_doc_format")
CUSTOM_CONTENT_BODY = representations("raw", "storage", "atlas_doc_format", "view", "export_view")
SPACE_DESCRIPTION = representations("plain", "view")


def body(description: str) -> tuple[th.Property[Any], ...]:
    """Declare a body, and what the tap makes of it for readers.

    Args:
        description: Whose body it is.

    Returns:
        The body as the site gives it, as Markdown and as plain text.
    """
    return (
        th.Property("body", BODY, description=description),
        th.Property(
            MARKDOWN,
            th.StringType,
            description="The body as Markdown. Null unless the setting `body_markdown` is on.",
        ),
        th.Property(
            TEXT,
            th.StringType,
            description="The body as plain text. Null unless the setting `body_text` is on.",
        ),
    )
