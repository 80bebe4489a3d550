"""Checks the settings, one by one and against each other, before anything else happens."""

from __future__ import annotations

import contextlib
import difflib
import re
import ssl
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from jsonschema import Draft202012Validator

from tap_confluence.errors import SettingsError
from tap_confluence.settings import (
    CLOUD,
    DATA_CENTER,
    RENDERED,
    TOKEN_PAGE,
    deployment,
    download_folder,
    parse_anchor,
)
from tap_confluence.settings.batch import batch_problems
from tap_confluence.settings.client_certificate import client_certificate_problems
from tap_confluence.settings.extra_headers import extra_header_problems
from tap_confluence.settings.folders import folder_problems
from tap_confluence.settings.secrets import sending_problems
from tap_confluence.settings.stream_maps import STREAM_MAPS, stream_map_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping

SIGN_IN = {
    "API token": ("email", "api_token"),
    "OAuth": ("oauth_credentials",),
    "personal access token": ("personal_access_token",),
    "user name and password": ("username", "password"),
}
"""The ways to sign in, and the settings that make each."""

MEDIA_TYPE = re.compile(r"[\w.+-]+/(?:[\w.+-]+|\*)", re.ASCII)
"""One type, or all of a kind."""

MACRO_CHOICE = re.compile(r"show|name|omit|body|code:[\w+#./-]+", re.ASCII)
"""What may become of a macro."""

_PRESENTATION: Mapping[str, Any] = {
    "content_macros": {},
    "content_tables": {"merged_cells": "repeat", "complex": "markdown"},
    "content_images": "link",
    "content_links": "site",
    "resolve_includes": False,
}
"""The settings that say how readable bodies are written, and their defaults, which Meltano sets."""

DATA_CENTER_ONLY = ("personal access token", "user name and password")


