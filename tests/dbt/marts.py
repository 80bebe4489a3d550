"""A mart beside what the site says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dbt.truth import Row
    from tests.dbt.warehouses import Warehouse


def assert_says(warehouse: Warehouse, mart: str, truth: list[Row]) -> None:
    """A mart has the rows of the truth, and no others."""
    columns = tuple(truth[0])
    rows = [
        dict(zip(columns, row, strict=True))
        for row in warehouse.rows(f"confluence__{mart}", *columns)
    ]
    key = _key_of(truth)
    expected = {key(row): row for row in truth}
    found = {key(row): row for row in rows}

    assert len(rows) == len(truth) == len(expected)
    assert found.keys() == expected.keys(), mart
    wrong = {
        (column, k): (found[k][column], row[column])
        for k, row in expected.items()
        for column in columns
        if found[k][column] != row[column]
    }
    assert not wrong, dict([*wrong.items()][:5])


def _key_of(truth: list[Row]) -> Callable[[Row], tuple[Any, ...]]:
    names = ("day", "space_id", "account_id") if "day" in truth[0] else (next(iter(truth[0])),)
    return lambda row: tuple(row[name] for name in names)
