"""Somebody who has a fresh copy of this project, and does what its documents say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.integration.plugins import environment
from tests.newcomer.documents import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.newcomer.documents import Block
    from tests.newcomer.internet import Internet

LONGEST = 600.0
"""Seconds after which a command hangs, and its test fails; the first one installs everything."""

LINKS = {
    "meltano": ".venv-meltano/bin/meltano",
    "pip": ".venv-tap/bin/pip",
    "tap-confluence": ".venv-tap/bin/tap-confluence",
    "tap-confluence-check": ".venv/bin/tap-confluence-check",
    "tap-confluence-completeness": ".venv/bin/tap-confluence-completeness",
    "tap-confluence-shards": ".venv/bin/tap-confluence-shards",
    "uv": ".venv/bin/uv",
}
"""What the commands stand for that the documents name without a folder."""

CRON = re.compile(r"^(?:[\d*/,-]+ ){5}(?P<command>.+)$")

MAKES_THE_DATABASE = "create user "
OF_THE_ADMINISTRATOR = "create extension "
"""How SQL begins that the administrator of the database runs."""

SIGN_IN = ("_DOMAIN=", "_BASE_URL=", "_EMAIL=", "_API_TOKEN=")


def copy_project(folder: Path) -> None:
    """Copy what git knows of this project into a folder."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=PROJECT, capture_output=True, check=True)  # noqa: S603
    for name in filter(None, done.stdout.decode().split("\0")):
        copied = folder / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / name, copied)


