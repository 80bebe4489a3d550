"""Items that the site fails for, and when so many do that it is an outage."""

from __future__ import annotations

from tap_confluence.errors import GAVE_UP, RefusedError, RetriesExhaustedError

MOST_IN_A_ROW = 20
"""Items in a row that the site may fail for. Behind them, it is taken to fail for all others too,
each of which would take all retries to say so."""


class Failures:
    """Tells single items that the site fails for from a site that fails."""

    def __init__(self) -> None:
        self._last: RetriesExhaustedError | None = None
        self._in_a_row = 0
        self._gave_any = False

    def add(self, error: RetriesExhaustedError) -> RefusedError:
        """Take note of an item that the site fails for.

        Returns:
            The reason to leave it out.

        Raises:
            RetriesExhaustedError: The site has failed for too many in a row.
        """
        self._last = error
        self._in_a_row += 1
        if self._in_a_row >= MOST_IN_A_ROW:
            raise error
        return RefusedError(str(error), GAVE_UP)

    def end(self) -> None:
        """Take note of an item that the site answers for."""
        self._in_a_row = 0
        self._gave_any = True

    def check(self) -> None:
        """Raise the last failure, if the site has answered for no item at all.

        Raises:
            RetriesExhaustedError: There were failures, and nothing else.
        """
        if self._last is not None and not self._gave_any:
            raise self._last
