"""Attachments, and what belongs to an attachment: labels, versions, properties."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from typing_extensions import override

from tap_confluence.datacenter.api.batches import (
    MOST_EXPANDED,
    Batch,
    Query,
    whole_pages_by_offset,
)
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
from tap_confluence.streams.files.file_stream import FIELDS, FileStream, Place, size_of
from tap_confluence.streams.parents import ChangeDetailStream, LabelStream
from tap_confluence.streams.state.state_format import CHILDREN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from singer_sdk.helpers.types import Record

    from tap_confluence.http import ListPage
    from tap_confluence.streams.cost import Size

BEARERS = ("page", "blogpost")
NESTED = "children.attachment"

AMID = "amid"
"""What the place begins with of a read that goes on amid the files of one page or blog post."""


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
        amid, place = AmidFiles.load(place)
        holding = ContentFilter.of(self.run).statuses
        nested = tuple(f"{NESTED}.{name}" for name in expand) or (NESTED,)
        for kind in BEARERS[BEARERS.index(first) if cursor else 0 :]:
            listed = self.content_list(tag)
            batches = listed.batches(kind, holding, nested, place or None, names=_names_of_files)
            for batch in batches:
                for part in self._parts(batch, place, amid, expand, tag=tag):
                    yield replace(part, cursor=part.cursor and f"{kind} {part.cursor}")
                place, amid = batch.cursor or place, None
            place = ""

    def _parts(
        self,
        batch: Batch,
        place: str,
        amid: AmidFiles | None,
        expand: tuple[str, ...],
        *,
        tag: str,
    ) -> Iterator[Batch]:
        """Yield what is attached to some pages or blog posts, no more than an answer at a time.

        Args:
            batch: The pages or blog posts.
            place: Where their batch begins in their list.
            amid: Where an earlier run has come to in it.
            expand: What to have spelled out.
            tag: Under which name the requests are counted.
        """
        holders = batch.items
        ids = [str(holder["id"]) for holder in holders]
        begun = amid if amid and amid.holder in ids else None
        files: list[dict[str, Any]] = []
        for holder in holders[ids.index(begun.holder) :] if begun else holders:
            came_along = records.expanded_attachments(holder)
            if came_along is not None:
                files += _on(holder, came_along)
                continue
            for page in self._own_list(holder, begun, expand, tag=tag):
                files += _on(holder, page.items)
                if files:
                    here = AmidFiles(str(holder["id"]), _end_of(page), str(files[-1]["id"]))
                    yield Batch(files, cursor=here.dump(place))
                files = []
            begun = None
        # What the site fails for then is what they are on.
        failed = batch.failed and f"{batch.failed}{CHILDREN}"
        yield replace(batch, items=files, failed=failed)

    def _own_list(
        self, holder: dict[str, Any], begun: AmidFiles | None, expand: tuple[str, ...], *, tag: str
    ) -> Iterator[ListPage]:
        """Read the list of what is attached to one page or blog post, which is much.

        Args:
            holder: The page or blog post.
            begun: Where to go on, if an earlier run has come to a place in this list.
            expand: What to have spelled out.
            tag: Under which name the requests are counted.
        """
        path = f"{CONTENT}/{holder['id']}/child/attachment"
        query = Query(path, {}, tag, expand, MOST_EXPANDED)
        start = max(0, begun.end - MOST_EXPANDED) if begun else 0
        try:
            pages = whole_pages_by_offset(self.reader, query, start)
            for page in pages if begun else ():
                ids = [str(file["id"]) for file in page.items]
                if begun and begun.last in ids:
                    yield replace(page, items=page.items[ids.index(begun.last) + 1 :])
                    break
                if begun and _end_of(page) > begun.end:
                    # It may have moved since, by any number of files.
                    pages = whole_pages_by_offset(self.reader, query)
                    break
            yield from pages
        except (RefusedError, RetriesExhaustedError) as error:
            # Some sites refuse all but the first page of this list.
            reading = self.family if tag == self.name else [self.stream_named(tag)]
            self.note_unread(str(holder["id"]), of_item(error), reading, what="some files of")

    @override
    def requests_for_list(
        self, size: Size, expand: tuple[str, ...], *, has_hidden: bool = True
    ) -> int:
        at_once = limit_for((NESTED,), size.page_size)
        lists = (size[kind].wanted for kind in ("pages", "blog_posts"))
        return sum(max(1, full_pages(listed, at_once)) for listed in lists)

    @override
    def id_to_ask_by(self, item: dict[str, Any]) -> str:
        # As it was given: those of newer releases have no prefix, and are not known with one.
        return str(item["id"])

    @override
    def identity(self, item: dict[str, Any]) -> str:
        return records.attachment_id(item)


@dataclass(frozen=True)
class AmidFiles:
    """Where a read goes on that has come to a place amid the files of one page or blog post.

    Attributes:
        holder: The page or blog post, by id.
        end: How many of its files come before the place, at least.
        last: The last of them, by id.
    """

    holder: str
    end: int
    last: str

    @classmethod
    def load(cls, place: str) -> tuple[Self | None, str]:
        """Read it from where a read goes on; return also where the list of holders does."""
        name, _, rest = place.partition(" ")
        match rest.split(" ", 3) if name == AMID else ():
            case [holder, end, last, of_holders] if end.isdecimal():
                return cls(holder, int(end), last), of_holders
        return None, place

    def dump(self, of_holders: str) -> str:
        """Write it for the state.

        Args:
            of_holders: Where the list goes on that the page or blog post is in.
        """
        return f"{AMID} {self.holder} {self.end} {self.last} {of_holders}"


def _end_of(page: ListPage) -> int:
    """Return how many items of its list have come when a page has."""
    if page.next is not None:
        # It begins with the last one of this page.
        return int(str(page.next.params["start"])) + 1
    return int(str(page.request.params["start"])) + len(page.items)


def _on(holder: dict[str, Any], files: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what is attached to a page or blog post, each saying so."""
    told = ("id", "type", "space", "_expandable")
    container = {name: holder[name] for name in told if name in holder}
    return ({**file, "container": container} for file in files)


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
