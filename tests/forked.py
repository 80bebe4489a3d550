"""Commands in processes that are forked from one that has imported them, which starts no Python.

They take their arguments, their environment and their streams as other commands do, and end with a
status. To start Python and import the tap takes longer than most of the runs of the tests.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tap_confluence.__main__ import main
from tests.running import LONGEST_RUN, Run, clean_environment, command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from signal import Signals

    from tests.running import Json

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["tests.forked", "tap_confluence.cli.check"])


class Forked:
    """A command that runs.

    Args:
        arguments: The arguments, without the name of the program.
        stdout: The file for its standard output, or the device.
        stderr: That for its standard error.
        environment: More variables of the environment.
        program: What runs.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        stdout: Path,
        stderr: Path,
        environment: Mapping[str, str] | None = None,
        program: Callable[[], object] = main,
    ) -> None:
        whole = clean_environment(environment)
        streams = {1: stdout, 2: stderr}
        self._process = _server.Process(target=_run, args=(program, arguments, streams, whole))
        self._process.start()

    def send_signal(self, number: Signals) -> None:
        """Send a signal, if it has not ended."""
        assert self._process.pid is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, number)

    def wait(self, timeout: float) -> int:
        """Return its exit status, which is negative where a signal has ended it.

        Raises:
            TimeoutError: It has not ended after these seconds; now it has.
        """
        self._process.join(timeout)
        status = self._process.exitcode
        if status is None:
            self._process.kill()
            message = f"the command has not ended after {timeout} seconds"
            raise TimeoutError(message)
        return status


def _run(
    program: Callable[[], object],
    arguments: Sequence[str],
    streams: Mapping[int, Path],
    environment: Mapping[str, str],
) -> None:
    for number, path in streams.items():
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOCTTY, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    sys.argv = ["tap-confluence", *arguments]
    os.environ.clear()
    os.environ.update(environment)
    program()


def run_forked(
    config: Mapping[str, object] | None,
    *arguments: str,
    state: Json | None = None,
    catalog: Json | None = None,
    environment: Mapping[str, str] | None = None,
    program: Callable[[], object] = main,
) -> Run:
    """Run a command to its end, as `tests.running.run_command` does with a new Python.

    Args:
        config: The settings, if there are to be any.
        arguments: More arguments of the command.
        state: The state of an earlier run.
        catalog: The catalog.
        environment: More variables of the environment.
        program: What runs.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = {"config": config, "state": state, "catalog": catalog}
        files = {name: value for name, value in given.items() if value is not None}
        stdout, stderr = folder / "stdout", folder / "stderr"
        _python, _module, _name, *options = command(folder, **files)
        status = Forked(
            [*options, *arguments],
            stdout=stdout,
            stderr=stderr,
            environment=environment,
            program=program,
        ).wait(LONGEST_RUN)
        return Run(stdout.read_text(), stderr.read_text(), status)
