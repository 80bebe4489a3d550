"""The definition of the tap for Meltano Hub, made of what the tap says of itself.

`python -m tests.hub` writes it. The Hub keeps such a file for each variant of a plugin, in
`_data/meltano/extractors/tap-confluence/` of https://github.com/meltano/hub.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tests.running import not_by_default, run_command
from tests.stated_settings import kind_of, one_by_one

PROJECT = Path(__file__).parents[1]
DEFINITION = PROJECT / "docs" / "hub" / "tap-confluence.yml"

VARIANT = "tap-confluence"
"""The Hub names variants by the owners of their repositories: to be set to ours, with `repo`."""

SIGN_IN = (
    ("domain", "email", "api_token"),
    ("base_url", "email", "api_token"),
    ("base_url", "personal_access_token"),
    ("base_url", "username", "password"),
    ("domain", "oauth_credentials.client_id", "oauth_credentials.client_secret"),
)
"""Settings that are enough together."""


def make_definition() -> dict[str, Any]:
    """Return the definition, of what `tap-confluence --about` says."""
    about = json.loads(run_command(None, "--about", "--format=json").stdout)
    return {
        "name": about["name"],
        "variant": VARIANT,
        "namespace": about["name"].replace("-", "_"),
        "label": "Confluence",
        "logo_url": "/assets/logos/extractors/confluence.png",
        "description": "Corporate wiki",
        "definition": (
            "copies Confluence Cloud and Data Center: spaces, pages, blog posts, comments, "
            "attachments, labels, versions, tasks, people and permissions, incrementally"
        ),
        "domain_url": "https://www.atlassian.com/software/confluence",
        "keywords": ["api", "meltano_sdk"],
        "maintenance_status": "active",
        "quality": "unknown",  # the Hub works it out
        "pip_url": about["name"],
        "executable": about["name"],
        "supported_python_versions": about["supported_python_versions"],
        "capabilities": sorted(about["capabilities"]),
        "select": ["*.*", *(f"!{name}.*" for name in sorted(not_by_default()))],
        "settings_group_validation": [list(names) for names in SIGN_IN],
        "settings": [_setting(*each) for each in one_by_one(about["settings"]["properties"])],
    }


def _setting(name: str, setting: dict[str, Any]) -> dict[str, Any]:
    entry = {
        "name": name,
        "label": setting["title"],
        "kind": "password" if setting.get("secret") else kind_of(name, setting),
        "description": setting["description"],
    }
    if "default" in setting:
        entry["value"] = setting["default"]
    if "enum" in setting:
        entry["options"] = [{"label": value, "value": value} for value in setting["enum"]]
    if setting.get("secret"):
        entry["sensitive"] = True
    return entry


def written() -> str:
    """Return the definition as it stands in its file."""
    return yaml.safe_dump(make_definition(), sort_keys=False, allow_unicode=True, width=100)


if __name__ == "__main__":
    DEFINITION.parent.mkdir(exist_ok=True)
    DEFINITION.write_text(written())