@dataclass(frozen=True)
class Newcomer:
    """A folder with a copy of this project in it, and the internet as seen from there.

    Attributes:
        folder: The copy. Nothing is installed in it before the first command.
        internet: What can be reached.
        psql: The command-line client of the PostgreSQL.
    """

    folder: Path
    internet: Internet
    psql: Path

    @classmethod
    def with_a_copy(cls, folder: Path, internet: Internet, psql: Path) -> Newcomer:
        """Copy what git knows of this project."""
        copy_project(folder)
        bin_ = folder / "bin"
        bin_.mkdir()
        for name, command in LINKS.items():
            (bin_ / name).symlink_to(folder / command)
        (bin_ / "psql").symlink_to(psql)
        (folder / ".venv-search").symlink_to(folder / ".venv")
        return cls(folder, internet, psql)

    @property
    def stand_ins(self) -> dict[str, str]:
        """What there is in place of what the documents name, and only their readers have."""
        cloud, data_center = self.internet.cloud, self.internet.data_center
        port = str(self.internet.postgres_port)
        return {
            "tap@your-company.com": cloud.email,
            "you@example.com": cloud.email,
            "git+https://github.com/tap-confluence/tap-confluence.git": str(self.folder),
            "the token": cloud.api_token,
            "http://proxy.example.com:3128": self.internet.proxy,
            "/etc/ssl/certs/ca-certificates.crt": str(self.internet.ca_bundle),
            "/srv/tap-confluence": str(self.folder),
            "/var/lib/tap-confluence": str(self.folder / "output"),
            "CLIENT_ID=...": f"CLIENT_ID={cloud.client_id}",
            "CLIENT_SECRET=...": f"CLIENT_SECRET={cloud.client_secret}",
            "REFRESH_TOKEN=...": f"REFRESH_TOKEN={cloud.refresh_token}",
            "ACCESS_TOKEN=...": f"ACCESS_TOKEN={data_center.personal_access_token}",
            '"personal_access_token": "..."': (
                f'"personal_access_token": "{data_center.personal_access_token}"'
            ),
            '"api_token": "..."': f'"api_token": "{cloud.api_token}"',
            # What of `.secrets.example` is empty or a comment.
            "TAP_CONFLUENCE_API_TOKEN=\n": f"TAP_CONFLUENCE_API_TOKEN={cloud.api_token}\n",
            "#TARGET_POSTGRES_HOST=localhost": "TARGET_POSTGRES_HOST=127.0.0.1",
            "#TARGET_POSTGRES_PORT=5432": f"TARGET_POSTGRES_PORT={port}",
            "#TARGET_POSTGRES_USER=": "TARGET_POSTGRES_USER=",
            "#TARGET_POSTGRES_PASSWORD=": "TARGET_POSTGRES_PASSWORD='choose one'",
            "#TARGET_POSTGRES_DATABASE=": "TARGET_POSTGRES_DATABASE=",
        }

    @property
    def database_url(self) -> str:
        """The database that the documents tell to make, as they tell to reach it."""
        return self._url("confluence", "warehouse")

    def follow(self, block: Block) -> str:
        """Do what a block of a document says, and return what was seen of it."""
        seen = ""
        match block.language:
            case "sh":
                seen = self.type(block.text)
            case "crontab":
                seen = "".join(self.run_as_cron(line) for line in block.lines)
            case "sql":
                seen = self.query(block.text)
            case "yaml":
                seen = self.add_to_meltano(block)
            case "json":
                self.write(block)
            case "dotenv":
                seen = self.sign_in_with(block.text)
        return seen

    def type(self, command: str, **more: str) -> str:
        """Type a command into a shell, and return what it wrote."""
        if "config.json" in command:
            # A file of settings has no place for it, unlike `.env`.
            more["HTTPS_PROXY"] = self.internet.proxy
        if ".venv-search" in command:
            more["PYTHONPATH"] = str(self.folder / "tests" / "newcomer" / "hub")
        # What uv installs as a tool would else be there for everybody.
        tools = self.folder / ".tools"
        more |= {"UV_TOOL_DIR": str(tools), "UV_TOOL_BIN_DIR": str(tools / "bin")}
        known = environment({"DATABASE_URL": self.database_url, **more})
        known["PATH"] = f"{self.folder / 'bin'}:{known['PATH']}"
        return self._run(
            ["bash", "-e", "-o", "pipefail", "-c", self._with_stand_ins(command)], known
        )

    def run_as_cron(self, line: str) -> str:
        """Run a line of a crontab at once, with as little of an environment as cron gives it."""
        entry = CRON.match(line)
        assert entry is not None, line
        command = self._with_stand_ins(entry["command"])
        bare = {"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
        return self._run(["/bin/sh", "-c", command], bare)

    def query(self, statements: str) -> str:
        """Have psql run SQL, as the administrator what only that may do."""
        if statements.startswith(MAKES_THE_DATABASE):
            # Was done before the first load, although it is told later.
            return ""
        if statements.startswith(OF_THE_ADMINISTRATOR):
            return self._query(statements, "postgres", "warehouse")
        return self._query(statements, "confluence", "warehouse")

    def _query(self, statements: str, user: str, database: str = "postgres") -> str:
        url = self._url(user, database)
        return self._run([str(self.psql), url, "-v", "ON_ERROR_STOP=1"], {}, statements)

    def _url(self, user: str, database: str) -> str:
        return f"postgresql://{user}@127.0.0.1:{self.internet.postgres_port}/{database}"

    def add_to_meltano(self, block: Block) -> str:
        """Write what a block says into `meltano.yml`, and run what it says nothing else of.

        Entries, and jobs and schedules, come with commands that run them. The lines of an entry
        make one of their own here.
        """
        text = block.text
        if text.startswith("- name: "):
            self._add_entries(text)
        elif text.startswith("jobs:"):
            file = self.folder / "meltano.yml"
            file.write_text(file.read_text() + "\n" + text)
        else:
            name = f"tap-confluence--line-{block.line}"
            lines = text if text.startswith("select:") else "config:\n" + indent(text, "  ")
            entry = f"name: {name}\ninherit_from: tap-confluence\n{lines}"
            self._add_entries("- " + indent(entry, "  ").removeprefix("  "))
            return self.type(f"meltano --environment=site run {name} target-jsonl")
        return ""

    def _add_entries(self, text: str) -> None:
        file = self.folder / "meltano.yml"
        before, heading, after = file.read_text().partition("  extractors:\n")
        assert heading
        file.write_text(before + heading + indent(text, "  ") + after)
        for installed in (self.folder / ".meltano").glob("*.ready"):
            # An entry that inherits brings nothing to install.
            installed.touch()

    def write(self, block: Block) -> None:
        """Write settings into the file that a document names."""
        settings = json.loads(self._with_stand_ins(block.text))
        if block.file == "config.json":
            settings["ca_bundle"] = str(self.internet.ca_bundle)
        (self.folder / block.file).write_text(json.dumps(settings))

    def settle(self, sql: Iterable[Block]) -> None:
        """Install loaders and dbt, fill in `.env`, and make the database, if that is not done yet.

        Meltano installs through the proxy of `.env`, beyond which there is no package index here.

        Args:
            sql: The SQL of the documents, among it what makes the database.
        """
        if (self.folder / ".env").exists():
            return
        plugins = ("target-jsonl", "target-postgres", "dbt-postgres")
        self.type(f"make {' '.join(f'.meltano/{name}.ready' for name in plugins)}")
        self.type("python3 -m venv .venv-tap")
        self.fill_in()
        for block in sql:
            if block.text.startswith(MAKES_THE_DATABASE):
                self._query(block.text, "postgres")

    def fill_in(self) -> None:
        """Copy `.secrets.example` to `.env` and fill it in."""
        self._write_env((self.folder / ".secrets.example").read_text())

    def sign_in_with(self, lines: str) -> str:
        """Put lines into `.env` in place of others, check whether they work, and put these back."""
        default = (self.folder / ".secrets.example").read_text().splitlines()
        kept = [
            line for line in default if line.startswith("TAP_") and any(s in line for s in SIGN_IN)
        ]
        if "BASE_URL" in lines or "DOMAIN" in lines:
            kept = []
        elif "OAUTH" in lines:
            kept = [line for line in kept if "DOMAIN" in line]
        self._write_env("\n".join([*kept, lines]))
        try:
            return self.type(".venv/bin/tap-confluence-check --config=ENV")
        finally:
            self.fill_in()

    def _write_env(self, lines: str) -> None:
        through = [
            f"HTTPS_PROXY={self.internet.proxy}",
            f"TAP_CONFLUENCE_CA_BUNDLE={self.internet.ca_bundle}",
        ]
        text = "\n".join([self._with_stand_ins(lines), *through, ""])
        (self.folder / ".env").write_text(text)

    def _with_stand_ins(self, text: str) -> str:
        for written, there in self.stand_ins.items():
            text = text.replace(written, there)
        return text

    def _run(self, command: list[str], known: dict[str, str], typed: str = "") -> str:
        done = subprocess.run(  # noqa: S603 - the commands are those of our documents
            command,
            check=False,
            cwd=self.folder,
            env=known,
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
        )
        assert done.returncode == 0, f"{command[-1]}\n{done.stdout[-4000:]}"
        return done.stdout


def socket_of(url: str) -> Path:
    """Return the socket that is in the URL of a PostgreSQL."""
    [folder] = parse_qs(urlsplit(url).query)["host"]
    return Path(folder) / ".s.PGSQL.5432"
