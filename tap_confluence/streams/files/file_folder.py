"""Files on disk: under which names, and what is there already."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import tempfile
import unicodedata
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from tap_confluence.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN = "_unknown"
"""The folder in place of one whose name is not known."""

UNNAMED = "unnamed"

MOST_BYTES = 150
"""Bytes that a name takes at most, in UTF-8. With the ids before it, it fits where names have 255
bytes."""

MOST_BYTES_OF_ID = 40
MOST_BYTES_OF_ENDING = 20

FOLDER_MODE = 0o700

PIECE = 1 << 20
"""Bytes kept in memory."""

PARTIAL = ".part"
"""How the name of a file ends that is being written."""

REPLACED = re.compile(r'[\\/:*?"<>|]')
"""Characters that are not allowed in names on one system or another."""

UNSEEN = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
"""Categories of characters that show nothing, or turn the direction of what follows."""

RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)
"""Names that are devices on Windows, whatever their ending."""


def safe_name(title: str, most_bytes: int = MOST_BYTES) -> str:
    """Make of any text a name that any system takes for that of a file, and of no other.

    Args:
        title: What a user has called it.
        most_bytes: How long the name may be, in UTF-8.

    Returns:
        The name, in NFC. What had to be replaced is an underscore; its ending is kept.
    """
    text = "".join(
        "_" if unicodedata.category(sign) in UNSEEN else sign
        for sign in unicodedata.normalize("NFC", title)
    )
    text = REPLACED.sub("_", text).strip().lstrip(". ").rstrip(". ")
    stem, dot, ending = text.rpartition(".")
    if not dot or len(ending.encode()) > MOST_BYTES_OF_ENDING:
        stem, dot, ending = text, "", ""
    room = most_bytes - len(f"{dot}{ending}".encode()) - 1
    if len(stem.encode()) > room:
        stem = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    if RESERVED.fullmatch(stem.partition(".")[0].rstrip()):
        stem = f"_{stem}"
    return unicodedata.normalize("NFC", f"{stem or UNNAMED}{dot}{ending}")


def path_of_file(
    space_key: str | None,
    container_id: str | None,
    attachment_id: str,
    version: int | None,
    title: str,
) -> PurePosixPath:
    """Return where to keep the file of an attachment, below the folder of all files.

    Args:
        space_key: The key of its space, if that is known.
        container_id: The id of what it is on, if that is known.
        attachment_id: Its id.
        version: The number of its version; 0 stands for one that is not known.
        title: Its name.

    Returns:
        `<space key>/<container id>/<attachment id>-v<version>-<name>`.
    """
    folders = (safe_name(name) if name else UNKNOWN for name in (space_key, container_id))
    return PurePosixPath(
        *folders,
        f"{safe_name(attachment_id, MOST_BYTES_OF_ID)}-v{version or 0}-{safe_name(title)}",
    )


class FileFolder:
    """A folder that files are put into, each of them whole or not at all.

    Only one run at a time may use it: what another has left half-written is removed.

    Args:
        root: The folder. It is made when the first file is.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._mark = secrets.token_hex(4)
        self._folder = lru_cache(maxsize=1000)(self._make_folder)

    def place(self, path: str) -> Path:
        """Return where a file is that has been put below the folder."""
        return self._root / path

    def digest(self, path: PurePosixPath, size: int | None) -> str | None:
        """Return the SHA-256 of a file that is there already.

        Args:
            path: Where it is, below the folder.
            size: How many bytes it should have, if that is known.

        Returns:
            Hexadecimal digits; None where there is no such file of that size.

        Raises:
            FileError: It cannot be read.
        """
        with _failures_told(self._root / path):
            file = self._folder(path.parent) / path.name
            if not file.is_file() or file.is_symlink():
                return None
            if size is not None and file.stat().st_size != size:
                return None
            digest = hashlib.sha256()
            with file.open("rb") as opened:
                while piece := opened.read(PIECE):
                    digest.update(piece)
            return digest.hexdigest()

    @contextlib.contextmanager
    def writing(self, path: PurePosixPath) -> Iterator[BinaryIO]:
        """Open a file to be written, which takes its place only at the end of the block.

        If the block fails, nothing is left of it.

        Args:
            path: Where it is to be, below the folder.

        Raises:
            FileError: It cannot be written.
        """
        with _failures_told(self._root / path):
            folder = self._folder(path.parent)
            # Readable by its owner only, and never what a link leads to.
            number, partial = tempfile.mkstemp(prefix=f".{self._mark}-", suffix=PARTIAL, dir=folder)
            try:
                with open(number, "wb") as file:  # noqa: PTH123 - it is open already
                    yield file
                os.replace(partial, folder / path.name)  # noqa: PTH105
            except BaseException:
                Path(partial).unlink(missing_ok=True)
                raise

    def _make_folder(self, below: PurePosixPath) -> Path:
        """Make a folder and those above it, and remove what a killed run has left in it."""
        self._root.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        folder = self._root
        for name in below.parts:
            folder /= name
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
            if folder.is_symlink():
                message = (
                    f"'{folder}' is a link to elsewhere, where no files are put. Remove it, or set "
                    "'attachment_download_dir' to another folder."
                )
                raise FileError(message)
        for partial in folder.glob(f".*-*{PARTIAL}"):
            if not partial.name.startswith(f".{self._mark}-"):
                partial.unlink(missing_ok=True)
        return folder


@contextlib.contextmanager
def _failures_told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = (
            f"Cannot write '{path}': {error.strerror}. Make room or give the right to, or set "
            "'attachment_download_dir' to another folder; the state is written."
        )
        raise FileError(message) from error
