"""A real Meltano, and a place in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.integration.plugins import Meltano, find_meltano, install

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def meltano_command() -> str:
    """The Meltano command, with all plugins installed."""
    command = find_meltano()
    if command is None:
        pytest.skip("Meltano is not installed; `make test` does that")
    install(command)
    return command


@pytest.fixture(scope="session")
def meltano(meltano_command: str, tmp_path_factory: pytest.TempPathFactory) -> Meltano:
    """A Meltano project like this one, whose database takes seconds to make."""
    return Meltano.in_folder(meltano_command, tmp_path_factory.mktemp("meltano"))


@pytest.fixture(scope="module")
def schema(postgres: str) -> Iterator[str]:
    """A schema in PostgreSQL for those tests of a module that run in this process."""
    name = f"tap_confluence_test_{uuid4().hex}"
    drop = sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(name))
    yield name
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(drop)
