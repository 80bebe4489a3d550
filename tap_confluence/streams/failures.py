"""Items that the site fails for, and when so many do that it is an outage."""

from __future__ import annotations

from tap_confluence.errors import FailedItemError, RetriesExhaustedError

MOST_IN_A_ROW = 20
"""Items in a row that the site may fail for. Behind them, it is taken to fail for all others too,
each of which would take all retries to say so."""

MOST_LISTED = 100
"""Items that the state lists as failed at most, those of all streams together."""

ONE_IN = 20
"""At most one item in so many may be one that the site fails for alone."""

FEW = 5
"""So many items may be, however few were asked for: one of three is no outage."""


class Failures:
    """Tells single items that the site fails for from a site that fails."""

    def __init__(self) -> None:
        self._last: RetriesExhaustedError | None = None
        self._in_a_row = 0
        self._gave_any = False

    def add(self, error: RetriesExhaustedError) -> FailedItemError:
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
        return FailedItemError(error)

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


class ShareOfFailures:
    """How many of the items that were asked for the site fails for.

    Attributes:
        asked: Items that were asked for, be it in a list or by their ids.
        failed: Those of them that the site failed for.
    """

    def __init__(self) -> None:
        self.asked = 0
        self.failed = 0

    @property
    def is_small(self) -> bool:
        """Whether so few have failed that they stand alone, whatever follows."""
        return self.failed * ONE_IN <= self.asked

    @property
    def is_outage(self) -> bool:
        """Whether too many have failed, if nothing follows."""
        return self.failed > FEW and not self.is_small


def outage(name: str, what: str, error: FailedItemError) -> RetriesExhaustedError:
    """Say that a site fails for too much to go on without it.

    Args:
        name: The stream that is being read.
        what: What has failed, in words.
        error: How the last of it has failed.
    """
    found = RetriesExhaustedError(f"The site fails for {what} of '{name}'. {error.error}")
    found.__cause__ = error.error.__cause__
    return found
