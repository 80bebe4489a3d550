"""What earlier runs have written, in a few bytes of the state, however many items there are."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Collection

EMPTY = 0

BITS_OF_A_MEMBER = 4


class Digest:
    """Marks of items, in cells of a fixed number and size.

    What is in a cell is up to the kind of digest. Either way a doubt is settled by writing an
    item again, which does no harm, and never by leaving one out.
    """

    cells: ClassVar[int]
    cell_bytes: ClassVar[int]

    def __init__(self) -> None:
        self._cells = [EMPTY] * self.cells

    def dump(self) -> str:
        """Write the digest as text for the state."""
        if not any(self._cells):
            return ""
        data = b"".join(cell.to_bytes(self.cell_bytes) for cell in self._cells)
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
        if len(data) != cls.cells * cls.cell_bytes:
            return None
        starts = range(0, len(data), cls.cell_bytes)
        digest._cells = [int.from_bytes(data[start : start + cls.cell_bytes]) for start in starts]
        return digest


class TrashDigest(Digest):
    """The items that were in the trash at the end of the last run.

    Putting something into the trash need not change its date, so the date does not tell what is
    new there. The trash is short and read whole; this tells which of it the last run did not
    have. A cell that is unchanged holds nothing new, and the difference that one new item makes
    is its mark; after any other change, all items in a cell may be new.
    """

    cells = 64
    cell_bytes = 4

    def __init__(self) -> None:
        super().__init__()
        self._marks: set[int] = set()

    def add(self, item_id: str, timestamp: str | None) -> None:
        """Add an item."""
        mark = self._mark(item_id, timestamp)
        self._cells[self._cell(item_id)] ^= mark
        self._marks.add(mark)

    def may_be_new(self, item_id: str, timestamp: str | None, earlier: TrashDigest) -> bool:
        """Tell whether an item of this digest may be one that an earlier one did not have."""
        cell = self._cell(item_id)
        difference = self._cells[cell] ^ earlier._cells[cell]
        if difference in self._marks:
            return difference == self._mark(item_id, timestamp)
        return difference != EMPTY

    def _cell(self, item_id: str) -> int:
        digest = hashlib.blake2b(item_id.encode(), digest_size=2).digest()
        return int.from_bytes(digest) % self.cells

    def _mark(self, item_id: str, timestamp: str | None) -> int:
        text = f"{item_id} {timestamp}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=self.cell_bytes).digest())


class MembershipDigest(Digest):
    """The items that have been taken in: a Bloom filter.

    Whatever has been added is found again. Others may be found too, the more the fuller it is: one
    in 500 where 500 have been added, one in seven where it is 2,000.
    """

    cells = 1024
    cell_bytes = 1

    def __bool__(self) -> bool:
        return any(self._cells)

    def __contains__(self, item_id: str) -> bool:
        return all(self._cells[cell] & bit for cell, bit in self._bits(item_id))

    def add(self, item_id: str) -> None:
        """Add an item."""
        for cell, bit in self._bits(item_id):
            self._cells[cell] |= bit

    def _bits(self, item_id: str) -> list[tuple[int, int]]:
        hashed = hashlib.blake2b(item_id.encode(), digest_size=2 * BITS_OF_A_MEMBER).digest()
        found = (int.from_bytes(hashed[at : at + 2]) for at in range(0, len(hashed), 2))
        return [(number // 8 % self.cells, 1 << number % 8) for number in found]


PARTS = 3
CELLS_OF_A_PART = 11
HASH_BYTES = 6
CHECK_BYTES = 4


class OverlapDigest(Digest):
    """The items written that the overlap brings up again: an invertible Bloom lookup table.

    Each item has a cell in each of three parts of the table, and a cell is the XOR of the marks
    of its items. So the difference between what was written and what is there now has its items
    in the cells that differ, however many items the two have in common. A cell in which a single
    item differs is that item's mark, which its check sum shows; taken out
    of its other cells, it may leave a single one there. Up to a dozen items come apart like this
    (https://arxiv.org/abs/1101.2245).
    """

    cells = PARTS * CELLS_OF_A_PART
    cell_bytes = HASH_BYTES + CHECK_BYTES

    def __init__(self, marks: Collection[int] = ()) -> None:
        """Make the digest of some items.

        Args:
            marks: What `mark` gives for each of them.
        """
        super().__init__()
        for mark in set(marks):
            self._toggle(mark)

    @staticmethod
    def mark(item_id: str, timestamp: str | None) -> int:
        """Return what stands for an item as of a time."""
        text = f"{item_id} {timestamp}".encode()
        return _with_check(hashlib.blake2b(text, digest_size=HASH_BYTES).digest())

    def common(self, marks: Collection[int]) -> set[int]:
        """Return which of some marks are known to be of items in this digest.

        Args:
            marks: Those of all items that there are now. If they differ from those in the digest
                by a few, exactly those in both are known; if by many, some of these, or none.
        """
        difference = OverlapDigest(marks)
        difference._cells = [
            mine ^ other for mine, other in zip(self._cells, difference._cells, strict=True)
        ]
        same = {place for place, cell in enumerate(difference._cells) if cell == EMPTY}
        apart: set[int] = set()
        while found := next(filter(_is_single, difference._cells), None):
            if found in apart:
                # No item differs twice: it is no mark, but looks like one.
                break
            apart.add(found)
            difference._toggle(found)
        if not any(difference._cells):
            return set(marks) - apart
        return {mark for mark in marks if not same.isdisjoint(_places(mark))}

    def _toggle(self, mark: int) -> None:
        for place in _places(mark):
            self._cells[place] ^= mark


def _with_check(hashed: bytes) -> int:
    return int.from_bytes(hashed + hashlib.blake2b(hashed, digest_size=CHECK_BYTES).digest())


def _hash_in(mark: int) -> int:
    return mark >> (8 * CHECK_BYTES)


def _is_single(cell: int) -> bool:
    """Tell whether a cell is the mark of one item."""
    return cell != EMPTY and cell == _with_check(_hash_in(cell).to_bytes(HASH_BYTES))


def _places(mark: int) -> list[int]:
    """Return the cells of an item, one in each part of the table."""
    rest, places = _hash_in(mark), []
    for part in range(PARTS):
        rest, place = divmod(rest, CELLS_OF_A_PART)
        places.append(part * CELLS_OF_A_PART + place)
    return places
