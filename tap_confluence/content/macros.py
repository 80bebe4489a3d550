"""Macros, the same whether they come in storage format or in ADF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tap_confluence.content.constructs import PANEL_LABELS, block, panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_confluence.content.blocks import End
    from tap_confluence.content.constructs import Reading

CODE_MACROS: Final = frozenset(("code", "noformat"))
# They show nothing of their own: a table of contents repeats the headings, an anchor is a place.
_INVISIBLE: Final = frozenset(("toc", "anchor"))
# They arrange or mark their body.
_TRANSPARENT: Final = frozenset(("excerpt", "section", "column", "details", "div", "span"))
_EXPANDS: Final = frozenset(("expand", "ui-expand"))
_INCLUDES: Final = frozenset(("include", "excerpt-include"))
_FILES: Final = frozenset(("view-file", "viewdoc", "viewpdf", "viewppt", "viewxls"))


class Macro(NamedTuple):
    """A macro as a body has it.

    Attributes:
        name: The name people type after `/` or between braces.
        parameters: What it is given, by name; the parameter without a name is "".
        has_body: Whether rich text stands in it.
        is_inline: Whether it stands within a line.
    """

    name: str
    parameters: Mapping[str, str]
    has_body: bool = False
    is_inline: bool = False


def open_macro(reading: Reading, macro: Macro) -> End:
    """Begin any macro but those of `CODE_MACROS`, in whose place code stands."""
    if macro.name in PANEL_LABELS:
        return panel(reading, macro.name, macro.parameters.get("title", ""))
    is_block = macro.has_body or not macro.is_inline
    end = block(reading, macro) if is_block else _nothing
    _show(reading, macro)
    end()
    return end


def _show(reading: Reading, macro: Macro) -> None:
    """Write what a macro shows besides its body."""
    writer, links = reading
    name, parameters = macro.name, macro.parameters
    if name in _EXPANDS:
        if parameters.get("title"):
            writer.label(parameters["title"])
    elif name == "status":
        writer.bold(parameters.get("title") or parameters.get("colour", ""))
    elif name == "jira" and parameters.get("key"):
        writer.text(parameters["key"])
    elif name in _FILES and parameters.get("name"):
        writer.span(parameters["name"], 0, links.attachment(parameters["name"]))
    elif name in _INCLUDES:
        page = parameters.get("") or parameters.get("page") or parameters.get("pageTitle")
        writer.text(f"[{name}: {page}]" if page else _named(name, parameters))
    elif name not in _INVISIBLE and name not in _TRANSPARENT:
        writer.text(_named(name, parameters))


def _named(name: str, parameters: Mapping[str, str]) -> str:
    """Return a macro as text: `[chart: type=pie; 3D=true]`."""
    given = "; ".join(f"{key}={value}" if key else value for key, value in parameters.items())
    return f"[{name}: {given}]" if given else f"[{name}]"


def _nothing() -> None:
    pass
