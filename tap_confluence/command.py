"""The command line: how a run ends, well or badly."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from singer_sdk.plugin_base import SingerCommand
from typing_extensions import override

from tap_confluence.errors import ConfluenceError, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

    import click

T = TypeVar("T")

SIGNAL_EXIT = 128
"""Added to the number of a signal, this is the exit status of a process it has stopped."""


class TapCommand(SingerCommand):
    """Says in one line what went wrong and what to do about it, without a traceback."""

    @override
    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        return self._say(lambda: super(TapCommand, self).make_context(*args, **kwargs))

    @override
    def invoke(self, ctx: click.Context) -> Any:
        return self._say(lambda: super(TapCommand, self).invoke(ctx))

    def _say(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except StoppedError as stopped:
            self.logger.warning("%s", stopped)
            sys.exit(SIGNAL_EXIT + stopped.signal_number)
        except BrokenPipeError:
            # What is still buffered has no reader: do not try again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self._fail("The target closed the pipe before the end; its own log says why.")
        except ConfluenceError as error:
            self._fail(str(error))

    def _fail(self, message: str) -> NoReturn:
        self.logger.error("%s", message)
        sys.exit(1)
