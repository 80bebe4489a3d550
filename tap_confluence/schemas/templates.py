"""Templates of pages and blog posts."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.body import body
from tap_confluence.schemas.record import key, record

TEMPLATE: dict[str, Any] = record(
    key("templateId", "Id of the template."),
    th.Property("name", th.StringType, description="Name of the template."),
    th.Property("description", th.StringType, description="What the template is for."),
    th.Property("templateType", th.StringType, description="Such as `page`."),
    th.Property(
        "editorVersion", th.StringType, description="Editor it was made for, such as `v2`."
    ),
    th.Property(
        "spaceId",
        th.StringType,
        description="Id of the space it belongs to, filled by the tap. Null for the whole site's.",
    ),
    th.Property(
        "spaceKey",
        th.StringType,
        description="Key of the space it belongs to, filled by the tap. Null for the whole site's.",
    ),
    th.Property(
        "labels",
        th.ArrayType(
            th.ObjectType(
                th.Property("id", th.StringType, description="Id of the label."),
                th.Property("name", th.StringType, description="The label without its prefix."),
                th.Property("prefix", th.StringType, description="Whose label it is."),
                th.Property("label", th.StringType, description="The label with its prefix."),
                additional_properties=True,
            )
        ),
        description="Labels that what is made of the template begins with.",
    ),
    th.Property(
        "originalTemplate",
        th.ObjectType(
            th.Property("pluginKey", th.StringType, description="Key of the app."),
            th.Property("moduleKey", th.StringType, description="Key of the template in the app."),
            additional_properties=True,
        ),
        description="The template of an app that this one was made of. Null for others.",
    ),
    th.Property(
        "referencingBlueprint",
        th.StringType,
        description="The blueprint that the template is part of. Null for others.",
    ),
    *body("The body of the template. Null unless a representation was asked for."),
)
