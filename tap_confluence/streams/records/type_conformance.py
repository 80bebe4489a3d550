"""Values as the schemas declare them, whatever the site gave in their place."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 2**63 - 1
"""The largest integer that a database takes."""

SIMPLE: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float, Decimal),
    "boolean": (bool,),
    "null": (type(None),),
}
"""Types of values that need no second look, by the type of a schema."""

CHECKED: Mapping[str, Any] = {
    "string": str,
    "integer": Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)],
    "number": int | float,
    "boolean": bool,
    "null": None,
}
"""Types as msgspec checks them, by the type of a schema. For a `Decimal` it would take a string."""


class RecordConformance:
    """What a schema declares of a record.

    Nearly all records are as declared, which msgspec finds out several times faster than Python
    can. Only the others are looked at field by field.

    Args:
        schema: JSON Schema of the record.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._type = _checked_object(schema)
        self._conformance = TypeConformance(schema)

    def fit(self, record: dict[str, Any]) -> None:
        """Fit the declared fields of a record that are there, in place."""
        try:
            msgspec.convert(record, self._type)
        except msgspec.ValidationError:
            self._conformance.fit_fields(record)


class TypeConformance:
    """What a schema declares of a value.

    A target refuses a whole load for one value of another type. So a value that says the same in
    another type is turned into the declared one, and one that does not becomes null.

    Args:
        schema: JSON Schema of the value.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        types = schema.get("type", ())
        self._types = frozenset((types,) if isinstance(types, str) else types)
        self._is_moment = schema.get("format") == "date-time"
        self._fields = {
            name: TypeConformance(s) for name, s in schema.get("properties", {}).items()
        }
        self._items = TypeConformance(schema["items"]) if "items" in schema else None
        self._takes_null = "null" in self._types
        self._takes_anything = not self._types
        self.simple = frozenset(
            kind
            for name in self._types
            for kind in SIMPLE.get(name, ())
            if kind is not int and not (self._is_moment and kind is str)
        )

    def fit(self, value: Any) -> Any:
        """Return a value of the declared type, or None; objects and lists are changed in place."""
        if self._takes_anything or type(value) in self.simple:
            return value
        match value:
            case dict() if "object" in self._types:
                self.fit_fields(value)
                return value
            case list() if "array" in self._types:
                return value if self._items is None else self._items.fit_each(value)
            case str():
                return self._of_text(value)
            case int() | Decimal() if not isinstance(value, bool):
                return self._of_number(value)
        return None

    def fit_fields(self, record: dict[str, Any]) -> None:
        """Fit the declared fields of an object that are there."""
        for name, shape in self._fields.items():
            if name in record and type(record[name]) not in shape.simple:
                record[name] = shape.fit(record[name])

    def fit_each(self, values: list[Any]) -> list[Any]:
        """Fit the items of a list, without those that do not fit and may not be null."""
        fitted = map(self.fit, values)
        return [v for v in fitted if v is not None or self._takes_anything or self._takes_null]

    def _of_text(self, value: str) -> Any:
        if self._is_moment:
            return value if _is_moment(value) else None
        if "integer" in self._types and value.isascii() and value.removeprefix("-").isdigit():
            return self._of_number(Decimal(value))
        return None

    def _of_number(self, value: int | Decimal) -> Any:
        if "number" in self._types:
            return value
        if not -LARGEST <= value <= LARGEST or value != int(value):
            return None
        if "integer" in self._types:
            return int(value)
        return str(int(value)) if "string" in self._types and not self._is_moment else None


def _checked(schema: Mapping[str, Any]) -> Any:
    """Return the type of the values that a schema allows."""
    types = schema.get("type", ())
    names = (types,) if isinstance(types, str) else types
    return reduce(or_, (_checked_type(name, schema) for name in names)) if names else Any


def _checked_type(name: str, schema: Mapping[str, Any]) -> Any:
    if name == "object":
        return _checked_object(schema)
    if name == "array":
        return list[_checked(schema["items"])] if "items" in schema else list  # type: ignore[misc]
    if name == "string" and schema.get("format") == "date-time":
        return datetime
    return CHECKED[name]


def _checked_object(schema: Mapping[str, Any]) -> Any:
    fields = [
        (f"field_{number}", _checked(field), msgspec.field(name=name, default=None))
        for number, (name, field) in enumerate(schema.get("properties", {}).items())
    ]
    return msgspec.defstruct("Checked", fields, gc=False) if fields else dict


def _is_moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
