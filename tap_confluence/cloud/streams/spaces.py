"""Spaces, and what belongs to a space: labels, permissions, roles, properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.cloud.api.details import get_details
from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.cloud.streams.roles import NO_ROLES, roles_of
from tap_confluence.cloud.streams.roles import SCOPE as ROLE_SCOPE
from tap_confluence.cloud.streams.roles import TAG as TAG_OF_ROLES
from tap_confluence.errors import RefusedError
from tap_confluence.schemas.labels import SPACE_LABEL
from tap_confluence.schemas.roles import SPACE_ROLE_ASSIGNMENT
from tap_confluence.schemas.spaces import SPACE, SPACE_PERMISSION
from tap_confluence.streams.access_classes import IN_ASSIGNMENTS, IN_PERMISSIONS, spelled_alike
from tap_confluence.streams.cost import Requests
from tap_confluence.streams.parents import DetailStream, ParentStream, Work
from tap_confluence.streams.space_properties import SpacePropertyStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.filters.settings import Filters
    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.cost import Size
    from tap_confluence.streams.parents import Details


class Spaces(ParentStream):
    """All spaces, personal and archived ones included."""

    name = "spaces"
    path = "/api/v2/spaces"
    scope = "read:space:confluence"
    owner_key = "spaceId"
    primary_keys = ("id",)
    schema = SPACE

    @override
    def prepare(self) -> None:
        ContentFilter.of(self.run).ask_spaces_ahead()
        self.begin()

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        family = [stream for stream in self.family if self._is_there(stream)]
        return self.write(Work(space, family) for space in ContentFilter.of(self.run).spaces())

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield requests_for_spaces(self.run.filters, size)
        if any(isinstance(stream, SpaceRoleAssignments) for stream in self.family):
            yield Requests(1, "roles", TAG_OF_ROLES)
        if any(map(self.section_of, self.family)):
            yield Requests(size["spaces"].wanted)

    @override
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        return get_details(self.reader, f"{self.path}/{item_id}", sections, tag=self.name)

    def _is_there(self, stream: ConfluenceStream) -> bool:
        """Tell whether the details may be asked for what a stream is made of."""
        if not isinstance(stream, SpaceRoleAssignments):
            return True
        try:
            return bool(roles_of(self.reader))
        except RefusedError as error:
            stream.deny(error)
            return False


class SpaceLabels(DetailStream):
    """Labels of spaces."""

    name = "space_labels"
    request_per = "space"
    section = "labels"
    scope = "read:space:confluence"
    primary_keys = ("spaceId", "id")
    parent_stream_type = Spaces
    schema = SPACE_LABEL


class SpacePermissions(DetailStream):
    """Who may do what in a space."""

    name = "space_permissions"
    request_per = "space"
    section = "permissions"
    scope = "read:space:confluence"
    primary_keys = ("spaceId", "id")
    parent_stream_type = Spaces
    schema = SPACE_PERMISSION
    fails_closed = True

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for row in super().read(context):
            principal = row.get("principal")
            if isinstance(principal, dict):
                kind, holder = principal.get("type"), principal.get("id")
                kind, holder = spelled_alike(kind, holder, spelling=IN_PERMISSIONS)
                row["principal"] = {**principal, "type": kind, "id": holder}
            yield row


class SpaceRoleAssignments(DetailStream):
    """Which people and groups have which roles in a space, where the site has roles."""

    name = "space_role_assignments"
    request_per = "space"
    section = "role-assignments"
    scope = ROLE_SCOPE
    primary_keys = ("spaceId", "roleId", "principalType", "principalId")
    parent_stream_type = Spaces
    schema = SPACE_ROLE_ASSIGNMENT
    not_on_data_center = NO_ROLES
    fails_closed = True

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        seen = set()
        for row in super().read(context):
            principal = row.pop("principal", None)
            principal = principal if isinstance(principal, dict) else {}
            kind, holder = principal.get("principalType"), principal.get("principalId")
            kind, holder = spelled_alike(kind, holder, spelling=IN_ASSIGNMENTS)
            # The same class may be named twice, in two spellings.
            identity = str((row.get("roleId"), kind, holder))
            if identity not in seen:
                seen.add(identity)
                yield {"principalType": kind, "principalId": holder, **row}


class SpaceProperties(SpacePropertyStream):
    """Values that apps and users keep with a space."""

    scope = "read:space:confluence"
    parent_stream_type = Spaces


def requests_for_spaces(filters: Filters, size: Size) -> Requests:
    """Return the requests for the list of spaces, which is kept where it serves as a filter."""
    once = "list of spaces" if filters.by_space else ""
    return Requests(size.pages(size["spaces"].listed), once, Spaces.name)
