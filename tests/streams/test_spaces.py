"""Spaces, and what is known of each, as Atlassian describes them."""

from __future__ import annotations

from typing import ClassVar

from tests.schemas.contract import (
    NO_STREAM,
    OTHER_STREAM,
    OWNER,
    Contract,
    HeldAgainstTheApi,
    label,
)


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "spaces": Contract(
            ("SpaceBulk", "SpaceSingle"),
            left_out={
                "labels": OTHER_STREAM,
                "properties": OTHER_STREAM,
                "permissions": OTHER_STREAM,
                "operations": NO_STREAM,
            },
        ),
        "space_labels": label("spaceId"),
        "space_permissions": Contract(("SpacePermissionAssignment",), added={"spaceId": OWNER}),
        "space_properties": Contract(
            ("SpaceProperty",),
            added={"spaceId": OWNER}
            | dict.fromkeys(
                ("versionNumber", "versionCreatedAt", "versionCreatedBy"), "made of the version"
            ),
            left_out={"version": "in columns of its own"},
        ),
        "space_role_assignments": Contract(
            ("SpaceRoleAssignment",),
            added={"spaceId": OWNER}
            | dict.fromkeys(("principalType", "principalId"), "made of the principal"),
            left_out={"principal": "in columns of its own"},
        ),
    }
