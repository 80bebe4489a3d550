"""Records are fitted the same, whether msgspec has found them as declared or not."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tap_confluence.streams.records.type_conformance import (
    LARGEST,
    RecordConformance,
    TypeConformance,
)

SOME = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
MOMENT = {"type": ["string", "null"], "format": "date-time"}
TEXT = {"type": ["string", "null"]}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "title": TEXT,
        "createdAt": MOMENT,
        "position": {"type": ["integer", "null"]},
        "share": {"type": ["number", "null"]},
        "minorEdit": {"type": ["boolean", "null"]},
        "value": {"description": "any JSON"},
        "names": {"type": ["array", "null"], "items": {"type": "string"}},
        "version": {"type": ["object", "null"], "properties": {"createdAt": MOMENT}},
    },
}

MOMENTS = (
    *("2026-03-04T05:06:07.089Z", "2026-03-04", "2026-03-04T05:06:07+02:00"),
    *("2026-02-30T00:00:00Z", "2026-03-04T24:00:00Z", "2026-03-04T05:06:60Z", "yesterday", ""),
)
SIMPLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2 * LARGEST, 2 * LARGEST),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
    st.just(Decimal("7.0")),
    st.text("aé\n", max_size=3),
    st.sampled_from([*MOMENTS, "0", "12", "-5", str(LARGEST + 1)]),
)
VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["createdAt", "id", "other"]), inner, max_size=3),
    ),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.sampled_from([*SCHEMA["properties"], "other"]), VALUES)

AS_DECLARED: dict[str, Any] = {
    "id": "1",
    "title": None,
    "createdAt": "2026-03-04T05:06:07.089Z",
    "position": 7,
    "share": Decimal("0.5"),
    "minorEdit": False,
    "value": {"a": [1, None]},
    "names": ["x"],
    "version": {"createdAt": "2026-03-04T05:06:07.089Z", "other": 1},
    "other": 2,
}


@SOME
@given(RECORDS)
def test_a_record_is_fitted_as_it_is_field_by_field(record: dict[str, Any]) -> None:
    expected = copy.deepcopy(record)
    TypeConformance(SCHEMA).fit_fields(expected)

    RecordConformance(SCHEMA).fit(record)

    assert record == expected


@SOME
@given(st.sampled_from(sorted(AS_DECLARED)), VALUES)
def test_one_value_that_does_not_fit_changes_nothing_else(name: str, value: Any) -> None:
    record = {**copy.deepcopy(AS_DECLARED), name: value}
    expected = copy.deepcopy(record)
    TypeConformance(SCHEMA).fit_fields(expected)

    RecordConformance(SCHEMA).fit(record)

    assert record == expected


@pytest.mark.parametrize(
    ("name", "value", "fitted"),
    [
        ("id", 12, "12"),
        ("position", "12", 12),
        ("position", LARGEST + 1, None),
        ("position", True, None),
        ("title", 12, "12"),
        ("createdAt", "2026-02-30T00:00:00Z", None),
        ("minorEdit", "false", None),
        ("share", "0", None),
        ("share", LARGEST + 1, LARGEST + 1),
        ("share", Decimal("0.5"), Decimal("0.5")),
        ("names", ["x", None, 3], ["x", "3"]),
        ("version", {"createdAt": 5}, {"createdAt": None}),
        ("version", [], None),
    ],
)
def test_a_value_of_another_type_becomes_the_declared_one_or_null(
    name: str, value: Any, fitted: Any
) -> None:
    record = {**copy.deepcopy(AS_DECLARED), name: value}

    RecordConformance(SCHEMA).fit(record)

    assert record == {**AS_DECLARED, name: fitted}
