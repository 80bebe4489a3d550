"""What the tap says of its settings, as Meltano takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Setting = dict[str, Any]

KINDS = {"number": "string"}
"""What Meltano calls the types of JSON Schema, where it calls them otherwise.

Meltano 4.4.1 has a kind `decimal`, but cannot hand over one that a variable sets.
"""


def one_by_one(
    properties: Mapping[str, Setting], prefix: str = ""
) -> Iterator[tuple[str, Setting]]:
    """Yield each setting with its name; of an object, each part as a setting of its own."""
    for name, setting in properties.items():
        if setting.get("properties") and setting.get("additionalProperties") is False:
            # Meltano sets the parts of an object one by one, each by a variable of its own.
            yield from one_by_one(setting["properties"], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", setting


def kind_of(name: str, setting: Setting) -> str:
    """Return the kind of a setting, secret or not."""
    if "enum" in setting:
        return "options"
    if setting.get("format") == "date":
        return "date_iso8601"
    if name == "email":
        return "email"
    [type_] = set(setting["type"]) - {"null"}
    return KINDS.get(type_, str(type_))
