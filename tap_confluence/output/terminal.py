"""The log on a terminal: what people want to see who look on, in lines that fit."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.sdk import is_for_machines

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger("tap-confluence")

LOG_CONFIG = "SINGER_SDK_LOG_CONFIG"
"""The variable of the environment that names a file with which the log is made to measure."""


def is_watched() -> bool:
    """Tell whether standard error is a terminal that shows the log as it is by default."""
    is_plain = logger.isEnabledFor(logging.INFO) and LOG_CONFIG not in os.environ
    return is_plain and sys.stderr is not None and sys.stderr.isatty()


class TerminalFormatter(logging.Formatter):
    """Writes when something happened, what, and how bad it is if it is bad."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")

    @override
    def formatMessage(self, record: logging.LogRecord) -> str:
        if record.levelno >= logging.WARNING:
            record.message = f"{record.levelname}: {record.message}"
        return super().formatMessage(record)


def suit_log_to_terminal() -> None:
    """Have the log leave out what is there for machines, unless somebody wants to see all of it."""
    if not is_watched() or logger.isEnabledFor(logging.DEBUG):
        return
    for handler in _handlers():
        handler.setFormatter(TerminalFormatter())
        handler.addFilter(_is_for_people)


def _is_for_people(record: logging.LogRecord) -> bool:
    return not is_for_machines(record)


def _handlers() -> Iterator[logging.Handler]:
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream is sys.stderr:
            yield handler
