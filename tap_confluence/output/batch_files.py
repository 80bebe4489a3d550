"""The files that BATCH messages name: one of a stream for each batch of its records."""

from __future__ import annotations

import gzip
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

import msgspec

from tap_confluence.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from upath import UPath

    Rows = Sequence[dict[str, Any]]

PARQUET = "parquet"
GZIP = "gzip"


def write_batch(
    folder: UPath, name: str, rows: Rows, *, encoding: str, compression: str | None
) -> str:
    """Write rows to a new file.

    Args:
        folder: Where to put it; it is made when it is needed.
        name: What the name of the file begins with; a slash in it leads into a folder below.
        rows: What to write, at least one.
        encoding: `jsonl` or `parquet`.
        compression: `gzip`; anything else writes them as they are.

    Returns:
        The URL of the file.

    Raises:
        FileError: It cannot be written.
    """
    is_gzip = compression == GZIP
    ending = PARQUET if encoding == PARQUET else "jsonl.gz" if is_gzip else "jsonl"
    path = folder / f"{name}-{uuid4()}.{ending}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            if encoding == PARQUET:
                _write_parquet(file, rows, is_gzip=is_gzip)
            else:
                _write_lines(file, rows, is_gzip=is_gzip)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        message = (
            f"Cannot write {str(path)!r}, a file of 'batch_config': {why}. The "
            "state is that of the records before it; run again to continue."
        )
        raise FileError(message) from error
    return str(path.as_uri())


def _write_lines(file: IO[bytes], rows: Rows, *, is_gzip: bool) -> None:
    with _maybe_compressed(file, is_gzip=is_gzip) as lines:
        for row in rows:
            lines.write(msgspec.json.encode(row) + b"\n")


@contextmanager
def _maybe_compressed(file: IO[bytes], *, is_gzip: bool) -> Iterator[IO[bytes]]:
    if not is_gzip:
        yield file
        return
    with gzip.GzipFile(fileobj=file, mode="wb") as compressed:
        yield compressed  # type: ignore[misc]


def _write_parquet(file: IO[bytes], rows: Rows, *, is_gzip: bool) -> None:
    # It is an extra of the tap, and takes long to import.
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    pq.write_table(pa.Table.from_pylist(list(rows)), file, compression=GZIP if is_gzip else "none")
