"""Singer messages on standard output, in as few system calls as safety allows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from singer_sdk.contrib.msgspec import MsgSpecWriter, encoder
from singer_sdk.singerlib import RecordMessage
from typing_extensions import override

if TYPE_CHECKING:
    from singer_sdk.singerlib.encoding.simple import Message

BUFFER_BYTES = 128 * 1024


class BufferedWriter(MsgSpecWriter):
    """Gathers records and writes them together, at the latest with the next other message.

    A STATE message goes out after the records it vouches for, so that it never claims what was
    not written.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[bytes] = []
        self._bytes = 0

    @override
    def write_message(self, message: Message) -> None:
        line = encoder.encode(message.to_dict())
        self._lines.append(line)
        self._bytes += len(line)
        if self._bytes > BUFFER_BYTES or not isinstance(message, RecordMessage):
            self.flush()

    def flush(self) -> None:
        """Write what has been gathered."""
        self._lines.append(b"")
        rest = memoryview(b"\n".join(self._lines))
        while rest:
            # With PYTHONUNBUFFERED, a signal that comes meanwhile cuts a write short.
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.flush()
        self._lines.clear()
        self._bytes = 0
