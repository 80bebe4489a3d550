"""What somebody sees who looks on while the tap runs."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tap_confluence.output.terminal import is_watched, suit_log_to_terminal
from tap_confluence.redaction import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Look = Callable[[], tuple[int, str]]

logger = logging.getLogger("tap-confluence")

SECONDS_BETWEEN_LOOKS = 0.5

SECONDS_BETWEEN_LINES = 60.0
"""How often the log tells how far the run has come, where no line is drawn below it."""


@contextmanager
def progress_shown(look: Look) -> Iterator[None]:
    """Show how far the run has come: below the log on a terminal, if tqdm is installed, else in it.

    Args:
        look: Tells the rows written so far, and what else is to be said of the run. It is called
            in a thread of its own.
    """
    if not (is_watched() and find_spec("tqdm")):
        with _repeated(lambda: _log(look), SECONDS_BETWEEN_LINES):
            yield
        return
    from tqdm import tqdm  # noqa: PLC0415 - not for those who do not look on
    from tqdm.contrib.logging import logging_redirect_tqdm  # noqa: PLC0415

    with (
        logging_redirect_tqdm(),
        tqdm(bar_format="{n:,} rows in {elapsed}{postfix}", file=sys.stderr, leave=False) as line,
    ):
        # What writes above the line has been put in the place of what wrote before.
        suit_log_to_terminal()

        def refresh() -> None:
            line.n, more = look()
            line.set_postfix_str(printable(more))

        with _repeated(refresh, SECONDS_BETWEEN_LOOKS):
            yield


def _log(look: Look) -> None:
    rows, more = look()
    logger.info("So far: %d rows, %s", rows, printable(more), extra={"rows_so_far": rows})


@contextmanager
def _repeated(call: Callable[[], None], seconds: float) -> Iterator[None]:
    """Do something again and again in a thread of its own."""
    is_over = threading.Event()

    def repeat() -> None:
        while not is_over.wait(seconds):
            call()

    thread = threading.Thread(target=repeat, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
