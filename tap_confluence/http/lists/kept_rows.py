"""Rows that are read once and needed again, kept in little memory."""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tap_confluence.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROWS_A_BLOCK: Final = 250
FASTEST: Final = 1

_encoder: Final = msgspec.json.Encoder(decimal_format="number")


class KeptRows:
    """Rows in their order, compressed; a page without its body takes some 130 bytes.

    Attributes:
        is_full: Whether there were too many. Then none of them is kept.
        size: How many bytes they take.

    Args:
        most_bytes: How many they may take.
    """

    def __init__(self, most_bytes: int) -> None:
        self.is_full = False
        self.size = 0
        self._most_bytes = most_bytes
        self._blocks: list[bytes] = []
        self._open: list[bytes] = []

    @classmethod
    def of(cls, rows: Iterable[dict[str, Any]]) -> KeptRows:
        """Keep all of some rows, however many they are."""
        kept = cls(sys.maxsize)
        for row in rows:
            kept.add(row)
        return kept

    def add(self, row: dict[str, Any]) -> None:
        """Keep a row as it is."""
        if self.is_full:
            return
        self._open.append(_encoder.encode(row))
        if len(self._open) < ROWS_A_BLOCK:
            return
        block = zlib.compress(b"[%b]" % b",".join(self._open), FASTEST)
        self._open.clear()
        self._blocks.append(block)
        self.size += len(block)
        if self.size > self._most_bytes:
            self.is_full = True
            self._blocks.clear()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the rows, each time as they were when they were added."""
        for block in self._blocks:
            yield from decode(zlib.decompress(block))
        for row in self._open:
            yield decode(row)
