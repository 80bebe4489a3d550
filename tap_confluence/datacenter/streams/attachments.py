"""Attachments, and what belongs to an attachment: labels, versions, properties."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.datacenter.api.batches import MOST_EXPANDED, Query, read_pages
from tap_confluence.datacenter.api.paths import CONTENT
from tap_confluence.datacenter.filters import ContentFilter
from tap_confluence.datacenter.streams.contained import ContainedStream
from tap_confluence.datacenter.streams.content_list import limit_for
from tap_confluence.errors import RefusedError, RetriesExhaustedError, of_item
from tap_confluence.http import Source
from tap_confluence.rest_v1 import records
from tap_confluence.schemas.attachments import ATTACHMENT
from tap_confluence.schemas.labels import ATTACHMENT_LABEL
from tap_confluence.schemas.properties import ATTACHMENT_CONTENT_PROPERTY
from tap_confluence.schemas.versions import ATTACHMENT_VERSION
from tap_confluence.statuses import CURRENT
from tap_confluence.streams.cost import full_pages
from tap_confluence.streams.files import FIELDS, FileStream, Place, size_of
from tap_confluence.streams.parents import ChangeDetailStream, LabelStream
from tap_confluence.streams.state import CHILDREN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from singer_sdk.helpers.types import Record

    from tap_confluence.datacenter.api.batches import Batch
    from tap_confluence.streams.cost import Size

BEARERS = ("page", "blogpost")
NESTED = "children.attachment"


class Attachments(FileStream, ContainedStream):
    """What is known of the files of all content, and the files, if the settings say where to.

    There is no list of attachments. A full read lists pages and blog posts with what is attached
    to each; changes are found by search.
    """

    name = "attachments"
    kind = "attachment"
    owner_key = "attachmentId"
    schema = ATTACHMENT
    expand = ("container", "version", "history")
    has_body = False

    @override
    def record(self, item: dict[str, Any]) -> Record:
        return {**records.attachment(item), **{name: item[name] for name in FIELDS if name in item}}

    @override
    def file_record(self, item: dict[str, Any]) -> Record:
        return self.record(item)

    @override
    def places(self, items: Sequence[dict[str, Any]]) -> Iterator[Place]:
        for item in items:
            record = self.record(item)
            link = record.get("downloadLink")
            # What does not begin with a slash would change the host it is put behind.
            is_path = isinstance(link, str) and link.startswith("/")
            _, space_key = records.place(item)
            yield Place(
                space_key,
                record.get("pageId") or record.get("blogPostId"),
                Source(str(link), size=size_of(record)) if is_path else None,
            )

    @override
    def listed(
        self,
        statuses: Sequence[str],
        expand: tuple[str, ...],
        cursor: str | None = None,
        *,
        tag: str,
    ) -> Iterator[Batch]:
        if CURRENT not in statuses:
            # Whatever else there is, is in the trash.
            return
        first, _, place = (cursor or "").partition(" ")
        holding = ContentFilter.of(self.run).statuses
        nested = tuple(f"{NESTED}.{name}" for name in expand) or (NESTED,)
        for kind in BEARERS[BEARERS.index(first) if cursor else 0 :]:
            listed = self.content_list(tag)
            batches = listed.batches(kind, holding, nested, place or None, names=_names_of_files)
            for batch in batches:
                files = [
                    file for item in batch.items for file in self._attached(item, expand, tag=tag)
                ]
                here = batch.cursor and f"{kind} {batch.cursor}"
                # What the site fails for then is what they are on.
                failed = batch.failed and f"{batch.failed}{CHILDREN}"
                yield replace(batch, items=files, cursor=here, failed=failed)
            place = ""

    @override
    def requests_for_list(
        self, size: Size, expand: tuple[str, ...], *, has_hidden: bool = True
    ) -> int:
        at_once = limit_for((NESTED,), size.page_size)
        lists = (size[kind].wanted for kind in ("pages", "blog_posts"))
        return sum(max(1, full_pages(listed, at_once)) for listed in lists)

    def _attached(
        self, holder: dict[str, Any], expand: tuple[str, ...], *, tag: str
    ) -> list[dict[str, Any]]:
        """Return what is attached to a page or blog post, from its own list if there is much."""
        files = records.expanded_attachments(holder)
        if files is None:
            path = f"{CONTENT}/{holder['id']}/child/attachment"
            query = Query(path, {}, tag, expand, MOST_EXPANDED)
            files = []
            try:
                for page in read_pages(self.reader.client, query):
                    files += page.items
            except (RefusedError, RetriesExhaustedError) as error:
                # Some sites refuse all but the first page of this list.
                reading = self.family if tag == self.name else [self.stream_named(tag)]
                self.note_unread(str(holder["id"]), of_item(error), reading, what="some files of")
        told = ("id", "type", "space", "_expandable")
        container = {name: holder[name] for name in told if name in holder}
        return [{**file, "container": container} for file in files]

    @override
    def id_to_ask_by(self, item: dict[str, Any]) -> str:
        # As it was given: those of newer releases have no prefix, and are not known with one.
        return str(item["id"])

    @override
    def identity(self, item: dict[str, Any]) -> str:
        return records.attachment_id(item)


def _names_of_files(holder: dict[str, Any]) -> list[str]:
    """Return by which ids the log names what is attached to a page or blog post."""
    files = records.expanded_attachments(holder)
    if files is None:
        return [f"what is attached to {holder['id']}"]
    return [records.attachment_id(file) for file in files]


class AttachmentLabels(LabelStream):
    """Labels of attachments."""

    name = "attachment_labels"
    primary_keys = ("attachmentId", "id")
    parent_stream_type = Attachments
    schema = ATTACHMENT_LABEL


class AttachmentVersions(ChangeDetailStream):
    """The history of attachments: every file that was uploaded under the name."""

    name = "attachment_versions"
    section = "versions"
    primary_keys = ("attachmentId", "number")
    parent_stream_type = Attachments
    schema = ATTACHMENT_VERSION


class AttachmentContentProperties(ChangeDetailStream):
    """Values that apps and users keep with an attachment."""

    name = "attachment_content_properties"
    section = "properties"
    primary_keys = ("attachmentId", "id")
    parent_stream_type = Attachments
    schema = ATTACHMENT_CONTENT_PROPERTY
