"""Attachments, and what belongs to an attachment: labels, versions, properties."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from typing_extensions import override

from tap_confluence.cloud.filters.containers import LISTS, OTHERS, Container, Containers
from tap_confluence.cloud.streams.content import ContentStream
from tap_confluence.cloud.streams.labels import ContentLabelStream
from tap_confluence.errors import RefusedError, RetriesExhaustedError, of_item
from tap_confluence.http import Source
from tap_confluence.schemas.attachments import ATTACHMENT
from tap_confluence.schemas.labels import ATTACHMENT_LABEL
from tap_confluence.schemas.properties import ATTACHMENT_CONTENT_PROPERTY
from tap_confluence.schemas.versions import ATTACHMENT_VERSION
from tap_confluence.statuses import CURRENT
from tap_confluence.streams.files.file_stream import FileStream, Place, size_of, version_of
from tap_confluence.streams.parents import ChangeDetailStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCOPE = "read:attachment:confluence"
CONTAINER = re.compile(r"/(?:content|attachments)/(\d+)/")


class Attachments(FileStream, ContentStream):
    """What is known of the files of all content, and the files, if the settings say where to."""

    name = "attachments"
    path = "/api/v2/attachments"
    scope = SCOPE
    owner_key = "attachmentId"
    kind = "attachment"
    schema = ATTACHMENT
    statuses = ("current", "archived", "trashed")
    has_body = False
    takes_spaces = False

    @override
    def places(self, items: Sequence[dict[str, Any]]) -> Iterator[Place]:
        containers = [Container.of(item) for item in items]
        keys = self._space_keys([each for each in containers if each is not None])
        for item, container in zip(items, containers, strict=True):
            container_id = container.id if container else None
            key = keys.get(container) if container else None
            yield Place(key, container_id, _source(item, container_id))

    def _space_keys(self, containers: Sequence[Container]) -> dict[Container, str]:
        """Look up in which spaces some pages, blog posts and custom content are."""
        keys = {}
        # Known for these only: to keep those of all files would take memory without bound.
        rows = Containers(self.reader, lambda: self.content_filter.custom_content_types, self.name)
        for fields in (LISTS, OTHERS):
            some = [each for each in containers if each.field in fields]
            try:
                rows.look_up(some)
                for each in some:
                    space_id = (rows.get(each) or {}).get("spaceId")
                    key = self.content_filter.space_keys().get(str(space_id)) if space_id else None
                    if key:
                        keys[each] = key
            except (RefusedError, RetriesExhaustedError) as error:
                self.note_skipped("the space of some files", of_item(error))
        return keys


def _source(item: dict[str, Any], container_id: str | None) -> Source | None:
    """Return where the file of an attachment is: always where API tokens are accepted.

    The links of the API lead there or to `/download/attachments`, which no longer accepts them
    (https://developer.atlassian.com/cloud/confluence/changelog/#CHANGE-2735).
    """
    if container_id is None:
        told = CONTAINER.search(str(item.get("downloadLink")))
        if told is None:
            return None
        container_id = told[1]
    place, file = quote(container_id, safe=""), quote(str(item["id"]), safe="")
    params = {}
    if (number := version_of(item)) is not None:
        params["version"] = str(number)
    if (status := item.get("status") or CURRENT) != CURRENT:
        params["status"] = str(status)
    path = f"/rest/api/content/{place}/child/attachment/{file}/download"
    return Source(path, params, size_of(item))


class AttachmentLabels(ContentLabelStream):
    """Labels of attachments."""

    name = "attachment_labels"
    labelled_list = "attachments"
    scope = SCOPE
    primary_keys = ("attachmentId", "id")
    parent_stream_type = Attachments
    schema = ATTACHMENT_LABEL


class AttachmentVersions(ChangeDetailStream):
    """The history of attachments: every file that was uploaded under the name."""

    name = "attachment_versions"
    section = "versions"
    scope = SCOPE
    primary_keys = ("attachmentId", "number")
    parent_stream_type = Attachments
    schema = ATTACHMENT_VERSION


class AttachmentContentProperties(ChangeDetailStream):
    """Values that apps and users keep with an attachment."""

    name = "attachment_content_properties"
    section = "properties"
    scope = SCOPE
    primary_keys = ("attachmentId", "id")
    parent_stream_type = Attachments
    schema = ATTACHMENT_CONTENT_PROPERTY
