"""Large documents, of which each part is decoded when it is read.

JSON that is decoded takes ten times its size. What is only divided into its parts takes hardly any
more than it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, overload

import msgspec
from typing_extensions import override

from tap_confluence.decoding import NotJSONError, decode

LARGE_NODE: Final = 1 << 16
"""Bytes of a node whose parts are decoded one by one."""

_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_parts: Final = msgspec.json.Decoder(list[msgspec.Raw])


class Nodes(Sequence[Any]):
    """The nodes in a large node."""

    def __init__(self, written: list[msgspec.Raw]) -> None:
        self._written = written

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
            return Nodes(self._written[place])
        return _node(self._written[place])


def in_pieces(written: str | bytes | msgspec.Raw) -> dict[str, Any] | None:
    """Return a node whose nodes are decoded when they are read; None if that cannot be done."""
    try:
        members = _members.decode(written)
        parts = _parts.decode(members.pop("content"))
        node = {name: decode(bytes(member)) for name, member in members.items()}
    except (KeyError, NotJSONError, RecursionError, UnicodeError, msgspec.DecodeError):
        return None
    return {**node, "content": Nodes(parts)}


def _node(written: msgspec.Raw) -> Any:
    if len(memoryview(written)) >= LARGE_NODE:
        node = in_pieces(written)
        if node is not None:
            return node
    return decode(bytes(written))
