"""What earlier runs have written, in a few bytes of the state, however many items there are."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from typing import Self

BUCKETS = 64
BYTES = 4

EMPTY = 0
CROWDED = 0xFFFF_FFFF


class Digest:
    """Items in 64 buckets of four bytes.

    What is in a bucket is up to the kind of digest. Either way a doubt is settled by writing an
    item again, which does no harm, and never by leaving one out.
    """

    def __init__(self) -> None:
        self._buckets = [EMPTY] * BUCKETS

    def dump(self) -> str:
        """Write the digest as text for the state."""
        if not any(self._buckets):
            return ""
        data = b"".join(bucket.to_bytes(BYTES) for bucket in self._buckets)
        return base64.b64encode(zlib.compress(data)).decode()

    @classmethod
    def load(cls, text: object) -> Self | None:
        """Read a digest from the state; None where there is none to be read."""
        digest = cls()
        if text == "":
            return digest
        if not isinstance(text, str):
            return None
        try:
            data = zlib.decompress(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError, zlib.error):
            return None
        if len(data) != BUCKETS * BYTES:
            return None
        starts = range(0, len(data), BYTES)
        digest._buckets = [int.from_bytes(data[start : start + BYTES]) for start in starts]
        return digest

    @staticmethod
    def _bucket(item_id: str) -> int:
        return int.from_bytes(hashlib.blake2b(item_id.encode(), digest_size=2).digest()) % BUCKETS

    @staticmethod
    def _mark(item_id: str, moment: str | None) -> int:
        text = f"{item_id} {moment}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=BYTES).digest())


class TrashDigest(Digest):
    """The items that were in the trash at the end of the last run.

    Putting something into the trash need not change its date, so the date does not tell what is
    new there. The trash is short and read whole; this tells which of it the last run did not
    have. A bucket that is unchanged holds nothing new, and the difference that one new item makes
    is its mark; after any other change, all items in a bucket may be new.
    """

    def __init__(self) -> None:
        super().__init__()
        self._marks: set[int] = set()

    def add(self, item_id: str, moment: str | None) -> None:
        """Add an item."""
        mark = self._mark(item_id, moment)
        self._buckets[self._bucket(item_id)] ^= mark
        self._marks.add(mark)

    def may_be_new(self, item_id: str, moment: str | None, earlier: TrashDigest) -> bool:
        """Tell whether an item of this digest may be one that an earlier one did not have."""
        bucket = self._bucket(item_id)
        difference = self._buckets[bucket] ^ earlier._buckets[bucket]
        if difference in self._marks:
            return difference == self._mark(item_id, moment)
        return difference != EMPTY


class OverlapDigest(Digest):
    """The last items that have been written, those that the overlap brings up again.

    A bucket with one item in it recognises that item; where there are more, none.
    """

    def add(self, item_id: str, moment: str | None) -> None:
        """Add an item."""
        bucket, mark = self._bucket(item_id), self._mark(item_id, moment)
        self._buckets[bucket] = mark if self._buckets[bucket] in {EMPTY, mark} else CROWDED

    def has(self, item_id: str, moment: str | None) -> bool:
        """Tell whether an item is known to have been written as of a moment."""
        mark = self._mark(item_id, moment)
        return self._buckets[self._bucket(item_id)] == mark and mark not in {EMPTY, CROWDED}
