"""Large documents, of which each part is decoded when it is read.

JSON that is decoded takes ten times its size. What is only divided into its parts takes hardly any
more than it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, overload

import msgspec
from typing_extensions import override

from tap_confluence.content.adf.unread import texts_in
from tap_confluence.decoding import NotJSONError, decode

LARGE_NODE: Final = 1 << 16
"""Bytes of a node whose parts are decoded one by one."""

MOST_LEVELS: Final = 20
"""Levels that are divided, each by a look at all of its text. What is below is decoded at once."""

_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_parts: Final = msgspec.json.Decoder(list[msgspec.Raw])


class Nodes(Sequence[Any]):
    """The nodes in a large node.

    Args:
        written: The nodes as they are written.
        levels: How many levels may be divided in them.
    """

    def __init__(self, written: list[msgspec.Raw], levels: int) -> None:
        self._written = written
        self._levels = levels

    @override
    def __len__(self) -> int:
        return len(self._written)

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> Nodes: ...
    @override
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return Nodes(self._written[place], self._levels)
        return _node(self._written[place], self._levels)


def in_pieces(
    written: str | bytes | msgspec.Raw, levels: int = MOST_LEVELS
) -> dict[str, Any] | None:
    """Return a node whose nodes are decoded when they are read; None if that cannot be done.

    Args:
        written: The node as it is written.
        levels: How many levels may be divided in it.
    """
    try:
        members = _members.decode(written)
        parts = _parts.decode(members.pop("content"))
        node = {name: decode(bytes(member)) for name, member in members.items()}
    except (KeyError, NotJSONError, RecursionError, UnicodeError, msgspec.DecodeError):
        return None
    return {**node, "content": Nodes(parts, levels - 1)}


def _node(written: msgspec.Raw, levels: int) -> Any:
    if levels and len(memoryview(written)) >= LARGE_NODE:
        node = in_pieces(written, levels)
        if node is not None:
            return node
    try:
        return decode(bytes(written))
    except NotJSONError:
        # How deeply the whole may be nested for it to be divided, each Python says for itself.
        return texts_in(bytes(written).decode(errors="replace"))
