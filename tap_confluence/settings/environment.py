"""The settings in the environment, and in `.env` of the working folder."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dotenv import load_dotenv

from tap_confluence.errors import SettingsError
from tap_confluence.sdk import from_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DOTENV = ".env"

NO_SETTINGS = ("LOGLEVEL",)
"""What may follow the prefix and is a variable of the SDK."""

OTHERS = ("_", "TEST_")
"""How goes on what is not for the tap: variables of Meltano and of plugins that inherit from this
one, such as `tap-confluence--shard`; and those of the tests."""

OF_KUBERNETES: Sequence[tuple[re.Pattern[str], re.Pattern[str]]] = tuple(
    (re.compile(rf"(?:\w+_)?{name}"), re.compile(value))
    for name, value in (
        (r"SERVICE_HOST", r"[\da-fA-F.:]+"),
        (r"SERVICE_PORT(?:_\w+)?", r"\d+"),
        (r"PORT(?:_\d+_(?:TCP|UDP|SCTP))?", r"(?:tcp|udp|sctp)://\S+:\d+"),
        (r"PORT_\d+_(?:TCP|UDP|SCTP)_PROTO", r"tcp|udp|sctp"),
        (r"PORT_\d+_(?:TCP|UDP|SCTP)_PORT", r"\d+"),
        (r"PORT_\d+_(?:TCP|UDP|SCTP)_ADDR", r"[\da-fA-F.:]+"),
    )
)
"""Names, without the prefix, and values of what Kubernetes tells each container of the services
beside it, one of which may be called tap-confluence, or begin with that
(https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables)."""

MELTANO = "MELTANO_EXTRACTOR_NAMESPACE"
"""A variable that there is when Meltano runs the tap."""


def read_environment(schema: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Read the settings from the environment, to which those of `.env` are added.

    What the environment has counts, and then what `.env` has. Of a setting that is an object, each
    part has a variable of its own, too.

    Args:
        schema: The JSON schema of all settings.
        prefix: What the names of the variables begin with.

    Returns:
        The settings that are set.

    Raises:
        SettingsError: A variable is no setting, or cannot be read as one.
    """
    try:
        load_dotenv(Path.cwd() / DOTENV, override=False)
    except (OSError, ValueError) as error:
        message = f"The file '{DOTENV}' of the working folder cannot be read as text in UTF-8."
        raise SettingsError(message) from error
    check_names(schema, prefix)
    found = _parse(schema["properties"], prefix)
    for name, properties in _objects(schema).items():
        if given := _parse(properties, f"{prefix}{name.upper()}_"):
            found[name] = given
    return found


def _parse(properties: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, setting in properties.items():
        try:
            found |= from_environment(name, setting, prefix)
        except ValueError as error:
            message = (
                f"The environment variable {prefix}{name.upper()} cannot be read as setting "
                f"'{name}': numbers are plain, lists and objects are JSON."
            )
            raise SettingsError(message) from error
    return found


def is_run_by_meltano() -> bool:
    """Tell whether Meltano runs the tap, to which it hands `.env` and the settings it knows."""
    return MELTANO in os.environ


def check_names(schema: Mapping[str, Any], prefix: str) -> None:
    """Check that the variables with the prefix are settings, or not meant for the tap at all.

    Args:
        schema: The JSON schema of all settings.
        prefix: What the names of the variables begin with.

    Raises:
        SettingsError: A variable is no setting.
    """
    parts = [f"{name}_{part}" for name, parts in _objects(schema).items() for part in parts]
    settings = [name.upper() for name in (*schema["properties"], *parts)]
    known = [*settings, *NO_SETTINGS]
    given = [name.removeprefix(prefix) for name in sorted(os.environ) if name.startswith(prefix)]
    unknown = [
        name
        for name in given
        if name not in known
        and not name.startswith(OTHERS)
        and not _is_of_kubernetes(name, os.environ[f"{prefix}{name}"])
    ]
    if is_run_by_meltano():
        # A plugin that inherits from this one may be called tap-confluence-docs, too.
        of_others = tuple(f"_{each}" for each in settings)
        unknown = [name for name in unknown if "__" not in name and not name.endswith(of_others)]
        # Meltano also hands on each part of a setting in which anything may stand.
        parts_of_any = tuple(f"{name.upper()}_" for name in _open_objects(schema))
        unknown = [name for name in unknown if not name.startswith(parts_of_any)]
    if unknown:
        raise SettingsError(" ".join(_unknown(name, known, prefix) for name in unknown))


def _is_of_kubernetes(name: str, value: str) -> bool:
    """Tell whether a variable is the address of a service that Kubernetes knows."""
    return any(names.fullmatch(name) and values.fullmatch(value) for names, values in OF_KUBERNETES)


def _objects(schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the parts of each setting whose parts have variables of their own."""
    return {
        name: setting["properties"]
        for name, setting in schema["properties"].items()
        if setting.get("properties") and setting.get("additionalProperties") is False
    }


def _open_objects(schema: Mapping[str, Any]) -> list[str]:
    """Return the settings that are objects with parts of any name, such as `stream_maps`."""
    strict = _objects(schema)
    return [
        name
        for name, setting in schema["properties"].items()
        if "object" in setting.get("type", ()) and name not in strict
    ]


def _unknown(name: str, known: Sequence[str], prefix: str) -> str:
    closest = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {prefix}{closest[0]}?" if closest else "`--about` lists the settings."
    return f"Unknown environment variable {prefix}{name}: {hint}"