def check_settings(config: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Check the settings, one by one and against each other.

    Args:
        config: The settings as given, defaults filled in.
        schema: The JSON schema of all settings, those of the SDK included.

    Raises:
        SettingsError: Naming every setting that is wrong, and the fix.
    """
    # The SDK's schema of stream maps is none, so that it cannot be held against them.
    checked = {k: v for k, v in config.items() if k != STREAM_MAPS or not isinstance(v, dict)}
    problems = [_explain(error) for error in Draft202012Validator(schema).iter_errors(checked)]
    problems += _contradictions(config)
    if problems:
        raise SettingsError(" ".join(problems))


def drop_unset(config: MutableMapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Leave out the settings that are null: they are not set, and have their defaults.

    Args:
        config: The settings.
        schema: The JSON schema of all settings.
    """
    for name in schema["properties"]:
        if name in config and config[name] is None:
            del config[name]


def read_numbers(config: MutableMapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Make numbers of settings that came as text, as the environment has them.

    Args:
        config: The settings. What is no number stays as it is, for `check_settings` to find.
        schema: The JSON schema of all settings.
    """
    for name, setting in schema["properties"].items():
        if "number" in setting["type"] and isinstance(config.get(name), str):
            with contextlib.suppress(msgspec.DecodeError, UnicodeEncodeError):
                config[name] = msgspec.json.decode(config[name], type=float)


def _explain(error: Any) -> str:  # noqa: PLR0911 - one for each kind
    """Say in one sentence which setting is wrong, never showing a value that may be a secret."""
    name = ".".join(str(part) for part in error.path)
    wanted = error.validator_value
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        return " ".join(_unknown(each, known) for each in sorted(set(error.instance) - set(known)))
    if error.validator == "required":
        return f"Setting '{name}' lacks {error.message.split(chr(39))[1]!r}."
    private = {"oauth_credentials", "extra_headers"}
    is_private = error.schema.get("secret") or not private.isdisjoint(error.path)
    shown = "" if is_private else f", not {error.instance!r}"
    match error.validator:
        case "enum":
            return f"Setting '{name}' must be one of {', '.join(map(str, wanted))}{shown}."
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else [k for k in wanted if k != "null"]
            return f"Setting '{name}' must be of type {' or '.join(kinds)}{shown}."
        case "minimum":
            return f"Setting '{name}' must be {wanted} or more{shown}."
        case "exclusiveMinimum":
            return f"Setting '{name}' must be more than {wanted}{shown}."
        case "maximum":
            return f"Setting '{name}' must be {wanted} or less{shown}."
        case _:
            return f"Setting '{name}' is not valid ({error.validator})."


def _unknown(name: str, known: list[str]) -> str:
    closest = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{closest[0]}'?" if closest else "`--about` lists the settings."
    return f"Unknown setting '{name}': {hint}"


def _missing(name: str) -> str:
    where = f" to a token made at {TOKEN_PAGE}" if name == "api_token" else ""
    return f"Setting '{name}' is missing: set TAP_CONFLUENCE_{name.upper()}{where}."


def _sign_in_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the way to sign in: there must be one, whole, that the site takes."""
    ways = [way for way, names in SIGN_IN.items() if any(config.get(name) for name in names)]
    if len(ways) > 1:
        yield f"Set one way to sign in, not {' and '.join(ways)}."
        return
    is_cloud = deployment(config) == CLOUD
    if not ways:
        missing = ("email", "api_token") if is_cloud else ("personal_access_token",)
        yield from map(_missing, missing)
        return
    [way] = ways
    if is_cloud and way in DATA_CENTER_ONLY:
        yield (
            f"Confluence Cloud takes no {way}: set 'email' and 'api_token', or 'deployment' to "
            "'datacenter' if the site is self-hosted."
        )
    elif not is_cloud and way not in DATA_CENTER_ONLY:
        yield (
            f"Data Center takes no {way}: set 'personal_access_token', or 'username' and "
            "'password'; or 'deployment' to 'cloud'."
        )
    else:
        optional = {"email"} if config.get("use_api_gateway") else set()
        yield from (
            _missing(name) for name in SIGN_IN[way] if not config.get(name) and name not in optional
        )


def _contradictions(config: Mapping[str, Any]) -> Iterator[str]:
    domain, base_url = config.get("domain"), config.get("base_url")
    if bool(domain) == bool(base_url):
        yield (
            "Set exactly one of 'domain' (your-company.atlassian.net) and 'base_url' "
            f"({'both are' if domain else 'neither is'} set)."
        )
    if base_url and not _is_web_address(base_url):
        yield (
            "Setting 'base_url' must be a URL like https://your-company.atlassian.net/wiki, "
            f"without user name, query or fragment, not {_without_credentials(base_url)!r}."
        )
    if domain and not _is_host(domain):
        yield (
            "Setting 'domain' must be a host name like your-company.atlassian.net, "
            f"not {_without_credentials(domain)!r}."
        )
    yield from _start_problems(config)
    yield from _range_problems(config)
    if config.get("content_statuses") == []:
        yield "Setting 'content_statuses' is empty: name at least one status."
    if config.get("user_sources") == []:
        yield "Setting 'user_sources' is empty: deselect the stream 'users' instead."
    yield from _body_problems(config)
    yield from _presentation_problems(config)
    yield from _download_problems(config)
    yield from _connection_problems(config)
    yield from client_certificate_problems(config)
    yield from extra_header_problems(config)
    yield from batch_problems(config)
    yield from stream_map_problems(config)
    depth = config.get("flattening_max_depth")
    if config.get("flattening_enabled") is True and not (isinstance(depth, int) and depth > 0):
        yield (
            "Setting 'flattening_enabled' needs 'flattening_max_depth', 1 or more: how many levels "
            "to make columns of."
        )
    yield from sending_problems(config)
    yield from _sign_in_problems(config)


def _range_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the range of spaces."""
    first, end = config.get("space_id_from"), config.get("space_id_below")
    if isinstance(first, int) and isinstance(end, int) and first >= end:
        yield (
            f"'space_id_from' ({first}) must be lower than 'space_id_below' ({end}), or no space "
            "is left."
        )


def _start_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the time to start at."""
    if config.get("anchor_date") and config.get("lookback_days"):
        yield "Set only one of 'anchor_date' and 'lookback_days'."
    date = config.get("anchor_date")
    if isinstance(date, str):
        try:
            parse_anchor(date)
        except (ValueError, OverflowError):
            yield (
                "Setting 'anchor_date' must be a day like 2024-01-31 (YYYY-MM-DD), or a time with "
                f"its zone like 2024-01-31T08:00:00+01:00 (RFC 3339), not {date!r}."
            )


def _body_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the format of the bodies: the site must have it, and it must do."""
    body_format = config.get("body_format")
    if not isinstance(body_format, str | None):
        return
    if body_format == "atlas_doc_format" and deployment(config) == DATA_CENTER:
        yield (
            "Data Center has no bodies in 'atlas_doc_format': set 'body_format' to 'storage', "
            "'view', 'export_view' or 'none'."
        )
    is_readable = config.get("body_markdown") or config.get("body_text")
    if body_format == "none" and is_readable:
        yield (
            "'body_markdown' and 'body_text' need a body to make them of: set 'body_format' to "
            "'storage', not 'none'."
        )
    if config.get("version_bodies") and body_format == "none":
        yield (
            "'version_bodies' needs a format to have them in: set 'body_format' to 'storage', not "
            "'none'."
        )


def _is_default(value: Any, default: Any) -> bool:
    if isinstance(value, dict) and isinstance(default, dict):
        return value.items() <= default.items()
    return value in (None, default)


def _presentation_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with how readable bodies are to be written."""
    if not (config.get("body_markdown") or config.get("body_text")):
        yield from (
            f"Setting '{name}' needs 'body_markdown' or 'body_text': it says how these are written."
            for name, defaults in _PRESENTATION.items()
            if not _is_default(config.get(name), defaults)
        )
    body_format = config.get("body_format")
    if config.get("resolve_includes") and body_format in RENDERED:
        yield (
            f"'resolve_includes' is not needed with 'body_format' {body_format!r}, in which bodies "
            "show what they include: leave it out, or set 'body_format' to 'storage' or "
            "'atlas_doc_format'."
        )
    if config.get("content_links") == "file" and not config.get("attachment_download_dir"):
        yield (
            "'content_links' set to 'file' needs 'attachment_download_dir', the folder that links "
            "are to lead into."
        )
    macros = config.get("content_macros")
    for name, choice in macros.items() if isinstance(macros, dict) else ():
        if isinstance(choice, str) and not MACRO_CHOICE.fullmatch(choice):
            yield (
                f"Setting 'content_macros' has no {choice!r} for '{name}': choose 'show', 'name', "
                "'omit', 'body', or 'code:' and a language, such as 'code:yaml'."
            )


def _download_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with fetching files: where to, and which."""
    which = ("attachment_max_bytes", "attachment_media_types", "attachment_text")
    if not isinstance(config.get("attachment_download_dir"), str | None):
        return
    folder = download_folder(config)
    if folder is None:
        yield from (
            f"Setting '{name}' needs 'attachment_download_dir', the folder to put files into."
            for name in which
            if config.get(name) not in (None, False)
        )
        return
    if config.get("attachment_text") and not all(map(find_spec, ("kreuzberg", "pebble"))):
        yield (
            "Setting 'attachment_text' needs what reads documents: install "
            "'tap-confluence[attachment-text]'."
        )
    yield from folder_problems("attachment_download_dir", folder)
    media_types = config.get("attachment_media_types")
    if media_types == []:
        yield "Setting 'attachment_media_types' is empty: name at least one type."
    for media_type in media_types if isinstance(media_types, list) else ():
        if isinstance(media_type, str) and not MEDIA_TYPE.fullmatch(media_type):
            yield (
                "Setting 'attachment_media_types' takes types like image/png or image/*, "
                f"not {media_type!r}."
            )


def _connection_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the other addresses, and with whom to trust."""
    for name in ("api_gateway_url", "oauth_token_url"):
        url = config.get(name)
        if isinstance(url, str) and not _is_web_address(url):
            yield (
                f"Setting '{name}' must be a URL without user name, query or fragment, "
                f"not {_without_credentials(url)!r}."
            )
    bundle = config.get("ca_bundle")
    if not isinstance(bundle, str) or not bundle or config.get("verify_ssl") is False:
        return
    try:
        if not Path(bundle).is_dir():
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(bundle)
    except ssl.SSLError:
        yield f"Setting 'ca_bundle' must be a PEM file of certificate authorities, not '{bundle}'."
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        yield f"Setting 'ca_bundle' names a file that cannot be read, '{bundle}': {why}."


def _is_web_address(value: object) -> bool:
    try:
        parts = urlsplit(str(value))
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and not (parts.username or parts.password or parts.query or parts.fragment)
        and not any(character.isspace() for character in str(value))
    )


def _is_host(value: object) -> bool:
    host = str(value).strip().removeprefix("https://").rstrip("/").removesuffix("/wiki")
    return bool(host) and all(c.isalnum() or c in "-.:" for c in host)


def _without_credentials(value: object) -> str:
    before, at, after = str(value).rpartition("@")
    return f"...@{after}" if at and before else str(value)
