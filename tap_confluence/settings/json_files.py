"""The files that a command line names: settings, a catalog, a state."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from typing_extensions import override

from tap_confluence.errors import SettingsError

STANDARD_INPUT = "-"


class JSONObject(click.ParamType):  # type: ignore[type-arg]
    """The path of a file that holds a JSON object, or `-` for standard input."""

    name = "file"

    @override
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, Any]:
        return value if isinstance(value, dict) else read_object(value)


def read_object(path: str) -> dict[str, Any]:
    """Read a file that holds a JSON object, in UTF-8, UTF-16 or UTF-32, with a mark or without.

    Args:
        path: The file, or `-` for standard input.

    Raises:
        SettingsError: There is no such file, or something else is in it. What is in it is not
            shown, as it may be a secret.
    """
    try:
        content = (
            sys.stdin.buffer.read()
            if path == STANDARD_INPUT
            else Path(path).expanduser().read_bytes()
        )
    except OSError as error:
        message = f"Cannot read the file '{path}': {error.strerror}."
        raise SettingsError(message) from error
    if not content.strip():
        message = f"The file '{path}' is empty: it should hold a JSON object."
        raise SettingsError(message)
    found = _decode(content, path)
    if not isinstance(found, dict):
        message = f"The file '{path}' holds no JSON object, but {_kind_of(found)}."
        raise SettingsError(message)
    return found


def _decode(content: bytes, path: str) -> Any:
    encoding = json.detect_encoding(content)
    try:
        return json.loads(content.decode(encoding), parse_float=Decimal)
    except UnicodeDecodeError:
        why = f"it is no text in {encoding.removesuffix('-sig').upper()}; save it in UTF-8"
    except json.JSONDecodeError as error:
        why = f"line {error.lineno}, column {error.colno}: {error.msg}"
        if error.msg == "Extra data":
            why += ". Of several lines that a target has written, the last one is the state"
    except RecursionError:
        why = "it is nested too deeply"
    except ValueError:
        why = "a number in it has too many digits"
    message = f"The file '{path}' is not JSON: {why}."
    raise SettingsError(message) from None


def _kind_of(value: object) -> str:
    kinds = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
