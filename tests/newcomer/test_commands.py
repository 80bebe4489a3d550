"""A newcomer's path: each command of the documents is executed as it is written.

Starts with a fresh copy of this project, into which `make demo` installs everything, and goes
through the documents from top to bottom: `.env`, `config.json` and `meltano.yml` are filled with
what they show, and what they have one type is typed. `make recipes` runs this.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.newcomer.documents import DOCUMENTS, blocks_of, without_language
from tests.newcomer.internet import Internet
from tests.newcomer.newcomer import Newcomer, socket_of
from tests.postgres import running_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.newcomer.documents import Block

WAY = (
    "README.md",
    "docs/sign-in.md",
    "docs/meltano.md",
    "docs/docker.md",
    "docs/targets.md",
    "docs/faq.md",
    "docs/choosing.md",
    "docs/incremental.md",
    "docs/deletions.md",
    "docs/bodies.md",
    "docs/data-center.md",
    "docs/costs.md",
    "docs/report.md",
    "docs/troubleshooting.md",
    "docs/settings.md",
    "docs/support.md",
    "docs/upgrading.md",
    "docs/dbt.md",
    "SECURITY.md",
    "docs/recipes/README.md",
    "docs/recipes/rag.md",
    "docs/permissions.md",
    "docs/answers.md",
    "docs/recipes/warehouse.md",
    "docs/recipes/deletions.md",
    "docs/recipes/every-five-minutes.md",
    "docs/recipes/huge-site.md",
    "docs/airflow.md",
    "docs/recipes/migrating.md",
    "docs/recipes/behind-a-proxy.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/benchmarks.md",
    "benchmarks/README.md",
)
"""The documents in the order in which they are read."""

THE_CHECKS = "CI runs it beside this"
THE_BENCHMARKS = "wants an idle machine, and forty minutes"
THE_MODEL = "brings some gigabytes, and a model from a hub; see tests/newcomer/hub"
THE_COPY = "the newcomer has a copy"
THE_DAG = "CI runs the DAG in an Airflow of its own; see tests/orchestrate"
OWN_PROJECT = "wants an empty folder; tests/integration/test_own_project.py has one"
NOT_TYPED = {
    "git clone *": THE_COPY,
    "cd tap-confluence": THE_COPY,
    "*.venv-airflow*": THE_DAG,
    ".venv-meltano/bin/*": THE_DAG,
    "python3 -m venv .venv-meltano": THE_DAG,
    "MELTANO_DATABASE_URI=*": THE_DAG,
    "export *": THE_DAG,
    "airflow *": THE_DAG,
    "meltano init *": OWN_PROJECT,
    "meltano install": OWN_PROJECT,
    "cd my-wiki": OWN_PROJECT,
    "meltano add tap-confluence --from-ref *": OWN_PROJECT,
    ".ci/run *": THE_CHECKS,
    "make lint*": THE_CHECKS,
    "make airflow*": THE_CHECKS,
    "make proof-celery*": "takes ten minutes; a workflow runs it each week",
    "make dbt*": THE_CHECKS,
    "meltano * dbt-postgres:build": "CI runs it in tests/dbt",
    "make recipes*": THE_CHECKS,
    "make targets*": THE_CHECKS,
    "make image*": THE_CHECKS,
    "docker *": "wants an engine; `make image` does the same without",
    "make slow*": THE_CHECKS,
    "make site *": THE_CHECKS,
    "make site-test*": THE_CHECKS,
    "make histories*": "takes as long as the tests; a workflow runs it each week",
    "make days *": "takes longer still; the same workflow runs some",
    "make proof-*": "takes up to an hour; a workflow runs it each week",
    "make release-rehearsal*": "a workflow runs it each week, as part of the proof",
    "make release VERSION=*": "changes the changelog; the rehearsal does it in a clone",
    "make coverage*": THE_CHECKS,
    "make test*": THE_CHECKS,
    "make descriptions*": "asks Atlassian; the workflow of the tests does",
    "TAP_CONFLUENCE_TEST_API_DESCRIPTIONS=* make test": THE_CHECKS,
    "TAP_CONFLUENCE_TEST_PG_DSN=* make test": THE_CHECKS,
    "tap-confluence-check --explain*": "needs the id of something on the site",
    "meltano invoke tap-confluence:explain": "needs the same",
    "make lock": "brings what was released today",
    ".venv/bin/pre-commit install *": "needs a copy that git knows",
    "git tag v1.2.3 && git push *": "needs GitHub and PyPI",
    "make -C benchmarks*": THE_BENCHMARKS,
    "python -m benchmarks*": THE_BENCHMARKS,
    "python3 -m venv .venv-search": THE_MODEL,
    ".venv-search/bin/pip install *": THE_MODEL,
}
"""The commands that are not executed, and why."""

SEEN = {
    "make demo": "Nothing is lost and nothing doubled",
    "uv tool install *": "tap-confluence-check",
    "*tap-confluence-check *": "Connection successful",
    "tap-confluence-completeness *": "pages",
    "tap-confluence-shards *": '"space_id_below": null',
    "*tap-confluence-survey *": "site: Confluence Cloud",
    "*tap-confluence-readers *": "0 of 150 over-exposed",
    "*search.py * --ask *": "https://your-company.atlassian.net/wiki/spaces/",
}
"""What is seen of some commands, besides that they end well."""

WRITTEN = {"sh", "crontab", "sql", "yaml", "json", "dotenv"}
"""The languages of what is typed, or written into files."""

SHOWN = {"text", "mermaid"}
"""The languages of what is only shown."""

FIRST = "make demo\n"


def is_typed(block: Block) -> bool:
    """Whether at least one command of a block is to be executed."""
    return any(not is_left_out(line) for line in block.lines)


def is_left_out(line: str) -> bool:
    return any(fnmatchcase(line, pattern) for pattern in NOT_TYPED)


def steps() -> list[Block]:
    """Return all that the documents have one do, in order."""
    return [block for name in WAY for block in blocks_of(name, *WRITTEN) if is_typed(block)]


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    """Somebody with a copy of the project, and a PostgreSQL for this alone."""
    with (
        running_postgres() as server,
        Internet(tmp_path_factory.mktemp("internet"), socket_of(server.get_uri())) as internet,
    ):
        folder = tmp_path_factory.mktemp("newcomer")
        yield Newcomer.with_a_copy(folder, internet, Path(server.bin_path) / "psql")


def test_every_document_is_read() -> None:
    assert sorted(WAY) == DOCUMENTS


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_says_in_which_language_it_is(document: str) -> None:
    assert without_language(document) == []
    assert {block.language for block in blocks_of(document)} <= WRITTEN | SHOWN


def test_what_is_not_typed_is_in_the_documents() -> None:
    typed = [line for name in WAY for block in blocks_of(name, "sh") for line in block.lines]

    for pattern in (*NOT_TYPED, *SEEN):
        assert any(fnmatchcase(line, pattern) for line in typed), pattern


def test_a_block_is_typed_as_a_whole_or_not_at_all() -> None:
    blocks = [block for name in WAY for block in blocks_of(name, "sh")]

    assert [str(b) for b in blocks if len({is_left_out(line) for line in b.lines}) > 1] == []


def test_every_entry_for_meltano_is_run_by_a_command() -> None:
    blocks = steps()
    commands = "\n".join(block.text for block in blocks if block.language in {"sh", "crontab"})
    entries = [
        line.removeprefix("- name: ")
        for block in blocks
        for line in block.lines
        if block.language == "yaml" and line.startswith("- name: tap-confluence--")
    ]

    assert entries
    assert [entry for entry in entries if f" {entry} target-" not in commands] == []


@pytest.mark.recipes
@pytest.mark.parametrize("step", steps(), ids=str)
def test_a_step_works_as_it_is_written(newcomer: Newcomer, step: Block) -> None:
    if step.text != FIRST:
        newcomer.settle([block for block in steps() if block.language == "sql"])

    seen = newcomer.follow(step)

    for pattern, expected in SEEN.items():
        if any(fnmatchcase(line, pattern) for line in step.lines):
            assert expected in seen


@pytest.mark.recipes
def test_a_second_demo_finds_everything_in_its_place(newcomer: Newcomer) -> None:
    assert SEEN["make demo"] in newcomer.type(FIRST)


@pytest.mark.recipes
def test_the_warehouse_holds_what_the_site_holds(newcomer: Newcomer) -> None:
    wiki = newcomer.internet.cloud.wiki
    with psycopg.connect(newcomer.database_url) as connection:
        pages = connection.execute("select id from confluence.pages").fetchall()
        readers = connection.execute(
            "select page_id, account_id from confluence.confluence__page_readers "
            "where type = 'page'"
        ).fetchall()
        indexed = connection.execute("select distinct page_id from documents.pieces").fetchall()

    assert set(pages) == wiki.truth()["pages"]
    assert set(readers) == wiki.effective_readers()
    assert set(indexed) == {(page.id,) for page in wiki.pages if page.status == "current"}
