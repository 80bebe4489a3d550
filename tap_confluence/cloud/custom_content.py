"""Custom content, such as diagrams and calendars, and what belongs to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence import schemas
from tap_confluence.cloud.content import ContentStream
from tap_confluence.cloud.details import read_by_item
from tap_confluence.streams.details import ChangeDetailStream
from tap_confluence.streams.undated import UndatedStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Record

    from tap_confluence.client import ListRequest

SCOPE = "read:custom-content:confluence"


class CustomContent(ContentStream):
    """Custom content of the types that are set, or that the site says it has."""

    name = "custom_content"
    path = "/api/v2/custom-content"
    scope = SCOPE
    owner_key = "customContentId"
    schema = schemas.CUSTOM_CONTENT

    @override
    def lists(
        self, *statuses: str, bodies: bool = True, to_the_end: bool = True
    ) -> list[ListRequest]:
        return [
            replace(request, params={**request.params, "type": type_})
            for type_ in self.selection.custom_content_types
            for request in super(CustomContent, self).lists(
                *statuses, bodies=bodies, to_the_end=to_the_end
            )
        ]

    @override
    def prepare(self) -> None:
        """Wait for the stream's turn: which lists there are has to be asked first."""


class CustomContentLabels(UndatedStream):
    """Labels of custom content, a request an item: no list tells what carries a label."""

    name = "custom_content_labels"
    section = "labels"
    scope = SCOPE
    primary_keys = ("customContentId", "id")
    parent_stream_type = CustomContent
    schema = schemas.CUSTOM_CONTENT_LABEL
    selected_by_default = False
    parent: CustomContent

    @override
    def read_all(self) -> Iterator[Record]:
        return read_by_item(self, self.parent)


class CustomContentVersions(ChangeDetailStream):
    """The history of custom content: who changed what, when."""

    name = "custom_content_versions"
    section = "versions"
    scope = SCOPE
    primary_keys = ("customContentId", "number")
    parent_stream_type = CustomContent
    schema = schemas.CUSTOM_CONTENT_VERSION


class CustomContentContentProperties(ChangeDetailStream):
    """Values that apps and users keep with custom content."""

    name = "custom_content_content_properties"
    section = "properties"
    scope = SCOPE
    primary_keys = ("customContentId", "id")
    parent_stream_type = CustomContent
    schema = schemas.CUSTOM_CONTENT_CONTENT_PROPERTY
