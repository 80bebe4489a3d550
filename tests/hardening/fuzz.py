"""Runs against an odd site, and what has to hold for each of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tap_confluence.timestamps import format_timestamp, to_timestamp
from tests.running import everything, run_tap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.running import Run

KINDS_OF_MESSAGES = {"SCHEMA", "RECORD", "STATE", "ACTIVATE_VERSION"}


def check_run(run: Run) -> None:
    """Make sure that what was written is Singer, and true to its schemas.

    Raises:
        AssertionError: It is not.
    """
    assert run.exit_status in {0, 1}
    assert "Traceback" not in run.stderr, run.stderr
    validators: dict[str, jsonschema.Draft7Validator] = {}
    keys: dict[str, list[str]] = {}
    # A run may have read more than it wrote: what its lists held, or a scan, when it began.
    now = format_timestamp(datetime.now(UTC))
    for line in run.stdout.splitlines():
        message = json.loads(line)
        assert message["type"] in KINDS_OF_MESSAGES, line[:200]
        if message["type"] == "SCHEMA":
            name = message["stream"]
            validators[name] = _validator(json.dumps(message["schema"]))
            keys[name] = message["key_properties"]
        elif message["type"] == "RECORD":
            _check_record(message, validators, keys)
        elif message["type"] == "STATE":
            _check_state(message["value"], now)


@cache
def _validator(schema: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads(schema))


def _check_record(
    message: Mapping[str, Any],
    validators: Mapping[str, jsonschema.Draft7Validator],
    keys: Mapping[str, list[str]],
) -> None:
    name, record = message["stream"], message["record"]
    for error in validators[name].iter_errors(record):
        pytest.fail(f"{name}: {error.json_path}: {error.message[:200]}")
    for key in keys[name]:
        assert record[key] not in {None, ""}, f"{name}: {key} is {record[key]!r}"
    moment = record.get("modifiedAt")
    assert moment is None or to_timestamp(moment) == moment, f"{name}: modifiedAt is {moment!r}"


def _check_state(value: Mapping[str, Any], now: str) -> None:
    for name, entry in value.get("bookmarks", {}).items():
        bookmark = entry.get("replication_key_value")
        if bookmark is not None:
            assert to_timestamp(bookmark) == bookmark, (name, bookmark)
            assert bookmark <= now, f"{name}: {bookmark} is beyond what can have been read, {now}"


def run_all(config: Mapping[str, Any]) -> Run:
    """Read all streams, and check what comes of it."""
    run = run_tap(config, catalog=everything())
    check_run(run)
    return run
