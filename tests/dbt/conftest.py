"""Sites of both deployments, and databases for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.dbt.warehouses import DuckDB, PostgreSQL
from tests.integration.conftest import meltano_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.dbt.warehouses import Warehouse

__all__ = ["meltano_command"]

DATABASES = ("duckdb", "postgres")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs dbt, which is all that is here."""
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.dbt)


@pytest.fixture(scope="module")
def new_warehouse(
    request: pytest.FixtureRequest,
    meltano_command: str,  # noqa: ARG001 - the loaders are there
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Warehouse]]:
    """Makes an empty database, `duckdb` or `postgres`."""
    made: list[Any] = []

    def make(kind: str) -> Warehouse:
        folder = tmp_path_factory.mktemp(kind)
        warehouse: Warehouse
        if kind == "duckdb":
            warehouse = DuckDB(folder)
        else:
            warehouse = PostgreSQL(folder, request.getfixturevalue("postgres"))
            made.append(warehouse)
        return warehouse

    yield make
    for warehouse in made:
        warehouse.drop()
