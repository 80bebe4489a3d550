"""Macros and panels, the same whether they come in storage format or in ADF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_confluence.content.blocks import BlockWriter
    from tap_confluence.content.links import Links

PANELS: Final = {
    "info": "Info",
    "note": "Note",
    "tip": "Tip",
    "success": "Success",
    "warning": "Warning",
    "error": "Error",
    "panel": "Panel",
    "custom": "Panel",
}
CODE: Final = frozenset(("code", "noformat"))
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


def open_panel(writer: BlockWriter, kind: str, title: str = "") -> None:
    """Begin a quotation with a bold label; `BlockWriter.close_quote` ends it."""
    label = PANELS.get(kind, "Panel")
    writer.open_quote()
    if title:
        writer.label(title if label == "Panel" else f"{label}: {title}")
    else:
        writer.label(label)


def open_macro(writer: BlockWriter, macro: Macro, links: Links) -> Callable[[], None]:
    """Write what stands before the body of a macro.

    Args:
        writer: Where to write.
        macro: Any macro but those of `CODE`.
        links: Where references lead.

    Returns:
        What writes the end of the macro, after its body.
    """
    if macro.name in PANELS:
        open_panel(writer, macro.name, macro.parameters.get("title", ""))
        return writer.close_quote
    is_block = macro.has_body or not macro.is_inline
    if is_block:
        writer.boundary()
    _show(writer, macro, links)
    if is_block:
        writer.boundary()
        return writer.boundary
    return _nothing


def _show(writer: BlockWriter, macro: Macro, links: Links) -> None:
    """Write what a macro shows besides its body."""
    name, parameters = macro.name, macro.parameters
    if name in _EXPANDS:
        if parameters.get("title"):
            writer.label(parameters["title"])
    elif name == "status":
        writer.bold(parameters.get("title") or parameters.get("colour", ""))
    elif name == "jira" and parameters.get("key"):
        writer.text(parameters["key"])
    elif name in _FILES and parameters.get("name"):
        writer.link_on(links.attachment(parameters["name"]))
        writer.text(parameters["name"])
        writer.link_off()
    elif name in _INCLUDES:
        page = parameters.get("") or parameters.get("page") or parameters.get("pageTitle")
        writer.text(f"[{name}: {page}]" if page else named(name, parameters))
    elif name not in _INVISIBLE and name not in _TRANSPARENT:
        writer.text(named(name, parameters))


def decision(state: str) -> str:
    """Return the label of an item of a decision list."""
    return "Undecided:" if state.upper() == "UNDECIDED" else "Decision:"


def named(name: str, parameters: Mapping[str, str]) -> str:
    """Return a macro as text: `[chart: type=pie; 3D=true]`."""
    given = "; ".join(f"{key}={value}" if key else value for key, value in parameters.items())
    return f"[{name}: {given}]" if given else f"[{name}]"


def _nothing() -> None:
    pass
