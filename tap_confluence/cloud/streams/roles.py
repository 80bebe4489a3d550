"""Roles: which there are, and whether the site has any. Who has which stands with the spaces."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.errors import RefusedError
from tap_confluence.schemas.roles import SPACE_ROLE
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import Reader
    from tap_confluence.streams.cost import Size

ROLES = "/api/v2/space-roles"
ROLE_MODE = "/api/v2/space-role-mode"
SCOPE = "read:space.permission:confluence"
TAG = "space_roles"

PRE_ROLES = "PRE_ROLES"
"""The mode of a site that has no roles yet."""

NOT_THERE = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""How a site may answer that has no roles, and one that has roles and does not show them."""

NO_ROLES = "Data Center has no roles in spaces, but permissions."
"""Why Data Center has no stream of roles."""


class SpaceRoles(ConfluenceStream):
    """The roles that people and groups may have in spaces."""

    name = "space_roles"
    path = ROLES
    scope = SCOPE
    primary_keys = ("id",)
    schema = SPACE_ROLE
    not_on_data_center = NO_ROLES
    is_filtered = False
    fails_closed = True

    @override
    def prepare(self) -> None:
        self.begin()

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield Requests(1, "roles")

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for role in roles_of(self.reader):
            yield dict(role)


def roles_of(reader: Reader) -> Sequence[Record]:
    """Return the roles of a site, which are read once a run; none where it has no roles.

    Raises:
        RefusedError: It has roles, or may have, and does not show them.
    """
    return reader.shared(TAG, partial(_roles_of, reader))


def _roles_of(reader: Reader) -> Sequence[Record]:
    try:
        return list(reader.items(reader.first_page(ROLES, tag=TAG)))
    except RefusedError as error:
        if error.status in NOT_THERE and _has_no_roles(reader):
            return []
        raise


def _has_no_roles(reader: Reader) -> bool:
    try:
        return bool(reader.get(ROLE_MODE, {}, tag=TAG).get("mode") == PRE_ROLES)
    except RefusedError:
        # It stays open, so that the refusal of the roles counts.
        return False
