"""What ends every wait of a run."""

from __future__ import annotations

import threading

from tap_confluence.errors import StoppedError


class StopFlag:
    """Set by a signal, looked at wherever the run waits."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._signal_number = 0

    def set(self, signal_number: int) -> None:
        """Ask the run to stop."""
        self._signal_number = signal_number
        self._event.set()

    def sleep(self, seconds: float) -> None:
        """Wait, or raise as soon as the run is asked to stop.

        Raises:
            StoppedError: The run was asked to stop.
        """
        self._event.wait(seconds)
        self.check()

    def check(self) -> None:
        """Do nothing, or raise when the run was asked to stop.

        Raises:
            StoppedError: The run was asked to stop.
        """
        if self._event.is_set():
            raise StoppedError(self._signal_number)
