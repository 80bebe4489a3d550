"""Lists read incrementally: what changed since the bookmarks of a family of streams."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.streams.labels import LabelStream
from tap_confluence.streams.lists import ListStream, Work
from tap_confluence.streams.moments import to_moment
from tap_confluence.streams.trash import TrashDigest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from typing import Protocol

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.base import ConfluenceStream

    class Changes(Protocol):
        """The changed items, oldest first."""

        @property
        def everything(self) -> bool:
            """Whether no item was left out; known once the first one has been read."""

        def __iter__(self) -> Iterator[dict[str, Any]]: ...


TRASH = "trash"
"""Under which key a stream's state keeps the digest of the trash."""


class ChangeStream(ListStream):
    """A list read from the oldest change on, for itself and for its children.

    Each stream of the family has its own bookmark and gets the items that changed since. Because
    items come oldest first, a bookmark moves with each item that is complete, and a run that is
    killed goes on where it was.
    """

    primary_keys = ("id",)
    replication_key = "modifiedAt"

    @abstractmethod
    def changed_since(self, start: str | None, *, bookmarked: bool) -> Changes:
        """Read the items that changed at or after a moment, oldest first.

        Args:
            start: The moment, or None for all items.
            bookmarked: Whether an earlier run came as far as `start`, so that little is new.
        """

    def trashed(self, *, bodies: bool) -> Iterable[dict[str, Any]]:  # noqa: ARG002
        """Read all items that are in the trash, with or without their bodies."""
        return ()

    @override
    def shape(self, item: dict[str, Any]) -> Record:
        self.moment(item)
        return item

    def moment(self, item: dict[str, Any]) -> str | None:
        """Return when an item was last modified, and keep it with the item."""
        if self.replication_key not in item:
            version = item.get("version")
            modified = version.get("createdAt") if isinstance(version, dict) else None
            moment = to_moment(modified) or to_moment(item.get("createdAt"))
            item[self.replication_key] = moment
        return item[self.replication_key]  # type: ignore[no-any-return]

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        labels = [s for s in self.family if isinstance(s, LabelStream)]
        starts = {s: s.starting_point() for s in self.family if s not in labels}
        if starts:
            riding = yield from self._read_changes(starts, labels)
            yield from self._read_trash(starts, labels if riding else [])
            labels = [] if riding else labels
        for label_stream in labels:
            label_stream.sync_by_label()
        for stream, start in starts.items():
            if not stream.bookmark:
                stream.advance(start)

    @override
    def written(self, work: Work) -> None:
        if work.moves_bookmark:
            for stream in work.streams:
                stream.advance(self.moment(work.item))
        super().written(work)

    def _read_changes(
        self, starts: Mapping[ConfluenceStream, str | None], labels: Sequence[LabelStream]
    ) -> Generator[Record, None, bool]:
        """Read what changed.

        Returns:
            Whether the labels came along, because every item was asked for its details anyway.
        """
        start = None if None in starts.values() else min(filter(None, starts.values()))
        bookmarked = all(stream.bookmark for stream in starts if stream.is_incremental)
        changes = self.changed_since(start, bookmarked=bookmarked and start is not None)
        items = iter(changes)
        first = list(itertools.islice(items, 1))
        oldest = self.moment(first[0]) if first else None
        riding = changes.everything and any(
            stream is not self and _is_due(oldest, since) for stream, since in starts.items()
        )
        riders = labels if riding else ()
        yield from self.write(
            Work(item, [*_due(self.moment(item), starts), *riders])
            for item in itertools.chain(first, items)
        )
        return riding

    def _read_trash(
        self, starts: Mapping[ConfluenceStream, str | None], riders: Sequence[LabelStream]
    ) -> Iterator[Record]:
        """Read what is in the trash and was not there, or not yet written, before."""
        now = TrashDigest()
        moments: dict[str, str | None] = {}
        for item in self.trashed(bodies=False):
            moments[str(item["id"])] = self.moment(item)
            now.add(str(item["id"]), self.moment(item))
        due = {
            item_id: [
                *(s for s, start in starts.items() if self._is_new(item_id, moment, s, start, now)),
                *riders,
            ]
            for item_id, moment in moments.items()
        }
        if any(due.values()):
            yield from self.write(
                Work(item, due[str(item["id"])], moves_bookmark=False)
                for item in self.trashed(bodies=True)
                if due.get(str(item["id"]))
            )
        for stream in starts:
            if stream.is_incremental and not stream.is_denied:
                stream.entry[TRASH] = now.dump()

    def _is_new(
        self,
        item_id: str,
        moment: str | None,
        stream: ConfluenceStream,
        start: str | None,
        now: TrashDigest,
    ) -> bool:
        if start is None:
            return True
        before = TrashDigest.load(stream.entry.get(TRASH))
        return now.differs_at(item_id, before) and _is_due(moment, self._tap.anchor)


def _is_due(moment: str | None, start: str | None) -> bool:
    return start is None or moment is None or moment >= start


def _due(
    moment: str | None, starts: Mapping[ConfluenceStream, str | None]
) -> list[ConfluenceStream]:
    return [stream for stream, start in starts.items() if _is_due(moment, start)]
