"""`meltano.yml` and `.env` say what the tap says of itself."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from tests.integration.plugins import PROJECT, definition, plugin
from tests.running import everything, not_by_default, run_command
from tests.stated_settings import kind_of, one_by_one

TAP = plugin("extractors", "tap-confluence")
SETTINGS = {setting["name"]: setting for setting in TAP["settings"]}


@cache
def about() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(run_command(None, "--about", "--format=json").stdout)
    return content


def stated() -> dict[str, dict[str, Any]]:
    """Return what the tap says of each setting."""
    return dict(one_by_one(about()["settings"]["properties"]))


def test_it_has_the_settings_of_the_tap_in_their_order() -> None:
    assert list(SETTINGS) == list(stated())


@pytest.mark.parametrize("name", SETTINGS)
def test_it_says_of_a_setting_what_the_tap_says(name: str) -> None:
    ours, its = SETTINGS[name], stated()[name]

    assert ours["label"] == its["title"]
    assert ours["description"] == its["description"]
    assert ours["kind"] == kind_of(name, its)
    assert ours.get("value") == its.get("default")
    assert ours.get("sensitive", False) == its.get("secret", False)
    assert [option["value"] for option in ours.get("options", [])] == its.get("enum", [])


def test_it_has_the_capabilities_of_the_tap() -> None:
    assert set(TAP["capabilities"]) == set(about()["capabilities"])


def test_it_leaves_out_the_streams_that_the_tap_leaves_out_by_default() -> None:
    assert TAP["select"] == ["*.*", *(f"!{name}.*" for name in sorted(not_by_default()))]


def test_no_plugin_is_looked_up_at_meltano_hub() -> None:
    plugins = [entry for kind in definition()["plugins"].values() for entry in kind]

    own = [entry for entry in plugins if "inherit_from" not in entry]
    assert all("namespace" in entry and "pip_url" in entry for entry in own)


def test_shards_and_the_site_read_together_what_the_tap_reads_by_default() -> None:
    shard, site = (selected(f"tap-confluence--{name}") for name in ("shard", "site"))

    assert shard | site == {entry["tap_stream_id"] for entry in everything()["streams"]} - (
        not_by_default()
    )
    assert shard & site == {"users"}


def test_shards_read_what_is_dated_and_never_say_that_a_row_is_gone() -> None:
    config = plugin("extractors", "tap-confluence--shard")["config"]
    dated = {
        entry["tap_stream_id"] for entry in everything()["streams"] if entry.get("replication_key")
    }

    assert selected("tap-confluence--shard") - {"users"} <= dated
    assert config == {"user_sources": ["records"], "emit_activate_version_messages": False}


def selected(name: str) -> set[str]:
    """Return the streams that an entry selects one by one."""
    return {rule.removesuffix(".*") for rule in plugin("extractors", name)["select"]}


def test_the_template_of_env_has_a_line_for_every_secret() -> None:
    assert variables(sensitive=True) <= template()


def test_the_template_of_env_names_only_settings_that_exist() -> None:
    assert template() <= variables()


def template() -> set[str]:
    """Return the variables that the template of `.env` has a line for, those in comments too."""
    text = (PROJECT / ".secrets.example").read_text()
    return set(re.findall(r"^#?([A-Z_]+)=", text, flags=re.MULTILINE))


def variables(*, sensitive: bool = False) -> set[str]:
    """Return the variables of all settings of all plugins, or of the secret ones only."""
    return {
        re.sub("[-.]", "_", f"{entry['name']}_{setting['name']}").upper()
        for kind in definition()["plugins"].values()
        for entry in kind
        for setting in entry.get("settings", ())
        if setting.get("sensitive") or not sensitive
    }
