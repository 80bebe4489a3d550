"""What all schemas have in common, and what a record has to be to be taken by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError

from tap_confluence.cloud import STREAMS
from tests.schemas.samples import SAMPLES, SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = {stream.name: tuple(stream.primary_keys) for stream in STREAMS}

EVERY_SCHEMA = pytest.mark.parametrize("name", SCHEMAS)
WITH_VALUE = pytest.mark.parametrize(
    "name",
    [name for name in SCHEMAS if name.endswith("_properties")],
)


def validate(name: str, row: dict[str, Any]) -> None:
    schema = SCHEMAS[name]
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(row)


def walk(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, property_schema in schema.get("properties", {}).items():
        yield f"{path}{name}", property_schema
        yield from walk(property_schema, f"{path}{name}.")


def with_null_at(row: dict[str, Any], path: str) -> dict[str, Any]:
    head, _, rest = path.partition(".")
    return {**row, head: with_null_at(row.get(head) or {}, rest) if rest else None}


@EVERY_SCHEMA
@pytest.mark.parametrize("draft", [Draft7Validator, Draft202012Validator])
def test_a_schema_is_valid_json_schema(
    name: str,
    draft: type[Draft7Validator | Draft202012Validator],
) -> None:
    draft.check_schema(SCHEMAS[name])


@EVERY_SCHEMA
def test_every_property_is_described(name: str) -> None:
    for path, property_schema in walk(SCHEMAS[name]):
        description = property_schema.get("description", "")
        assert len(description) > 10, path
        assert description.endswith("."), path


@EVERY_SCHEMA
def test_only_keys_are_required_and_no_nested_field_is(name: str) -> None:
    schema = SCHEMAS[name]
    assert tuple(schema["required"]) == KEYS[name]
    assert [path for path, nested in walk(schema) if "required" in nested] == []


@EVERY_SCHEMA
def test_no_known_value_is_enforced(name: str) -> None:
    assert [path for path, nested in walk(SCHEMAS[name]) if "enum" in nested] == []


@EVERY_SCHEMA
def test_columns_differ_in_more_than_case(name: str) -> None:
    columns = [column.lower() for column in SCHEMAS[name]["properties"]]
    assert len(columns) == len(set(columns))


@EVERY_SCHEMA
def test_keys_alone_make_a_record(name: str) -> None:
    validate(name, {key: SAMPLES[name][key] for key in KEYS[name]})


@EVERY_SCHEMA
def test_everything_but_a_key_may_be_null(name: str) -> None:
    for path, _ in walk(SCHEMAS[name]):
        if path not in KEYS[name]:
            validate(name, with_null_at(SAMPLES[name], path))


@EVERY_SCHEMA
def test_a_key_is_there_and_not_null(name: str) -> None:
    row = SAMPLES[name]
    for key in KEYS[name]:
        with pytest.raises(ValidationError):
            validate(name, {**row, key: None})
        with pytest.raises(ValidationError):
            validate(name, {field: value for field, value in row.items() if field != key})


@EVERY_SCHEMA
def test_undeclared_fields_are_allowed_at_every_level(name: str) -> None:
    row = {**SAMPLES[name], "newInTheApi": {"of": ["any", "kind"]}}
    for path, nested in walk(SCHEMAS[name]):
        if "properties" in nested and "." not in path:
            row[path] = {**(row[path] or {}), "newInTheApi": 1}
    validate(name, row)
    objects = [path for path, nested in walk(SCHEMAS[name]) if "properties" in nested]
    closed = [
        path
        for path, nested in walk(SCHEMAS[name])
        if path in objects and nested["additionalProperties"] is not True
    ]
    assert closed == []


@EVERY_SCHEMA
def test_a_value_of_another_type_is_refused(name: str) -> None:
    for path, nested in walk(SCHEMAS[name]):
        if "." not in path and "type" in nested:
            with pytest.raises(ValidationError):
                validate(name, {**SAMPLES[name], path: [True]})


def test_only_properties_of_content_and_spaces_hold_any_json() -> None:
    untyped = {
        f"{name}.{path}"
        for name in SCHEMAS
        for path, nested in walk(SCHEMAS[name])
        if "type" not in nested
    }
    assert untyped == {
        "attachment_content_properties.value",
        "blog_post_content_properties.value",
        "custom_content_content_properties.value",
        "page_content_properties.value",
        "space_properties.value",
    }


@WITH_VALUE
@pytest.mark.parametrize(
    "value",
    ["v2", "", '{"v": 2}', 0, 3, 2.5, True, False, {}, {"a": [None]}, [], [1, "b", {}], None],
)
def test_a_property_holds_any_json_value(name: str, value: object) -> None:
    validate(name, {**SAMPLES[name], "value": value})


@WITH_VALUE
def test_a_property_value_is_written_so_that_sql_targets_load_it(name: str) -> None:
    value = SCHEMAS[name]["properties"]["value"]
    # target-duckdb and the SDK's flattening look at the first entry of the first keyword only,
    # and drop the column or fail when it is not a list of objects with a single type.
    keyword, kinds = next(iter(value.items()))
    assert keyword == "oneOf"
    assert kinds[0] == {"type": "string"}
    # target-postgres would make a plain text column of these and fail on an object
    assert "anyOf" not in value
    # target-duckdb would make a JSON column of this and fail on a bare string
    assert "type" not in value


def test_schemas_do_not_share_parts_that_a_mapper_could_change() -> None:
    seen: dict[int, str] = {}
    for name, schema in SCHEMAS.items():
        for path, nested in walk(schema):
            assert id(nested) not in seen, (f"{name}.{path}", seen.get(id(nested)))
            seen[id(nested)] = f"{name}.{path}"
