"""What has an id on Confluence Cloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud.filters.containers import LISTS
from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.cloud.streams.comments import FOOTER_COMMENTS, INLINE_COMMENTS
from tap_confluence.cloud.streams.content import ContentStream
from tap_confluence.cloud.streams.custom_content import CustomContent
from tap_confluence.cloud.streams.hierarchy import SHOWN, TreeItemReadingStream, TreeItemStream
from tap_confluence.cloud.streams.likes import CommentLikeStream
from tap_confluence.cloud.streams.per_item import PerItemStream
from tap_confluence.explain.found import Finder, Found, words_for_space
from tap_confluence.explain.related import has_rows_of
from tap_confluence.filters.left_out import together
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.timestamps import modified_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_confluence.filters.settings import Verdicts

    Row = dict[str, Any]

ATTACHMENTS = "/api/v2/attachments"
ATTACHMENT = "attachment"
SPACES = "/api/v2/spaces"
NOT_LISTED = ("deleted", "draft")
"""Statuses that a page or a blog post may be asked for, and that no list is."""

NOUNS = {
    "pageId": "page",
    "blogPostId": "blog post",
    "attachmentId": ATTACHMENT,
    "customContentId": "custom content",
}


@dataclass(frozen=True)
class Place:
    """Where one kind of content is asked for.

    Attributes:
        noun: What it is, in words.
        path: Its list.
        statuses: The statuses to ask for, if the site has to be told.
    """

    noun: str
    path: str
    statuses: Sequence[str] = ()


PLACES = (
    *(Place(NOUNS[field], path, (*some, *NOT_LISTED)) for field, (path, some) in LISTS.items()),
    Place("footer comment", FOOTER_COMMENTS),
    Place("inline comment", INLINE_COMMENTS),
    Place(ATTACHMENT, ATTACHMENTS),
    Place("custom content", "/api/v2/custom-content"),
    Place("folder", "/api/v2/folders"),
    Place("whiteboard", "/api/v2/whiteboards"),
    Place("database", "/api/v2/databases"),
    Place("embed", "/api/v2/embeds"),
)
"""The kinds of content, those first that people ask for most."""


class CloudFinder(Finder):
    """Looks in one list after the other: an id does not tell what it is of."""

    @override
    def find(self, given: str) -> Found | None:
        number = given.removeprefix("att")
        if not (number.isascii() and number.isdecimal()):
            return self._space(self._space_by_key(given))
        for place in PLACES:
            is_file = place.noun == ATTACHMENT
            if given != number and not is_file:
                continue
            item_id = f"att{number}" if is_file else number
            params = {"status": place.statuses} if place.statuses else None
            row = self.get(place.noun, f"{place.path}/{item_id}", params)
            if row is not None:
                return self._content(place, {**row, "id": item_id})
            if self.is_withheld:
                return None
        return self._space(self.get("space", f"{SPACES}/{number}")) if given == number else None

    def _space_by_key(self, key: str) -> Row | None:
        found = self.get("space", SPACES, {"keys": key}) or {}
        rows = found.get("results") or ()
        return next((row for row in rows if isinstance(row, dict)), None)

    def _content(self, place: Place, row: Row) -> Found:
        content_filter = ContentFilter.of(self.run)
        stream = self._stream_of(place, row)
        on = [*content_filter.containers_of(row)]
        post = next((found for _, found in reversed(on) if found is not None), row)
        space_id = row.get("spaceId") or post.get("spaceId")
        space = self.get("space", f"{SPACES}/{space_id}") if space_id else None
        where = [words_for_space(space, space_id)] if space_id else []
        where += [
            f"on {_words_for(container.field, container.id, found)}" for container, found in on
        ]
        if (parent_id := row.get("parentId")) is not None:
            where.append(f"under {row.get('parentType') or 'page'} {parent_id}")
        can_be_restricted = not on and place.noun != ATTACHMENT
        is_tree_item = isinstance(stream, TreeItemStream)
        judged = {**row, "type": stream.kind} if isinstance(stream, TreeItemStream) else row
        field = stream.owner_key if isinstance(stream, ContentStream) else "pageId"
        return Found(
            noun=place.noun,
            id=str(row["id"]),
            title=row.get("title"),
            status=row.get("status"),
            modified_at=None if is_tree_item else modified_at(row),
            place=where,
            access=self.restrictions(str(row["id"])) if can_be_restricted else "",
            verdicts=together(
                self._verdicts_on_itself(stream, row), content_filter.verdicts(judged, field)
            )
            if stream
            else {},
            hindrance=_hindrance(stream, row),
            stream=stream,
            others=[] if stream is None else [*self._others(stream, place)],
        )

    def _stream_of(self, place: Place, row: Row) -> ConfluenceStream | None:
        for stream in self.run.streams.values():
            if isinstance(stream, ContentStream) and stream.path == place.path:
                if stream.belongs(row):
                    return stream
            elif isinstance(stream, TreeItemStream) and stream.kind == place.noun:
                return stream
        return None

    def _verdicts_on_itself(self, stream: ConfluenceStream | None, row: Row) -> Verdicts:
        if isinstance(stream, CustomContent) and self.run.config.get("custom_content_types"):
            return {
                "custom_content_types": row.get("type") in self.run.config["custom_content_types"]
            }
        if isinstance(stream, ContentStream) and self.run.filters.by_status:
            status = row.get("status")
            if stream.statuses and status in stream.statuses:
                return {"content_statuses": status in stream.wanted_statuses}
        return {}

    def _others(self, stream: ConfluenceStream, place: Place) -> Iterator[ConfluenceStream]:
        for other in self.run.streams.values():
            if other is stream or not isinstance(other, ConfluenceStream):
                continue
            if isinstance(other, CommentLikeStream):
                has_rows = other.commented.path == place.path
            elif isinstance(other, PerItemStream):
                has_rows = type(stream) in other.owners
            elif isinstance(other, ContentStream):
                has_rows = False
            elif isinstance(stream, TreeItemStream):
                has_rows = isinstance(other, TreeItemReadingStream) and other.kind == stream.kind
            else:
                has_rows = has_rows_of(other, stream) or other.path == stream.path
            if has_rows:
                yield other

    def _space(self, row: Row | None) -> Found | None:
        if row is None:
            return None
        content_filter = ContentFilter.of(self.run)
        return self.space(row, content_filter.verdicts_on_space(str(row["id"])))


def _hindrance(stream: ConfluenceStream | None, row: Row) -> str:
    """Say why no run reads what is like this; empty if runs do."""
    if stream is None:
        return "no stream has comments on what this one is on"
    status = row.get("status")
    if isinstance(stream, ContentStream):
        is_read = not stream.statuses or status in {None, *stream.statuses}
    else:
        is_read = not isinstance(stream, TreeItemStream) or status in SHOWN
    return "" if is_read else f"of what is {status}, '{stream.name}' has nothing"


def _words_for(field: str, item_id: str, row: Row | None) -> str:
    noun = f"{NOUNS[field]} {item_id}"
    if row is None:
        return f"{noun}, which is gone or which the account may not see"
    return f"{noun}, {row['status']}" if row.get("status") else noun
