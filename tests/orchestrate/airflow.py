"""A real Airflow: its scheduler, DAG processor and API server, as processes of the tests."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import requests

from tests.integration.plugins import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

DAG = "confluence"
DAGS = PROJECT / "orchestrate" / "airflow"
SERVICES = (("api-server",), ("scheduler", "--skip-serve-logs"), ("dag-processor",))
LONGEST_WAIT = 600.0
"""Seconds after which what is waited for will not come, and its test fails."""

POLL = 0.2
"""Seconds between two looks at Airflow, which calls nobody back."""

RETRY_SOON = """
from datetime import timedelta

def task_policy(task):
    task.retry_delay = timedelta(seconds=1)
"""
"""A cluster policy, by which Airflow lets whoever runs it overrule what DAGs say."""


@dataclass(frozen=True)
class Instance:
    """One run of a task, for one shard if it has shards.

    Attributes:
        task: The name of the task.
        name: That of the shard; None where there are none.
        state: What became of it: `success`, `running`, `up_for_retry`, `failed` ...
        tries: How often it was started.
        began: When it was started last, as ISO 8601; None before.
        ended: When it ended, as ISO 8601; None before.
        environment: The variables that its command was given.
    """

    task: str
    name: str | None
    state: str | None
    tries: int
    began: str | None
    ended: str | None
    environment: dict[str, str]

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Read one from what the API tells."""
        rendered = row.get("rendered_fields") or {}
        return cls(
            row["task_id"],
            row["rendered_map_index"],
            row["state"],
            row["try_number"],
            row["start_date"],
            row["end_date"],
            rendered.get("env") or {},
        )


class Airflow:
    """Airflow with the DAGs of this project, from entering the context until leaving it.

    Args:
        command: The command `airflow`.
        home: A folder for its database, its settings and its logs.
        environment: What its tasks find in their environment.
        settings: Settings of Airflow, by the names of their variables, in place of those that
            are good for one machine.
    """

    def __init__(
        self,
        command: str,
        home: Path,
        environment: Mapping[str, str],
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._command = command
        self._home = home
        port = free_port()
        self._url = f"http://127.0.0.1:{port}"
        self._environment = {
            **environment,
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
            "AIRFLOW__API__BASE_URL": self._url,
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self._url}/execution/",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
            **(settings or {}),
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        self._logs = contextlib.ExitStack()

    def __enter__(self) -> Self:
        (self._home / "config").mkdir()
        (self._home / "config" / "airflow_local_settings.py").write_text(RETRY_SOON)
        self._run("db", "migrate")
        try:
            for service in SERVICES:
                self._start(*service)
            self._wait(self._knows_dag, "Airflow has not read the DAG")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End its processes, and what they have started."""
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._logs.close()

    def set_variable(self, key: str, value: str) -> None:
        """Set a variable that there is not yet."""
        self._call("POST", "/variables", {"key": key, "value": value})

    def change_variable(self, key: str, value: str) -> None:
        """Set a variable that there is to something else."""
        self._call("PATCH", f"/variables/{key}", {"key": key, "value": value})

    def variable(self, key: str) -> str:
        """Return what a variable is set to."""
        value: str = self._call("GET", f"/variables/{key}")["value"]
        return value

    def schedule(self) -> str:
        """Let Airflow run the DAG by its schedule, and return the id of the run that is due."""
        self._call("PATCH", f"/dags/{DAG}", {"is_paused": False})
        self._wait(lambda: bool(self._runs()), "The DAG is not run")
        return str(self._runs()[0]["dag_run_id"])

    def trigger(self) -> str:
        """Start one more run of the DAG, and return its id."""
        run = self._call("POST", f"/dags/{DAG}/dagRuns", {"logical_date": None})
        return str(run["dag_run_id"])

    def finish(self, run_id: str) -> None:
        """Wait until a run of the DAG has come to its end, which is a good one."""
        self.watch(run_id, lambda: self._run_state(run_id) == "success", f"{run_id} does not end")

    def watch(self, run_id: str, come: Callable[[], bool], otherwise: str) -> None:
        """Wait for something that comes of a run of the DAG.

        Args:
            run_id: The run, which must not fail.
            come: Tells whether it has come.
            otherwise: What to say if it does not.
        """

        def come_without_failure() -> bool:
            assert self._run_state(run_id) != "failed", self.log()
            return come()

        self._wait(come_without_failure, otherwise)

    def instances(self, run_id: str, task: str) -> list[Instance]:
        """Return how a task is doing in a run, once for each shard if it has shards."""
        found = self._call("GET", f"/dags/{DAG}/dagRuns/{run_id}/taskInstances?limit=100")
        rows = (row for row in found["task_instances"] if row["task_id"] == task)
        return [Instance.of(row) for row in rows]

    def log(self) -> str:
        """Return the ends of all logs."""
        files = sorted((self._home / "logs").rglob("*.log")) + sorted(self._home.glob("*.log"))
        return "\n".join(map(end_of_log, files))

    def _wait(self, come: Callable[[], bool], otherwise: str) -> None:
        ends = time.monotonic() + LONGEST_WAIT
        while not come():
            assert time.monotonic() < ends, f"{otherwise}\n{self.log()}"
            self._check_alive()
            time.sleep(POLL)

    def _check_alive(self) -> None:
        for process in self._processes:
            assert process.poll() is None, self.log()

    def _knows_dag(self) -> bool:
        try:
            return bool(self._call("GET", f"/dags?dag_id_pattern={DAG}")["dags"])
        except requests.ConnectionError:
            return False

    def _runs(self) -> list[dict[str, Any]]:
        runs: list[dict[str, Any]] = self._call("GET", f"/dags/{DAG}/dagRuns")["dag_runs"]
        return runs

    def _run_state(self, run_id: str) -> str:
        return str(self._call("GET", f"/dags/{DAG}/dagRuns/{run_id}")["state"])

    def _call(self, method: str, path: str, sent: dict[str, Any] | None = None) -> Any:
        answer = self._session.request(method, f"{self._url}/api/v2{path}", json=sent, timeout=60)
        answer.raise_for_status()
        return answer.json()

    @cached_property
    def _session(self) -> requests.Session:
        token = requests.get(f"{self._url}/auth/token", timeout=60).json()["access_token"]
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {token}"
        return session

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 - the command is ours
            [self._command, *arguments],
            check=False,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST_WAIT,
        )
        assert done.returncode == 0, done.stdout.decode()[-4000:]

    def _start(self, *arguments: str) -> None:
        log = self._logs.enter_context((self._home / f"{arguments[0]}.log").open("wb"))
        self._processes.append(
            subprocess.Popen(  # noqa: S603 - the command is ours
                [self._command, *arguments],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        )


def end_of_log(file: Path) -> str:
    """Return how a log ends, and of that of a task only the messages."""
    lines = file.read_text().splitlines()
    messages = (
        json.loads(line)["event"] if line[:1] + line[-1:] == "{}" else line for line in lines
    )
    return f"== {file}\n" + "\n".join(messages)[-3000:]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
