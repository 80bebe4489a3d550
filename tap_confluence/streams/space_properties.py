"""Properties of spaces, on any deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.schemas.spaces import SPACE_PROPERTY
from tap_confluence.streams.parents import DetailStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record


class SpacePropertyStream(DetailStream):
    """Values that apps and users keep with a space."""

    name = "space_properties"
    request_per = "space"
    section = "properties"
    primary_keys = ("spaceId", "id")
    schema = SPACE_PROPERTY

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for record in super().read(context):
            version = record.pop("version", None)
            version = version if isinstance(version, dict) else {}
            yield {
                **record,
                "versionNumber": version.get("number"),
                "versionCreatedAt": version.get("createdAt"),
                "versionCreatedBy": version.get("createdBy"),
            }
