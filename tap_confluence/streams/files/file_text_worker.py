"""What reads the text of a file: runs in a process of its own, and imports what that needs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

PLAIN: Final = "plain"
HTML: Final = "html"
DOCUMENT: Final = "document"

MOST_MEMORY: Final = 2 * 1024**3
"""Bytes of memory that a process may take."""


class CannotBeReadError(Exception):
    """A file has no text that can be read; the message says why, in two words."""


def begin() -> None:
    """Bound the memory of this process, where the system can do that."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def text_in(path: str, kind: str, media_type: str, most: int) -> tuple[str, bool]:
    """Read the text of a file.

    Args:
        path: Where the file is.
        kind: `PLAIN`, `HTML` or `DOCUMENT`.
        media_type: What it is.
        most: Characters to return at most.

    Returns:
        The text, and whether that is all of it.

    Raises:
        CannotBeReadError: It is broken, or locked by a password.
    """
    from tap_confluence.content.repair import clean  # noqa: PLC0415

    try:
        text = _document(path, media_type) if kind == DOCUMENT else _decoded(path)
        if kind == HTML:
            from tap_confluence.content import to_text  # noqa: PLC0415

            text = to_text(text, "view")
    except MemoryError:
        reason = "too large"
        raise CannotBeReadError(reason) from None
    text = clean(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return text[:most], len(text) <= most


def _document(path: str, media_type: str) -> str:
    from kreuzberg import (  # noqa: PLC0415
        ExtractionConfig,
        KreuzbergError,
        extract_file_sync,
    )

    # Nothing is guessed, recognised in pictures, or left behind in a cache.
    config = ExtractionConfig(
        use_cache=False,
        enable_quality_processing=False,
        disable_ocr=True,  # type: ignore[call-arg]  # its stub lacks it
    )
    try:
        return extract_file_sync(path, media_type, config=config).content
    except KreuzbergError as error:
        reason = "locked" if "password" in str(error).lower() else "unreadable"
        raise CannotBeReadError(reason) from None


def _decoded(path: str) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415

    data = Path(path).read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
    if best is None:
        reason = "unreadable"
        raise CannotBeReadError(reason)
    return str(best)
