"""What a request wants to be spelled out: `expand=history.lastUpdated,space` as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.demo_site.datacenter.asked import Asked

Tree: TypeAlias = "dict[str, Tree]"


def tree_of(names: Iterable[str]) -> Tree:
    """Make a tree of dotted names."""
    tree: Tree = {}
    for name in names:
        branch = tree
        for part in filter(None, name.split(".")):
            branch = branch.setdefault(part, {})
    return tree


def expansion(asked: Asked, default: str = "") -> Tree:
    """Read what a request wants to be expanded."""
    given = asked.texts("expand") if asked.has("expand") else default.split(",")
    return tree_of(name.strip() for name in given)


def wants_export(tree: Tree) -> bool:
    """Whether a body for export is among what is expanded."""
    return bool({"export_view", "styled_view"} & tree.get("body", {}).keys())


def wants_body(tree: Tree) -> bool:
    """Whether a body is among what is expanded, at any depth."""
    return any(name == "body" or wants_body(branch) for name, branch in tree.items())
