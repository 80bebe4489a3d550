"""What every record has in common: an open root, keys that are always there, a time of change."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th


def record(*properties: th.Property[Any]) -> dict[str, Any]:
    """Put properties together to the JSON Schema of a record.

    Args:
        properties: The declared fields, keys first.

    Returns:
        The schema of an object. Fields that are not declared are allowed, because the API grows
        and a new field must reach a target that can take it.
    """
    return th.PropertiesList(*properties, additional_properties=True).to_dict()


def key(
    name: str,
    description: str,
    kind: type[th.StringType | th.IntegerType] = th.StringType,
) -> th.Property[Any]:
    """Declare a part of a record's primary key: always there and never null.

    Args:
        name: Name of the field.
        description: What the field identifies.
        kind: Type of the value; the ids of the API are strings, also where they look like numbers.

    Returns:
        The property.
    """
    return th.Property[Any](name, kind, required=True, nullable=False, description=description)


def modified_at(source: str) -> th.Property[Any]:
    """Declare the time of the last change, which is the replication key.

    Args:
        source: Where the tap takes the time from.

    Returns:
        The property.
    """
    return th.Property(
        "modifiedAt",
        th.DateTimeType,
        description=(
            f"Time of the last change, filled by the tap from {source}: UTC with milliseconds, "
            "YYYY-MM-DDTHH:MM:SS.mmmZ. The replication key of the stream. Null when the site "
            "gives no such time."
        ),
    )


def owner_modified_at(owner: str) -> th.Property[Any]:
    """Declare the time of its owner's last change on a detail that has no such time itself.

    Args:
        owner: What the record belongs to, such as `page`.

    Returns:
        The property.
    """
    return modified_at(f"the last change of the {owner} it belongs to")
