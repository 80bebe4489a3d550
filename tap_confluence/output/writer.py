"""Singer messages on standard output, in as few system calls as safety allows."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from singer_sdk.contrib.msgspec import MsgSpecWriter, encoder
from singer_sdk.singerlib import RecordMessage, SchemaMessage, StateMessage
from typing_extensions import override

from tap_confluence.errors import NoReaderError, OutputError
from tap_confluence.redaction import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.singerlib.encoding.simple import Message

BUFFER_BYTES = 128 * 1024

RECORDS_TO_STATE = 200
"""Bytes of other messages for each byte of STATE: STATE stays below one percent of the output."""

SMALLEST_STATE = 1700
"""Bytes that a STATE message is counted with at least: a small one is no reason for many."""


class BufferedWriter(MsgSpecWriter):
    """Gathers records and writes them together, at the latest with the next other message.

    A STATE message goes out after the records it vouches for, so that it never claims what was
    not written.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[bytes] = []
        self._bytes = 0
        self._record_bytes = 0
        self._state_bytes = 0

    @property
    def owes_state(self) -> bool:
        """Whether so many records were written since the last STATE that another weighs little."""
        return self._record_bytes >= RECORDS_TO_STATE * max(self._state_bytes, SMALLEST_STATE)

    @override
    def write_message(self, message: Message) -> None:
        if isinstance(message, SchemaMessage | StateMessage):
            line = encoder.encode(_fields_of(message))
        else:
            line = encoder.encode(message.to_dict())
        self._lines.append(line)
        self._bytes += len(line)
        if isinstance(message, StateMessage):
            self._record_bytes, self._state_bytes = 0, len(line)
        else:
            self._record_bytes += len(line)
        if self._bytes > BUFFER_BYTES or not isinstance(message, RecordMessage):
            self.flush()

    def flush(self) -> None:
        """Write what has been gathered."""
        write_lines(self._lines)
        self._lines.clear()
        self._bytes = 0


def _fields_of(message: Message) -> dict[str, Any]:
    # What the SDK makes of these messages copies all that is in them first.
    found = ((field.name, getattr(message, field.name)) for field in fields(message))
    return {name: value for name, value in found if value is not None}


@contextmanager
def output() -> Iterator[None]:
    """Say what is the matter with standard output, where it does not take what is written to it.

    Raises:
        BrokenPipeError: Nobody reads it any more.
        OutputError: It is closed, or takes no more.
    """
    if sys.stdout is None:
        message = "Standard output is closed: there is nowhere to write to."
        raise OutputError(message)
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"Cannot write to standard output: {error.strerror}."
        raise OutputError(message) from error


def write_lines(lines: Iterable[bytes]) -> None:
    """Write all of some lines to standard output.

    Raises:
        BrokenPipeError: Nobody reads it any more.
        OutputError: It is closed, or takes no more.
    """
    with output():
        for part in _together(lines):
            rest = memoryview(part)
            while rest:
                # With PYTHONUNBUFFERED, a signal that comes meanwhile cuts a write short.
                rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.flush()


def _together(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines in few parts, without a copy of a long one: it may have a hundred megabytes."""
    short: list[bytes] = []
    for line in lines:
        if len(line) <= BUFFER_BYTES:
            short.append(line)
            continue
        yield b"\n".join([*short, b""])
        yield line
        # The end of this line comes before the next one.
        short = [b""]
    yield b"\n".join([*short, b""])


def print_text(text: str) -> None:
    """Write a text that is no message, such as a catalog, to standard output.

    Raises:
        NoReaderError: Nobody reads it to its end.
        OutputError: It is closed, or takes no more.
    """
    with until_nobody_reads():
        write_lines([text.encode()])


@contextmanager
def until_nobody_reads() -> Iterator[None]:
    """Tell a reader that has seen enough, such as `head`, from a target that ended before its time.

    Raises:
        NoReaderError: Nobody reads what is written any more.
    """
    try:
        yield
    except BrokenPipeError as error:
        raise NoReaderError from error


def say(*lines: object) -> None:
    """Write lines for people to standard output, with nothing in them that may not be shown."""
    print_text("\n".join(map(printable, lines)))
