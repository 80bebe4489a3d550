"""The command line: how a run ends, well or badly."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from singer_sdk.plugin_base import SingerCommand
from typing_extensions import override

from tap_confluence.errors import ConfluenceError, NoReaderError, OutputError, StoppedError
from tap_confluence.output.terminal import suit_log_to_terminal
from tap_confluence.output.writer import output, until_nobody_reads
from tap_confluence.redaction import guard_log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import click
    from singer_sdk import Tap

T = TypeVar("T")

BESIDE = {
    "tap-confluence-check": "who is signed in, what may be read, the cost",
    "tap-confluence-completeness": "how many rows a complete table has, and why",
    "tap-confluence-survey": "in what the site differs from what is expected",
    "tap-confluence-shards": "a large site in shares to be read side by side",
    "tap-confluence-readers": "whether the site agrees who may read what",
}
"""The commands beside the tap, and what each tells."""

SIGNAL_EXIT = 128
"""Added to the number of a signal, this is the exit status of a process it has stopped."""


class TapCommand(SingerCommand):
    """Says in one line what went wrong and what to do about it, without a traceback."""

    @override
    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        suit_log_to_terminal()

        def make() -> click.Context:
            # What asks for help or the version is answered here.
            with until_nobody_reads(), output():
                return super(TapCommand, self).make_context(*args, **kwargs)

        return self._say(make)

    @override
    def invoke(self, ctx: click.Context) -> Any:
        return self._say(lambda: super(TapCommand, self).invoke(ctx))

    def _say(self, call: Callable[[], T]) -> T:
        guard_log()
        try:
            return call()
        except StoppedError as stopped:
            self.logger.warning("%s", stopped)
            sys.exit(SIGNAL_EXIT + stopped.signal_number)
        except NoReaderError:
            _give_up_output()
            sys.exit(0)
        except BrokenPipeError:
            _give_up_output()
            self._fail("The target closed the pipe before the end; its own log says why.")
        except OutputError as error:
            _give_up_output()
            self._fail(str(error))
        except ConfluenceError as error:
            self._fail(str(error))

    def _fail(self, message: str) -> NoReturn:
        self.logger.error("%s", message)
        sys.exit(1)


def _give_up_output() -> None:
    """Have nothing written at exit of what is still buffered: nobody would take it."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def told_of_beside() -> str:
    """Return what the help of the tap says of the commands beside it."""
    width = max(map(len, BESIDE))
    lines = [f"  {name.ljust(width)}  {purpose}" for name, purpose in BESIDE.items()]
    # The sign keeps click from filling the lines.
    return "\n".join(["\b", "Other commands, each with --help and the same --config:", *lines])


def run_beside(
    tap: type[Tap],
    name: str,
    callback: Callable[..., None],
    params: Sequence[str | click.Parameter],
    purpose: str,
) -> None:
    """Run another command, which takes settings as that of the tap does.

    Args:
        tap: Whose settings these are.
        name: The name of the command.
        callback: What it does.
        params: Its options; those that the tap has too, by name.
        purpose: What it is for.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    options = {option.name: option for option in tap.get_singer_command().params}
    command = TapCommand(
        name=name,
        callback=callback,
        params=[options[param] if isinstance(param, str) else param for param in params],
        help=purpose,
        logger=tap.logger,
    )
    command()
