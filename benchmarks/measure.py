"""Runs a process and says what it has cost."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOOKS_EVERY = 0.02
"""Seconds between two looks at the memory of a process."""

NOT_AS_USERS_RUN = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPATH"})
"""Variables of this process that would slow down or change what is measured."""

LONGEST_RUN = 10_800.0
"""Seconds after which a process counts as stuck."""


class RunError(Exception):
    """A process has failed, so that there is nothing to compare."""


@dataclass(frozen=True)
class Command:
    """A process to run.

    Attributes:
        arguments: The program and its arguments.
        folder: Where it runs and leaves `log.txt`.
        environment: Variables on top of those of this process.
        output: Where its standard output goes; None throws it away.
    """

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    output: Path | None


@dataclass(frozen=True)
class Cost:
    """What a process has cost.

    Attributes:
        wall: Seconds from its start to its end.
        cpu: Seconds of user and system time, its child processes included.
        peak_mb: The most memory it had resident, in megabytes of 10^6 bytes.
        open_files: The most files and connections that it was seen to have open at once.
        began: When it was started, by the monotonic clock of the machine.
    """

    wall: float
    cpu: float
    peak_mb: float
    open_files: int
    began: float


def run(command: Command) -> Cost:
    """Run a process to its end. Needs Linux.

    Raises:
        RunError: It ended badly; the message has the end of its log.
    """
    log = command.folder / "log.txt"
    inherited = {k: v for k, v in os.environ.items() if k not in NOT_AS_USERS_RUN}
    with ExitStack() as files:
        output = files.enter_context((command.output or Path(os.devnull)).open("wb"))
        errors = files.enter_context(log.open("wb"))
        began = time.monotonic()
        process = subprocess.Popen(
            command.arguments,
            cwd=command.folder,
            env={**inherited, **command.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
        watch = Watch(process.pid)
        watch.start()
        guard = threading.Timer(LONGEST_RUN, process.kill)
        guard.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            guard.cancel()
        ended = time.monotonic()
        watch.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        tail = log.read_text(errors="replace")[-2000:]
        message = f"{command.arguments[0]} ended with {process.returncode}:\n{tail}"
        raise RunError(message)
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(ended - began, cpu, watch.peak_kb * 1024 / 1e6, watch.open_files, began)


class Watch(threading.Thread):
    """Follows what a process holds until it is gone: its memory, and what it has open.

    Of its resident memory that is the high-water mark. `ru_maxrss` will not do: it may be that of
    the process that forked, this one.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(name="watch", daemon=True)
        self.peak_kb = 0
        self.open_files = 0
        self._process = Path(f"/proc/{pid}")

    def run(self) -> None:
        """Look again and again."""
        while True:
            try:
                lines = (self._process / "status").read_text().splitlines()
                open_files = sum(1 for _ in (self._process / "fd").iterdir())
            except OSError:
                return
            mark = next((line for line in lines if line.startswith("VmHWM:")), None)
            if mark is None:
                return
            self.peak_kb = max(self.peak_kb, int(mark.split()[1]))
            self.open_files = max(self.open_files, open_files)
            time.sleep(LOOKS_EVERY)
