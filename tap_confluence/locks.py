"""Which other runs of this user read the same streams of the same site, on this machine.

A target that follows ACTIVATE_VERSION deletes the rows that an older run has written. If that run
is still going, or was when this one began, these may be rows that this one has written as well, in
the same place: the table may end up empty. So each run holds a lock that it shares with others, and
knows of those that held it before.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from platformdirs import user_state_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

logger = logging.getLogger("tap-confluence")

GATE = "gate.lock"
"""The file that is locked while one run looks for others, which takes a moment."""

PATIENCE = 5.0
"""Seconds to wait at most for the gate."""


class StreamLocks:
    """The locks of a run, one a stream: held as a context, or until the process ends.

    Nothing waits for another run. Where no file can be written, no other run is known of.

    Attributes:
        met: The streams that another run was reading when this one began.
        version: When the locks were taken, in milliseconds since 1970. Of two runs that do not know
            of each other the later one has the higher number.

    Args:
        site: The root of the site.
        streams: The names of the streams that this run writes.
    """

    def __init__(self, site: str, streams: Iterable[str]) -> None:
        self.met: frozenset[str] = frozenset()
        self.version = _now()
        self._site = site
        self._streams = list(streams)
        self._files = ExitStack()

    def __enter__(self) -> Self:
        """Take the locks."""
        try:
            # It looks for a folder for temporary files, and a root that is read-only may have none.
            from portalocker import Lock, LockException  # noqa: PLC0415
        except OSError as error:
            logger.debug("Other runs cannot be seen, for nothing can be written: %s", error)
            return self
        try:
            folder = _folder()
            with Lock(folder / GATE, timeout=PATIENCE):
                self.met = frozenset(name for name in self._streams if self._take(folder, name))
                self.version = _now()
        except (OSError, LockException) as error:
            logger.debug("Other runs cannot be seen, for no lock can be taken: %s", error)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go of them."""
        self._files.close()

    def _take(self, folder: Path, stream: str) -> bool:
        """Take the lock of a stream, and tell whether another run has it."""
        import portalocker  # noqa: PLC0415 - see above
        from portalocker import AlreadyLocked, LockFlags  # noqa: PLC0415

        digest = hashlib.blake2b(self._site.encode(), digest_size=8).hexdigest()
        file = self._files.enter_context((folder / f"{stream}-{digest}.lock").open("ab"))
        try:
            portalocker.lock(file, LockFlags.EXCLUSIVE | LockFlags.NON_BLOCKING)
        except AlreadyLocked:
            is_met = True
        else:
            # The gate keeps others out until the lock is taken again.
            portalocker.unlock(file)
            is_met = False
        portalocker.lock(file, LockFlags.SHARED | LockFlags.NON_BLOCKING)
        return is_met


def _folder() -> Path:
    """Return where the locks of this user are.

    Raises:
        OSError: Nothing can be written there.
    """
    folder = user_state_path("tap-confluence") / "locks"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / GATE).touch()
    except OSError:
        folder = Path(tempfile.gettempdir()) / "tap-confluence-locks"
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _now() -> int:
    return int(time.time() * 1000)
