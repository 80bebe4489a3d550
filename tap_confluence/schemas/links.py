"""The links that the site puts on a record."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

_WORDING = {
    "webui": "Where a browser shows it",
    "editui": "Where a browser opens it for editing",
    "tinyui": "The short form of the browser link",
    "download": "Where the file can be fetched",
    "self": "Address of the record itself in the REST API",
}


def links(*names: str) -> th.Property[Any]:
    """Declare the field `_links` with the links that the site gives on a kind of record.

    Args:
        names: Links of the API, such as `webui`.

    Returns:
        The property. A link that is not declared is allowed.
    """
    return th.Property(
        "_links",
        th.ObjectType(
            *(
                th.Property(
                    name,
                    th.StringType,
                    description=(
                        f"{_WORDING[name]}: a path below the site's base URL, or a full URL. "
                        "Null when the site gives none."
                    ),
                )
                for name in names
            ),
            additional_properties=True,
        ),
        description="Links to the record, given by the site.",
    )
