"""Attachments, and what is known of each, as Atlassian describes them."""

from __future__ import annotations

from typing import ClassVar

from tests.schemas.contract import (
    FETCHED,
    INCLUDES,
    MODIFIED,
    Contract,
    HeldAgainstTheApi,
    content_property,
    label,
    version,
)


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "attachments": Contract(
            ("AttachmentBulk", "AttachmentSingle"),
            added=MODIFIED | FETCHED,
            left_out=INCLUDES,
        ),
        "attachment_labels": label("attachmentId"),
        "attachment_versions": version("attachmentId", "AttachmentVersion", "attachment"),
        "attachment_content_properties": content_property("attachmentId"),
    }
