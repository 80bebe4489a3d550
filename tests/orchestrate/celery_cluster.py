"""Airflow on several machines: CeleryExecutor, and workers that share no folder with each other."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Self

import pytest

from tests.orchestrate.airflow import DAG, DAGS, POLL, Airflow, end_of_log, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

TASKS_AT_ONCE = 2
"""How many tasks a worker runs beside each other."""

HEARTBEAT_TIMEOUT = 30
"""Seconds without a sign of life after which a task counts as dead."""

VISIBILITY_TIMEOUT = 45
"""Seconds after which Redis gives a task to another worker that the first one has not finished:
less than a shard takes, so that this comes up."""

LONGEST_GOODBYE = 30.0
"""Seconds in which a worker that is told to stop does."""


@contextlib.contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """Run Debian's Redis, which keeps nothing, until the context is left.

    Args:
        folder: A folder for its log.

    Yields:
        Its address.
    """
    command = shutil.which("redis-server")
    if not command:
        pytest.skip("There is no redis-server; on Debian `apt-get install redis-server` has it")
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with (
        (folder / "redis.log").open("wb") as log,
        subprocess.Popen([command, *options], cwd=folder, stdout=log, stderr=log) as process,  # noqa: S603
    ):
        try:
            while not _answers(port):
                assert process.poll() is None, (folder / "redis.log").read_text()
                time.sleep(POLL)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port)) as to:
        to.sendall(b"PING\r\n")
        return to.recv(16).startswith(b"+PONG")
    return False


class Worker:
    """A machine: one worker of Celery, with what it needs in a folder of its own.

    Args:
        name: The name of the machine.
        home: The folder, in which the Meltano project is `project`.
        environment: What its tasks find in their environment.
    """

    def __init__(self, name: str, home: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.home = home
        self._airflow = home / "airflow"
        self._environment = {
            **environment,
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "TMPDIR": str(home / "tmp"),
            "MELTANO_PROJECT_ROOT": str(home / "project"),
            "AIRFLOW_HOME": str(self._airflow),
            "AIRFLOW__CORE__DAGS_FOLDER": str(home / "project" / DAGS.relative_to(DAGS.parents[1])),
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: str, settings: Mapping[str, str]) -> None:
        """Start it.

        Args:
            command: The command `airflow`.
            settings: The settings of Airflow that all machines have.
        """
        for folder in (self._airflow, self.home / "tmp"):
            folder.mkdir()
        arguments = ["celery", "worker", "--celery-hostname", f"{self.name}@%h"]
        arguments += ["--concurrency", str(TASKS_AT_ONCE)]
        with (self._airflow / "worker.log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                [command, *arguments],
                env={**self._environment, **settings},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def has_ended(self) -> bool:
        """Whether its worker was started, and runs no more."""
        return self._process is not None and self._process.poll() is not None

    def commands(self) -> list[str]:
        """Return the command lines of all that runs on it."""
        family = self._family()
        return [arguments for pid, _, arguments in _processes() if pid in family]

    def crash(self) -> None:
        """End all that runs on it, which can do nothing about it, and lose its disk."""
        assert self._process is not None
        stopped: set[int] = set()
        # Who is stopped starts nothing more.
        while new := self._family() - stopped:
            for pid in new:
                _send(pid, signal.SIGSTOP)
            stopped |= new
        for pid in stopped:
            _send(pid, signal.SIGKILL)
        self._process.wait()
        shutil.rmtree(self.home)

    def stop(self) -> None:
        """End it, and what it has started."""
        if self._process is None or self.has_ended:
            return
        family = self._family()
        self._process.terminate()
        try:
            self._process.wait(timeout=LONGEST_GOODBYE)
        except subprocess.TimeoutExpired:
            for pid in family:
                _send(pid, signal.SIGKILL)
            self._process.wait()

    def tries(self, run_id: str, task: str, number: str = "*") -> int:
        """Count the tries of tasks in a run that were made on it.

        Args:
            run_id: The run.
            task: A pattern for the names of the tasks.
            number: A pattern for which tries to count.
        """
        folder = self._airflow / "logs" / f"dag_id={DAG}" / f"run_id={run_id}"
        return len(list(folder.glob(f"task_id={task}/**/attempt={number}.log")))

    def log(self) -> str:
        """Return the ends of its logs."""
        files = sorted(self._airflow.rglob("*.log"))
        return "\n".join(map(end_of_log, files))

    def _family(self) -> set[int]:
        """Return the ids of its worker and all processes that come of it."""
        assert self._process is not None
        parents = {pid: parent for pid, parent, _ in _processes()}
        family = {self._process.pid}
        while children := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= children
        return family


class Cluster(Airflow):
    """Airflow with workers of Celery, from entering the context until leaving it.

    Args:
        command: The command `airflow`.
        home: A folder for its settings and logs.
        environment: What is not for tasks only.
        workers: The workers.
        broker: The address of Redis.
        database: That of Airflow, in which Celery keeps what became of tasks.
    """

    def __init__(  # noqa: PLR0913 - each is a part of it
        self,
        command: str,
        home: Path,
        environment: Mapping[str, str],
        workers: Sequence[Worker],
        *,
        broker: str,
        database: str,
    ) -> None:
        of_all = {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": broker,
            "AIRFLOW__CELERY__RESULT_BACKEND": database.replace("://", "+psycopg2://", 1).replace(
                "postgresql", "db+postgresql", 1
            ),
            "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": str(VISIBILITY_TIMEOUT),
        }
        super().__init__(
            command,
            home,
            environment,
            {
                **of_all,
                "AIRFLOW__CORE__PARALLELISM": str(TASKS_AT_ONCE * len(workers)),
                "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database.replace("://", "+psycopg2://", 1),
                "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": str(HEARTBEAT_TIMEOUT),
                "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
            },
        )
        self.workers = list(workers)
        self._of_workers = {
            **of_all,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self._url}/execution/",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        }

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            for worker in self.workers:
                worker.start(self._command, self._of_workers)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End all workers and processes, and what they have started."""
        for worker in self.workers:
            worker.stop()
        super().stop()

    def crash(self, worker: Worker) -> None:
        """Lose a worker for good."""
        self.workers.remove(worker)
        worker.crash()

    def log(self) -> str:
        """Return the ends of all logs."""
        return "\n".join([super().log(), *(worker.log() for worker in self.workers)])

    def _check_alive(self) -> None:
        super()._check_alive()
        assert not any(worker.has_ended for worker in self.workers), self.log()


def _processes() -> list[tuple[int, int, str]]:
    """Return the id, the parent's id and the command line of each process that runs."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,args="],  # noqa: S607 - it lies elsewhere on each system
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = (line.split(maxsplit=2) for line in listed.stdout.splitlines())
    return [(int(pid), int(parent), " ".join(rest)) for pid, parent, *rest in lines]


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
