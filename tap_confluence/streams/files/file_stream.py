"""Files that are fetched while their records flow."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.errors import (
    EndpointGoneError,
    FailedItemError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
)
from tap_confluence.http import Download, MisdirectedError, Source, TooLargeError
from tap_confluence.settings import download_folder
from tap_confluence.statuses import TRASHED
from tap_confluence.streams.files import file_text
from tap_confluence.streams.files.file_folder import FileFolder, path_of_file
from tap_confluence.streams.files.file_text import FileTexts
from tap_confluence.streams.parents import ParentStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http.client import Client
    from tap_confluence.streams.parents import Ahead, Work

    Fields = dict[str, str | None]

PATH = "filePath"
SHA256 = "fileSha256"
SKIPPED = "fileSkipped"
FIELDS = (PATH, SHA256, SKIPPED, file_text.TEXT, file_text.SKIPPED)
"""What a record says of the file."""

FAILED = "failed"
WRONG_SIZE = "wrong size"
"""What it says of one that the site fails to give, and of one that may not be whole: it has come
twice in another size than it is said to have."""

MOST_AT_ONCE = 250
"""Files whose places are looked up together."""


@dataclass(frozen=True)
class Place:
    """Where a file is.

    Attributes:
        space_key: The key of its space, if that is known.
        container_id: The id of what it is on, if that is known.
        source: Where it is on the site, if that is known.
    """

    space_key: str | None
    container_id: str | None
    source: Source | None


class Files:
    """Fetches files into a folder, each version of them once.

    Args:
        client: Sends the requests.
        folder: Where to put them.
        most_bytes: Only files that are no larger; None takes any size.
        media_types: Only files of these types, such as `image/png` or `image/*`; None takes all.
        texts: Reads the text of files; None if that is not wanted.
        tag: Under which name the requests are counted.
    """

    def __init__(  # noqa: PLR0913
        self,
        client: Client,
        folder: FileFolder,
        *,
        most_bytes: int | None,
        media_types: Sequence[str] | None,
        texts: FileTexts | None,
        tag: str,
    ) -> None:
        self._client = client
        self._folder = folder
        self._most_bytes = most_bytes
        self._media_types = media_types and [each.lower() for each in media_types]
        self._texts = texts
        self._tag = tag

    def fetch(self, record: Record, place: Place) -> Fields:
        """Fetch a file, and read its text, as far as that is wanted. Runs in a worker thread.

        Args:
            record: What is known of it, as a record of `attachments`.
            place: Where it is.

        Returns:
            What the record is to say about it.

        Raises:
            RefusedError: It is gone or forbidden.
            ConfluenceError: It cannot be read, or not be written.
        """
        fields = self._fetch(record, place)
        path = fields[PATH]
        if self._texts is None:
            return fields
        if path is None:
            return fields | file_text.without_text()
        media_type, name = (str(record.get(key) or "") for key in ("mediaType", "title"))
        return fields | self._texts.read(self._folder.place(path), media_type, name)

    def _fetch(self, record: Record, place: Place) -> Fields:
        size, number = size_of(record), version_of(record)
        if not self._takes_type(str(record.get("mediaType") or "")):
            return skipped("media type")
        if size is not None and self._most_bytes is not None and size > self._most_bytes:
            return skipped("too large")
        path = path_of_file(
            place.space_key,
            place.container_id,
            str(record["id"]),
            number,
            str(record.get("title") or ""),
        )
        digest = None if number is None else self._folder.digest(path, size)
        if digest is None:
            if place.source is None:
                return skipped("no link")
            download = Download(
                self._client, place.source, most_bytes=self._most_bytes, tag=self._tag
            )
            try:
                with self._folder.writing(path) as file:
                    digest = download.into(file)
            except TooLargeError:
                return skipped("too large")
            if not download.has_said_size:
                return {PATH: str(path), SHA256: digest, SKIPPED: WRONG_SIZE}
        return {PATH: str(path), SHA256: digest, SKIPPED: None}

    def _takes_type(self, media_type: str) -> bool:
        if self._media_types is None:
            return True
        kind = media_type.partition(";")[0].strip().lower()
        return kind in self._media_types or f"{kind.partition('/')[0]}/*" in self._media_types


class FileStream(ParentStream):
    """A list of files, which are fetched too if the settings say where to."""

    part_apart = "the file"

    @abstractmethod
    def places(self, items: Sequence[dict[str, Any]]) -> Iterable[Place]:
        """Tell where the files of some items are, in their order."""

    def file_record(self, item: dict[str, Any]) -> Record:
        """Return what is known of a file, as a record of `attachments`."""
        return item

    @override
    def look_ahead(self, work: Iterable[Work]) -> Ahead:
        files = self._files
        return super().look_ahead(work if files is None else self._with_files(files, work))

    @override
    def write_ahead(self, ahead: Ahead) -> Iterator[Record]:
        for record in super().write_ahead(ahead):
            self.run.references.note_file(record)
            yield record

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        try:
            yield from super().get_records(context)
        finally:
            if self._texts is not None:
                self._texts.close()

    @cached_property
    def _texts(self) -> FileTexts | None:
        return FileTexts() if self.config["attachment_text"] else None

    @cached_property
    def _files(self) -> Files | None:
        folder = download_folder(self.config)
        if folder is None:
            return None
        return Files(
            self.reader.client,
            FileFolder(folder),
            most_bytes=self.config.get("attachment_max_bytes"),
            media_types=self.config.get("attachment_media_types"),
            texts=self._texts,
            tag=self.name,
        )

    def _with_files(self, files: Files, work: Iterable[Work]) -> Iterator[Work]:
        """Yield work whose item says what became of its file, while the next are fetched."""

        def call(placed: tuple[Work, Place | None]) -> Callable[[], Fields] | None:
            current, place = placed
            if place is None:
                return None
            fetch = partial(files.fetch, self.file_record(current.item), place)
            return partial(self.reader.client.once, fetch) if current.is_retried else fetch

        for (current, _), future in self.reader.look_ahead(self._placed(work), call):
            if future is None:
                yield current
                continue
            try:
                current.item.update(self._outcome(current.item, future))
            except RetriesExhaustedError as error:
                current.item.update(skipped(FAILED))
                failures = {**current.failures, self: FailedItemError(error)}
                yield replace(current, failures=failures)
            else:
                yield current

    def _placed(self, work: Iterable[Work]) -> Iterator[tuple[Work, Place | None]]:
        """Yield work, with the place of its file if this stream is to write its record."""
        coming = iter(work)
        while batch := list(itertools.islice(coming, MOST_AT_ONCE)):
            places = iter(self.places([each.item for each in batch if self in each.streams]))
            for each in batch:
                yield each, next(places) if self in each.streams else None

    def _outcome(self, item: dict[str, Any], future: Future[Fields]) -> Fields:
        try:
            return self.reader.result(future)
        except ScopeError:
            raise
        except RefusedError as error:
            record = self.file_record(item)
            self.note_skipped(f"the file of {record['id']}", error)
            return skipped(TRASHED if record.get("status") == TRASHED else _reason(error))


def size_of(record: Record) -> int | None:
    """Return how many bytes a file is said to have."""
    return _number(record.get("fileSize"))


def version_of(record: Record) -> int | None:
    """Return the number of the version that a file is, if it is known."""
    version = record.get("version")
    return _number(version.get("number")) if isinstance(version, dict) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def skipped(reason: str) -> Fields:
    """Return what a record says whose file was not fetched."""
    return {PATH: None, SHA256: None, SKIPPED: reason}


def _reason(error: RefusedError) -> str:
    match error:
        case NotFoundError() | EndpointGoneError():
            return "gone"
        case ForbiddenError():
            return "forbidden"
        case MisdirectedError():
            return "redirect"
        case _:
            return "refused"
