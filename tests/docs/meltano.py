"""What Meltano and Meltano Hub are told of the tap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_confluence.streams.incremental import IncrementalStream
from tap_confluence.streams.inventory import InventoryStream
from tap_confluence.streams.parents import ChangeDetailStream
from tests.docs import facts, site

if TYPE_CHECKING:
    from tap_confluence.streams.base import ConfluenceStream
    from tests.docs.facts import Setting

VARIANT = "tap-confluence"
"""The owner of the repository, by which the Hub names variants."""

REPOSITORY = site.REPOSITORY

PIP_URL = f"git+{REPOSITORY}.git"
"""What Meltano installs. Once there is a release, `tap-confluence` is enough."""

SETTINGS = "--config=ENV"
"""Meltano hands all settings to its commands as variables."""

CATALOG = "--catalog=$MELTANO_SYS_DIR_ROOT/run/$MELTANO_EXTRACTOR_NAME/tap.properties.json"
"""Where Meltano has put the catalog, with what `select` selects, before a command runs."""

COMMANDS = {
    "check": (
        "tap-confluence-check",
        f"{SETTINGS} {CATALOG}",
        "Say who is signed in, what may be read and what a run costs",
    ),
    "completeness": (
        "tap-confluence-completeness",
        f"{SETTINGS} {CATALOG}",
        "Say how many rows a complete table has, and what the settings leave out",
    ),
    "explain": (
        "tap-confluence-check",
        f"{SETTINGS} --explain",
        "Say why one item is or is not extracted: its id comes behind",
    ),
    "survey": (
        "tap-confluence-survey",
        SETTINGS,
        "Say in what the site differs from what the tap expects",
    ),
    "shards": (
        "tap-confluence-shards",
        SETTINGS,
        "Divide a large site: --shards and how many comes behind",
    ),
}
"""The commands beside the tap: name, program, arguments, and what each is for."""

SIGN_IN = (
    ("domain", "email", "api_token"),
    ("base_url", "email", "api_token"),
    ("base_url", "personal_access_token"),
    ("base_url", "username", "password"),
    ("domain", "oauth_credentials.client_id", "oauth_credentials.client_secret"),
)
"""Settings that are enough together."""

KINDS = {"number": "string"}
"""What Meltano calls the types of JSON Schema, where it calls them otherwise.

Meltano 4.4.1 has a kind `decimal`, but cannot hand over one that a variable sets.
"""


def definition() -> dict[str, Any]:
    """Return the definition of the tap, as Meltano takes it."""
    about = facts.about()
    return {
        "name": about["name"],
        "variant": VARIANT,
        "namespace": about["name"].replace("-", "_"),
        "label": "Confluence",
        "description": "Corporate wiki",
        "pip_url": PIP_URL,
        "repo": REPOSITORY,
        "executable": about["name"],
        "supported_python_versions": about["supported_python_versions"],
        "capabilities": sorted(about["capabilities"]),
        "select": facts.selection(),
        "commands": {
            name: {"executable": program, "args": arguments, "description": purpose}
            for name, (program, arguments, purpose) in COMMANDS.items()
        },
        "settings_group_validation": [list(names) for names in SIGN_IN],
        "settings": [_setting(*each) for each in facts.settings()],
    }


def _setting(name: str, setting: Setting) -> dict[str, Any]:
    entry = {
        "name": name,
        "label": setting["title"],
        "kind": _kind(name, setting),
        "description": setting["description"],
    }
    if "default" in setting:
        entry["value"] = setting["default"]
    if "enum" in setting:
        entry["options"] = [{"label": value, "value": value} for value in setting["enum"]]
    if setting.get("secret"):
        entry["sensitive"] = True
    return entry


def _kind(name: str, setting: Setting) -> str:
    if "enum" in setting:
        return "options"
    if name == "anchor_date":
        return "date_iso8601"
    if name == "email":
        return "email"
    [type_] = set(setting["type"]) - {"null"}
    return KINDS.get(type_, str(type_))


def by_shards() -> list[str]:
    """Return the rules that select what each shard of a large site reads.

    That is what is read by its changes, and what is made of the records of a run.
    """
    wanted = (s for s in facts.read_by_default() if _is_read_by_changes(s) or s.comes_last)
    return [f"{stream.name}.*" for stream in wanted]


def as_a_whole() -> list[str]:
    """Return the rules that select what is read once of a large site, in every run whole."""
    wanted = (s for s in facts.read_by_default() if not _is_read_by_changes(s))
    return [f"{s.name}.*" for s in wanted if not isinstance(s, InventoryStream)]


def reconciled() -> list[str]:
    """Return the rules that select what tells of shards what is gone: their lists, all of them."""
    kinds = (IncrementalStream, InventoryStream)
    return [f"{s.name}.*" for s in facts.read_by_default() if isinstance(s, kinds)]


def _is_read_by_changes(stream: ConfluenceStream) -> bool:
    return isinstance(stream, IncrementalStream | ChangeDetailStream)
