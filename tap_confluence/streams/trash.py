"""What was in the trash at the end of the last run, in a few bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib

BUCKETS = 64
BYTES = 4


class TrashDigest:
    """A digest of a set of items in a constant number of bytes.

    Putting something into the trash need not change its date, so the date does not tell what is
    new there. The trash is short and read whole; this tells which of it the last run did not
    have, without a list of ids in the state: each item falls into one of 64 buckets, and a bucket
    whose digest is unchanged holds nothing new. An old item that shares a bucket with a new one
    is written again, which does no harm.
    """

    def __init__(self) -> None:
        self._buckets = bytearray(BUCKETS * BYTES)

    def add(self, item_id: str, moment: str | None) -> None:
        """Add an item."""
        bucket, mark = self._locate(item_id, moment)
        start = bucket * BYTES
        present = int.from_bytes(self._buckets[start : start + BYTES])
        self._buckets[start : start + BYTES] = (present ^ mark).to_bytes(BYTES)

    def differs_at(self, item_id: str, earlier: TrashDigest | None) -> bool:
        """Tell whether an item may be one that an earlier digest did not have."""
        if earlier is None:
            return True
        bucket, _ = self._locate(item_id, None)
        place = slice(bucket * BYTES, (bucket + 1) * BYTES)
        return self._buckets[place] != earlier._buckets[place]  # noqa: SLF001

    def dump(self) -> str:
        """Write the digest as text for the state."""
        if not any(self._buckets):
            return ""
        return base64.b64encode(self._buckets).decode()

    @classmethod
    def load(cls, text: object) -> TrashDigest | None:
        """Read a digest from the state; None where there is none to be read."""
        digest = cls()
        if text == "":
            return digest
        if not isinstance(text, str):
            return None
        try:
            buckets = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(buckets) != BUCKETS * BYTES:
            return None
        digest._buckets[:] = buckets
        return digest

    @staticmethod
    def _locate(item_id: str, moment: str | None) -> tuple[int, int]:
        bucket = hashlib.blake2b(item_id.encode(), digest_size=2).digest()
        mark = hashlib.blake2b(f"{item_id} {moment}".encode(), digest_size=BYTES).digest()
        return int.from_bytes(bucket) % BUCKETS, int.from_bytes(mark)
