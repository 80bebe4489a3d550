"""What has an id on Confluence Data Center."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from typing_extensions import override

from tap_confluence.datacenter.api.batches import MOST_BARE, Query, read_by_offset
from tap_confluence.datacenter.api.paths import CONTENT, SPACES
from tap_confluence.datacenter.filters import ContentFilter
from tap_confluence.datacenter.streams import comments
from tap_confluence.datacenter.streams.content import ContentStream
from tap_confluence.explain.found import TAG, Finder, Found, words_for_space
from tap_confluence.rest_v1 import records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.streams.base import ConfluenceStream

    Row = dict[str, Any]

STATUSES = ("any", "archived", "draft")
"""How to ask for content of every status: `any` does not mean all of them."""

EXPAND = (
    *("space", "container", "version", "history", "ancestors", "metadata.labels"),
    *("extensions.inlineProperties", "extensions.resolution"),
)

COMMENT = "comment"
NOUNS = {"blogpost": "blog post"}


class DataCenterFinder(Finder):
    """Asks for content, which has one endpoint whatever it is."""

    @override
    def find(self, given: str) -> Found | None:
        number = given.removeprefix("att")
        if not (number.isascii() and number.isdecimal()):
            row = self.get("space", f"{SPACES}/{quote(given, safe='~')}")
            return None if row is None else self._space(row)
        # Not all sites write an attachment's id with the letters.
        for item_id in (given, number if given != number else f"att{number}"):
            for status in STATUSES:
                params = {"status": status, "expand": ",".join(EXPAND)}
                row = self.get(f"{status} content", f"{CONTENT}/{item_id}", params)
                if row is not None:
                    return self._content(row)
                if self.is_withheld:
                    return None
        return self._space_by_id(number) if given == number else None

    def _space_by_id(self, space_id: str) -> Found | None:
        """Look for a space in the list of all: none can be asked for by its id."""
        query = Query(SPACES, {}, TAG, limit=MOST_BARE)
        for batch in read_by_offset(self.run.reader, query):
            for space in batch.items:
                if str(space.get("id")) == space_id:
                    row = self.get("space", f"{SPACES}/{quote(str(space['key']), safe='~')}")
                    return self._space(row or space)
        return None

    def _content(self, row: Row) -> Found:
        content_filter = ContentFilter.of(self.run)
        stream = self._stream_of(row)
        on = [*self._containers_of(row)]
        post = on[-1] if on else row
        key = records.space_key(row) or records.space_key(post)
        space = self.get("space", f"{SPACES}/{quote(key, safe='~')}") if key else None
        place = [words_for_space(space, key)] if key else []
        place += [f"on {_words_for(container)}" for container in on]
        if row.get("type") == "page" and (parent_id := records.page(row)["parentId"]):
            place.append(f"under page {parent_id}")
        return Found(
            noun=_noun(row),
            id=str(row["id"]) if stream is None else self._identity(stream, row),
            title=row.get("title"),
            status=row.get("status"),
            modified_at=records.modified_at(row),
            place=place,
            access="" if on else self.restrictions(str(row["id"])),
            verdicts={} if stream is None else content_filter.verdicts(row),
            hindrance=_hindrance(stream, row),
            stream=stream,
            others=[] if stream is None else [*self._others(stream)],
        )

    def _containers_of(self, row: Row) -> Iterator[Row]:
        """Look up what something is on, and what that is on, up to a page or a blog post."""
        passed: set[str] = set()
        while isinstance(container := row.get("container"), dict) and "id" in container:
            if row.get("type") not in {COMMENT, records.ATTACHMENT}:
                # A page is in its space.
                return
            container_id = str(container["id"])
            if container_id in passed:
                return
            passed.add(container_id)
            row = ContentFilter.of(self.run).ask(container_id) or container
            yield row

    def _stream_of(self, row: Row) -> ConfluenceStream | None:
        for stream in self.run.streams.values():
            if isinstance(stream, comments.Place):
                if row.get("type") == COMMENT and stream.has(row):
                    return stream  # type: ignore[return-value]
            elif isinstance(stream, ContentStream) and stream.kind == row.get("type"):
                return stream
        return None

    @staticmethod
    def _identity(stream: ConfluenceStream, row: Row) -> str:
        return stream.identity(row) if isinstance(stream, ContentStream) else str(row["id"])

    def _others(self, stream: ConfluenceStream) -> Iterator[ConfluenceStream]:
        found = self.streams_with_rows_of(stream)
        return (other for other in found if not isinstance(other, comments.Place))

    def _space(self, row: Row) -> Found:
        verdicts = ContentFilter.of(self.run).verdicts_on_space(str(row["key"]))
        return self.space(row, verdicts)


def _hindrance(stream: ConfluenceStream | None, row: Row) -> str:
    """Say why no run reads what is like this; empty if runs do."""
    if stream is None:
        on = records.container_type(row)
        what = f"a {_noun(row)} on a {on}" if on else f"content of type {row.get('type')}"
        return f"no stream is made of {what}"
    reader = stream.parents[0] if isinstance(stream, comments.OtherComments) else stream
    if isinstance(reader, ContentStream) and row.get("status") not in {"current", *reader.hidden}:
        return f"of what is {row.get('status')}, '{stream.name}' has nothing"
    return ""


def _noun(row: Row) -> str:
    kind = str(row.get("type"))
    if kind == COMMENT:
        return "inline comment" if records.is_inline(row) else "footer comment"
    return NOUNS.get(kind, kind)


def _words_for(row: Row) -> str:
    words = f"{_noun(row)} {row['id']}"
    return f"{words}, {row['status']}" if row.get("status") else words
