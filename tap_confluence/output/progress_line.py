"""What somebody sees who looks on while the tap runs."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tap_confluence.redaction import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger("tap-confluence")

SECONDS_BETWEEN_LOOKS = 0.5

LOG_CONFIG = "SINGER_SDK_LOG_CONFIG"
"""The variable of the environment that names a file with which the log is made to measure."""


def is_watched() -> bool:
    """Tell whether standard error is a terminal that shows the log as it is by default."""
    is_plain = logger.isEnabledFor(logging.INFO) and LOG_CONFIG not in os.environ
    return is_plain and sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def live_line(look: Callable[[], tuple[int, str]]) -> Iterator[None]:
    """Show below the log how far the run has come, on a terminal and if tqdm is installed.

    Args:
        look: Tells the rows written so far, and what else is to be said of the run. It is called
            in a thread of its own.
    """
    if not (is_watched() and find_spec("tqdm")):
        yield
        return
    from tqdm import tqdm  # noqa: PLC0415 - not for those who do not look on
    from tqdm.contrib.logging import logging_redirect_tqdm  # noqa: PLC0415

    with (
        logging_redirect_tqdm(),
        tqdm(bar_format="{n:,} rows in {elapsed}{postfix}", file=sys.stderr, leave=False) as line,
    ):
        is_over = threading.Event()

        def refresh() -> None:
            while not is_over.wait(SECONDS_BETWEEN_LOOKS):
                line.n, more = look()
                line.set_postfix_str(printable(more))

        thread = threading.Thread(target=refresh, name="live-line", daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()
