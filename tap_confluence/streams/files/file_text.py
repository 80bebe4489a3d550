"""The text that stands in files, as search and language models want it."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import BrokenExecutor, CancelledError
from functools import cached_property
from mimetypes import guess_type
from pathlib import PurePath
from threading import Lock
from typing import TYPE_CHECKING, Final

from tap_confluence.streams.files.file_text_worker import (
    DOCUMENT,
    HTML,
    PLAIN,
    CannotBeReadError,
    begin,
    text_in,
)

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from pebble import ProcessPool

    Fields = dict[str, str | None]

TEXT: Final = "fileText"
SKIPPED: Final = "fileTextSkipped"

MOST_BYTES: Final = 100_000_000
"""Bytes of a file that is read for its text at most."""

MOST_CHARACTERS: Final = 1_000_000
"""Characters of text that are kept of a file."""

LONGEST: Final = 60.0
"""Seconds that may be spent on one file."""

WORKERS: Final = 2
"""Processes that read files at the same time."""

FILES_BETWEEN_STARTS: Final = 200
"""Files after which a process makes room for a fresh one, whatever memory it has not given back."""

_HTML: Final = frozenset(("text/html", "application/xhtml+xml"))
_PLAIN: Final = frozenset(
    ("application/json", "application/sql", "application/x-yaml", "application/xml")
)
_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."
_OLD: Final = frozenset(
    ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint")
)
"""What office programs wrote until 2007, and what many say of their newer files."""
_UNTOLD: Final = frozenset(("", "application/octet-stream", "binary/octet-stream"))
_BY_ENDING: Final = {
    ".pdf": "application/pdf",
    **dict.fromkeys((".docx", ".docm"), f"{_OPEN_XML}wordprocessingml.document"),
    **dict.fromkeys((".xlsx", ".xlsm"), f"{_OPEN_XML}spreadsheetml.sheet"),
    **dict.fromkeys((".pptx", ".pptm"), f"{_OPEN_XML}presentationml.presentation"),
    ".odt": f"{_OPEN_DOCUMENT}text",
    ".ods": f"{_OPEN_DOCUMENT}spreadsheet",
    ".odp": f"{_OPEN_DOCUMENT}presentation",
}
_DOCUMENTS: Final = frozenset((*_BY_ENDING.values(), *_OLD))


class FileTexts:
    """Reads the text of files, in processes of their own: what a file does there ends there.

    Attributes:
        most_seconds: How long one file may take.
    """

    def __init__(self, most_seconds: float = LONGEST) -> None:
        self.most_seconds = most_seconds
        self._lock = Lock()

    def read(self, path: Path, media_type: str, name: str) -> Fields:
        """Read the text of a file. Runs in a worker thread.

        Args:
            path: Where the file is.
            media_type: What the site says of it.
            name: The name people gave it.

        Returns:
            What a record is to say of it.
        """
        kind, media_type = _kind_of(media_type, name)
        if kind is None:
            return without_text("media type")
        if path.stat().st_size > MOST_BYTES:
            return without_text("too large")
        try:
            text, is_whole = self._read(path, kind, media_type)
        except CannotBeReadError as error:
            return without_text(str(error))
        fields: Fields = {TEXT: text, SKIPPED: None if is_whole else "cut"}
        return fields if text else without_text("no text")

    def _read(self, path: Path, kind: str, media_type: str) -> tuple[str, bool]:
        from pebble import ProcessExpired  # noqa: PLC0415 - of an extra

        found: tuple[str, bool]
        try:
            found = self._begun(str(path), kind, media_type, MOST_CHARACTERS).result()
        except TimeoutError:
            reason = "takes too long"
            raise CannotBeReadError(reason) from None
        except (ProcessExpired, BrokenExecutor, CancelledError):
            reason = "crashes"
            raise CannotBeReadError(reason) from None
        return found

    def _begun(self, *arguments: object) -> Future[tuple[str, bool]]:
        with self._lock:
            if not self._pool.active:
                # A process that ended at the wrong moment has taken the others with it.
                self.close()
                del self._pool
            found: Future[tuple[str, bool]] = self._pool.schedule(
                text_in, args=arguments, timeout=self.most_seconds
            )
        return found

    @cached_property
    def _pool(self) -> ProcessPool:
        from pebble import ProcessPool  # noqa: PLC0415 - of an extra

        # A process that is forked would have the threads and connections of this one.
        return ProcessPool(
            max_workers=WORKERS,
            max_tasks=FILES_BETWEEN_STARTS,
            initializer=begin,
            context=multiprocessing.get_context("spawn"),
        )

    def close(self) -> None:
        """End the processes."""
        if "_pool" in self.__dict__:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()


def without_text(reason: str | None = None) -> Fields:
    """Return what a record says of a file without a text; of one that is not there, no reason."""
    return {TEXT: None, SKIPPED: reason}


def _kind_of(media_type: str, name: str) -> tuple[str | None, str]:
    """Return how to read a file, and its media type; None if no text is in such files."""
    given = media_type.partition(";")[0].strip().lower()
    if given in _UNTOLD | _OLD:
        by_ending = _BY_ENDING.get(PurePath(name).suffix.lower())
        given = by_ending or guess_type(name)[0] or given
    if given in _HTML:
        return HTML, given
    if given.startswith("image/"):
        return None, given
    if given.startswith("text/") or given in _PLAIN or given.endswith(("+json", "+xml")):
        return PLAIN, given
    return (DOCUMENT if given in _DOCUMENTS else None), given
