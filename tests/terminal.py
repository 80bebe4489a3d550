"""A terminal for commands that look whether they have one."""

from __future__ import annotations

import os
import termios
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tests.forked import Forked
from tests.running import Run, command

if TYPE_CHECKING:
    from tests.running import Json

SOON = 60.0
"""Seconds after which a command that should have shown something has not."""


class Terminal:
    """A terminal on which a command reports, with what it has shown so far."""

    def __init__(self) -> None:
        self.text = ""
        self.changed = threading.Condition()
        self._ours, self.end = os.openpty()
        termios.tcsetwinsize(self.end, (40, 200))
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def lines(self) -> list[str]:
        """What is left to see of each line that ended, after all that was written over it."""
        return [line.rstrip("\r").rpartition("\r")[2] for line in self.text.split("\n")[:-1]]

    def wait_for(self, shown: str) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: shown in self.text, SOON)

    def close(self) -> None:
        os.close(self.end)
        self._reader.join(SOON)
        os.close(self._ours)

    def _read(self) -> None:
        while True:
            try:
                read = os.read(self._ours, 4096)
            except OSError:
                # Nobody has the other end any more.
                return
            with self.changed:
                self.text += read.decode()
                self.changed.notify_all()


def watch(folder: Path, config: Json, catalog: Json, terminal: Terminal, **more: str) -> Run:
    """Run a command whose standard error is a terminal, and its standard output a file."""
    stdout = folder / "stdout"
    _python, _module, _name, *options = command(folder, config=config, catalog=catalog)
    status = Forked(
        options, stdout=stdout, stderr=Path(os.ttyname(terminal.end)), environment=more
    ).wait(SOON)
    terminal.close()
    return Run(stdout.read_text(), terminal.text, status)
