"""The version that content carries about its latest change."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th


def version_details() -> tuple[th.Property[Any], ...]:
    """Declare what is known about a version besides its number.

    Returns:
        The properties, for a nested version and for a record that is a version.
    """
    return (
        th.Property(
            "createdAt",
            th.DateTimeType,
            description="Time at which this version was saved, ISO 8601 in UTC.",
        ),
        th.Property(
            "message",
            th.StringType,
            description="Remark the author left with the version; empty or null when none.",
        ),
        th.Property(
            "minorEdit",
            th.BooleanType,
            description="True when the author saved it as a minor edit, of which nobody is told.",
        ),
        th.Property(
            "authorId",
            th.StringType,
            description="Account id of the user who saved this version; null when unknown.",
        ),
    )


VERSION = th.ObjectType(
    th.Property(
        "number",
        th.IntegerType,
        description="Number of the version, counted from 1.",
    ),
    *version_details(),
    additional_properties=True,
)
