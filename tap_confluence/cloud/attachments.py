"""Attachments, and what belongs to an attachment: labels, versions, properties."""

from __future__ import annotations

from tap_confluence import schemas
from tap_confluence.cloud.content import ContentStream
from tap_confluence.cloud.labels import ContentLabelStream
from tap_confluence.streams.details import ChangeDetailStream

SCOPE = "read:attachment:confluence"


class Attachments(ContentStream):
    """The files of all content: what is known of them, not what is in them."""

    name = "attachments"
    path = "/api/v2/attachments"
    scope = SCOPE
    owner_key = "attachmentId"
    schema = schemas.ATTACHMENT
    statuses = ("current", "archived", "trashed")
    has_body = False


class AttachmentLabels(ContentLabelStream):
    """Labels of attachments."""

    name = "attachment_labels"
    carriers = "attachments"
    scope = SCOPE
    primary_keys = ("attachmentId", "id")
    parent_stream_type = Attachments
    schema = schemas.ATTACHMENT_LABEL


class AttachmentVersions(ChangeDetailStream):
    """The history of attachments: every file that was uploaded under the name."""

    name = "attachment_versions"
    section = "versions"
    scope = SCOPE
    primary_keys = ("attachmentId", "number")
    parent_stream_type = Attachments
    schema = schemas.ATTACHMENT_VERSION


class AttachmentContentProperties(ChangeDetailStream):
    """Values that apps and users keep with an attachment."""

    name = "attachment_content_properties"
    section = "properties"
    scope = SCOPE
    primary_keys = ("attachmentId", "id")
    parent_stream_type = Attachments
    schema = schemas.ATTACHMENT_CONTENT_PROPERTY
