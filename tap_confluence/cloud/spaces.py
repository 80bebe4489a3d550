"""Spaces, and what belongs to a space: labels, permissions, properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence import schemas
from tap_confluence.cloud.details import get_details
from tap_confluence.streams.details import DetailStream
from tap_confluence.streams.lists import ListStream, Work
from tap_confluence.streams.space_properties import SpacePropertyStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.lists import Details


class Spaces(ListStream):
    """All spaces, personal and archived ones included."""

    name = "spaces"
    path = "/api/v2/spaces"
    scope = "read:space:confluence"
    owner_key = "spaceId"
    primary_keys = ("id",)
    schema = schemas.SPACE

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        family = self.family
        params = {"description-format": "plain", "include-icon": "true"}
        spaces = self.reader.items(self.reader.first_page(self.path, params, tag=self.name))
        return self.write(Work(space, family) for space in spaces)

    @override
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        return get_details(self.reader.client, f"{self.path}/{item_id}", sections, tag=self.name)


class SpaceLabels(DetailStream):
    """Labels of spaces."""

    name = "space_labels"
    section = "labels"
    scope = "read:space:confluence"
    primary_keys = ("spaceId", "id")
    parent_stream_type = Spaces
    schema = schemas.SPACE_LABEL


class SpacePermissions(DetailStream):
    """Who may do what in a space."""

    name = "space_permissions"
    section = "permissions"
    scope = "read:space:confluence"
    primary_keys = ("spaceId", "id")
    parent_stream_type = Spaces
    schema = schemas.SPACE_PERMISSION


class SpaceProperties(SpacePropertyStream):
    """Values that apps and users keep with a space."""

    scope = "read:space:confluence"
    parent_stream_type = Spaces
