"""`meltano.yml`, the lock file and `.env` work with the tap as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.docs import facts
from tests.incremental.runs import CONTENT, INVENTORY
from tests.integration.plugins import PROJECT, definition, plugin
from tests.running import everything, not_by_default

if TYPE_CHECKING:
    from tests.integration.plugins import Meltano

NOBODY = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
"""A way to the internet on which nobody answers."""


def test_meltano_runs_the_tap_with_its_defaults_and_asks_nobody_for_them(meltano: Meltano) -> None:
    defaults: dict[str, Any] = {}
    for name, each in facts.settings():
        if "default" in each:
            whole, _, part = name.partition(".")
            value = {**defaults.get(whole, {}), part: each["default"]} if part else each["default"]
            defaults[whole] = value

    assert meltano.config_of("tap-confluence", NOBODY) == defaults


def test_meltano_takes_settings_of_every_kind_from_variables(meltano: Meltano) -> None:
    config = meltano.config_of(
        "tap-confluence",
        {
            "TAP_CONFLUENCE_SPACE_KEYS": '["DOCS"]',
            "TAP_CONFLUENCE_PAGE_SIZE": "50",
            "TAP_CONFLUENCE_VERIFY_SSL": "false",
            "TAP_CONFLUENCE_ANCHOR_DATE": "2020-01-01",
            "TAP_CONFLUENCE_REQUESTS_PER_SECOND": "2.5",
            "TAP_CONFLUENCE_BODY_FORMAT": "view",
            "TAP_CONFLUENCE_STREAM_MAPS": '{"pages": null}',
            "TAP_CONFLUENCE_API_TOKEN": "a-secret",
            "TAP_CONFLUENCE_OAUTH_CREDENTIALS_CLIENT_ID": "an-id",
        },
    )

    assert (
        config.items()
        >= {
            "space_keys": ["DOCS"],
            "page_size": 50,
            "verify_ssl": False,
            "anchor_date": "2020-01-01",
            "requests_per_second": "2.5",
            "body_format": "view",
            "stream_maps": {"pages": None},
            "api_token": "*****",
        }.items()
    )
    assert config["oauth_credentials"] == {"client_id": "an-id"}


def test_an_entry_that_inherits_has_the_settings_of_the_tap(meltano: Meltano) -> None:
    config = meltano.config_of("tap-confluence--shard", {"TAP_CONFLUENCE_PAGE_SIZE": "50"})

    assert config["page_size"] == 50
    assert config["user_sources"] == ["records"]


def test_no_plugin_is_looked_up_at_meltano_hub() -> None:
    plugins = [entry for kind in definition()["plugins"].values() for entry in kind]

    own = [entry for entry in plugins if "inherit_from" not in entry]
    assert all("namespace" in entry and "pip_url" in entry for entry in own)


def test_shards_and_the_site_read_together_what_the_tap_reads_by_default() -> None:
    shard, site = (selected(f"tap-confluence--{name}") for name in ("shard", "site"))

    assert (
        shard | site | {INVENTORY}
        == {entry["tap_stream_id"] for entry in everything()["streams"]} - not_by_default()
    )
    assert shard & site == {"users"}


def test_what_shards_do_not_tell_of_is_told_by_the_lists_of_the_whole_site() -> None:
    assert selected("tap-confluence--reconcile") == {*CONTENT, INVENTORY}


def test_shards_read_what_is_dated() -> None:
    config = plugin("extractors", "tap-confluence--shard")["config"]
    dated = {
        entry["tap_stream_id"] for entry in everything()["streams"] if entry.get("replication_key")
    }

    assert selected("tap-confluence--shard") - {"users"} <= dated
    assert config == {"user_sources": ["records"]}


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
        variable(entry["name"], setting)
        for kind in definition()["plugins"].values()
        for entry in kind
        for setting in entry.get("settings", ())
        if setting.get("sensitive") or not sensitive
    }


def variable(plugin_name: str, setting: dict[str, Any]) -> str:
    """Return the variable of a setting, or the one that it takes its value from."""
    value = str(setting.get("value", ""))
    if value.startswith("$"):
        return value.removeprefix("$")
    return re.sub("[-.]", "_", f"{plugin_name}_{setting['name']}").upper()
