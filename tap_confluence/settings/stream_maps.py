"""What is wrong with stream maps: found before a record comes that they do not fit."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STREAM_MAPS = "stream_maps"

NULL = (None, "__NULL__")
"""What stands for nothing."""

ELSE, FILTER = "__else__", "__filter__"
ALIAS, SOURCE = "__alias__", "__source__"
KEYS = "__key_properties__"


def stream_map_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the stream maps, as far as no record is needed to see it.

    Args:
        config: The settings.

    Yields:
        A sentence for each mistake.
    """
    maps = config.get(STREAM_MAPS)
    for name, stream_map in maps.items() if isinstance(maps, dict) else ():
        where = f"Setting '{STREAM_MAPS}.{name}'"
        if name == ELSE:
            if stream_map not in NULL:
                yield f"{where} can only be null, not {stream_map!r}."
        elif name.startswith("__"):
            yield f"{where} names no stream: the only one of such options is '{ELSE}'."
        elif isinstance(stream_map, dict):
            for key, value in stream_map.items():
                yield from _part_problems(where, key, value)
        elif stream_map not in NULL:
            yield f"{where} must be an object, or null to leave out the stream, not {stream_map!r}."


def _part_problems(where: str, key: str, value: object) -> Iterator[str]:
    if key == ELSE:
        if value not in NULL:
            yield f"{where}: '{key}' can only be null, not {value!r}."
    elif key in {ALIAS, SOURCE}:
        # An alias may be an expression; the name of a stream is one, too.
        if not isinstance(value, str) or not value or (key == ALIAS and _unreadable(value)):
            yield f"{where}: '{key}' must be the name of a stream, not {value!r}."
    elif key == KEYS:
        is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if value is not None and not is_list:
            yield f"{where}: '{key}' must be a list of names, not {value!r}."
    elif not isinstance(value, str):
        if value is not None or key == FILTER:
            yield f"{where}: '{key}' must be an expression, which is a text, not {value!r}."
    elif value not in NULL and (why := _unreadable(value)):
        yield f"{where}: '{key}' is no expression that can be read, {value!r} ({why})."


def _unreadable(expression: str) -> str | None:
    """Say why an expression cannot be read; None if it can."""
    try:
        ast.parse(expression, mode="eval")
    except SyntaxError as error:
        return "it is empty" if not expression.strip() else str(error.msg)
    except ValueError:
        return "it contains a null character"
    except (RecursionError, MemoryError):
        return "it is nested too deeply"
    return None


def mapped_streams(config: Mapping[str, Any]) -> set[str]:
    """Return the streams that the stream maps are for: names, or patterns of names.

    Args:
        config: Checked settings.
    """
    maps: Mapping[str, Any] = config.get(STREAM_MAPS) or {}
    return {
        str(stream_map[SOURCE]) if isinstance(stream_map, dict) and SOURCE in stream_map else name
        for name, stream_map in maps.items()
        if name != ELSE
    }
