"""Each document that follows from the code, or has parts that do: one function a document."""

from __future__ import annotations

import json
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.docs import columns, dbt, facts, meltano, sample, site, versions
from tests.docs.families import FAMILIES, link
from tests.docs.markdown import code, fill, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tap_confluence.streams.base import ConfluenceStream

COSTS = ("stream", "Cloud: first run", "idle run", "Data Center: first run", "idle run")

PROJECT = Path(__file__).parents[2]


def readme() -> str:
    """Return the README: its rows of the demo."""
    return _filled("README.md", {"sample": sample.sample()})


def start() -> str:
    """Return the first page of the site, which is the README with links within the site."""
    return site.start_page(readme())


def sign_in() -> str:
    """Return the page of signing in: its table of scopes."""
    scopes = ((f"`{scope}`", code(names)) for scope, names in facts.scopes().items())
    return _filled("docs/sign-in.md", {"scopes": table(("scope", "streams"), scopes)})


def settings() -> str:
    """Return the page of settings."""
    rows = (
        (f"`{name}`", _default(setting), setting["description"])
        for name, setting in facts.settings()
        if not name.startswith(facts.EVERY_TAP_HAS)
    )
    return _filled("docs/settings.md", {"settings": table(("setting", "default", "meaning"), rows)})


def choosing() -> str:
    """Return the page of choosing content: what is read only when it is selected."""
    rows = ((link(s.name), _needs_of_cloud(s), _needs_of_data_center(s)) for s in facts.left_out())
    heads = ("stream", "what it takes on Cloud", "what it takes on Data Center")
    return _filled("docs/choosing.md", {"left-out": table(heads, rows)})


def costs() -> str:
    """Return the page of costs."""
    parts = {
        "costs-by-default": _costs(facts.costs_by_default()),
        "costs": _costs(facts.costs_alone()),
        "requests-per": table(
            ("a request in each run for each", "streams"),
            ((thing, code(names)) for thing, names in facts.requests_per().items()),
        ),
    }
    return _filled("docs/costs.md", parts)


def support() -> str:
    """Return the page of what is tested: its table of versions."""
    heads = ("what", "versions", "where it is tested")
    return _filled("docs/support.md", {"versions": table(heads, versions.tested())})


def meltano_yml() -> str:
    """Return the definition of the Meltano project: the streams that its entries select."""
    parts = {
        "read-by-default": facts.selection(),
        "by-shards": meltano.by_shards(),
        "as-a-whole": meltano.as_a_whole(),
        "reconciled": meltano.reconciled(),
    }
    rules = {name: "".join(f"    - '{rule}'\n" for rule in part) for name, part in parts.items()}
    return fill(_written("meltano.yml"), rules)


def lock_file() -> str:
    """Return the definition of the tap for the Meltano project.

    Meltano finds it by the name and the variant of the plugin, and looks nowhere else.
    """
    lock = {"plugin_type": "extractors", **meltano.definition()}
    return json.dumps(lock, indent=2, ensure_ascii=False) + "\n"


def hub_definition() -> str:
    """Return the definition of the tap for Meltano Hub.

    The Hub keeps such a file for each variant of a plugin, in
    `_data/meltano/extractors/tap-confluence/` of https://github.com/meltano/hub.
    """
    return _as_yaml(
        {
            **meltano.definition(),
            "logo_url": "/assets/logos/extractors/confluence.png",
            "definition": (
                "copies Confluence Cloud and Data Center: spaces, pages, blog posts, comments, "
                "attachments, labels, versions, tasks, people and permissions, incrementally"
            ),
            "domain_url": "https://www.atlassian.com/software/confluence",
            "keywords": ["api", "meltano_sdk"],
            "maintenance_status": "active",
            "quality": "unknown",  # the Hub works it out
        }
    )


def own_definition() -> str:
    """Return the definition of the tap for `meltano add --from-ref`.

    Of a definition, Meltano 4.4 takes over from there what it has names for, and `select` is not
    among that. Of a variant in it, it takes over everything.
    """
    definition = meltano.definition()
    names = ("name", "namespace", "label", "description")
    of_tap = {name: definition.pop(name) for name in names}
    variant = {"name": definition.pop("variant"), **definition}
    return _as_yaml({**of_tap, "variants": [variant]})


def _as_yaml(definition: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(definition), sort_keys=False, allow_unicode=True, width=100)


DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "README.md": readme,
    "docs/sign-in.md": sign_in,
    "docs/settings.md": settings,
    "docs/choosing.md": choosing,
    "docs/costs.md": costs,
    "docs/support.md": support,
    "docs/tables/README.md": columns.index,
    **{f"docs/tables/{family.page}.md": partial(columns.page, family) for family in FAMILIES},
    "docs/index.md": start,
    "docs/hub/tap-confluence.yml": hub_definition,
    "docs/meltano/tap-confluence.yml": own_definition,
    "meltano.yml": meltano_yml,
    f"plugins/extractors/tap-confluence--{meltano.VARIANT}.lock": lock_file,
    **dbt.documents(),
}
"""What makes each document, by its path below the project's folder."""


def _written(name: str) -> str:
    return (PROJECT / name).read_text()


def _filled(name: str, parts: Mapping[str, str]) -> str:
    """Return a document of Markdown with its tables."""
    return fill(_written(name), {part: f"\n{text}\n" for part, text in parts.items()})


def _costs(costs: Mapping[str, Iterable[facts.Cost]]) -> str:
    return table(COSTS, starmap(_cost, costs.items()), COSTS[1:])


def _cost(name: str, costs: Iterable[facts.Cost]) -> list[str]:
    named = link(name) if name in facts.streams() else name
    return [named, *("" if n is None else f"{n:,}" for cost in costs for n in cost)]


def _default(setting: facts.Setting) -> str:
    return f"`{json.dumps(setting['default'])}`" if "default" in setting else ""


def _needs_of_cloud(stream: ConfluenceStream) -> str:
    return _listed([*(f"`{scope}`" for scope in facts.scopes_of(stream)), stream.right])


def _needs_of_data_center(stream: ConfluenceStream) -> str:
    there = facts.data_center_streams().get(stream.name)
    return _listed([there.right]) or "to see what it is of" if there else "no"


def _listed(needs: Iterable[str]) -> str:
    return ", ".join(filter(None, needs))
