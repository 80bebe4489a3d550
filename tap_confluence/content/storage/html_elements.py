"""Elements of HTML, as storage format and rendered pages have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tap_confluence.content.document import constructs, inline
from tap_confluence.content.document.escaping import is_followable
from tap_confluence.content.emoji import emoji
from tap_confluence.content.storage.elements import number, skip, skipped, verbatim

if TYPE_CHECKING:
    from lxml.etree import _Element

    from tap_confluence.content.document.blocks import End
    from tap_confluence.content.document.constructs import Reading, Start

# As rendered pages have it: `brush: python; gutter: false`.
_BRUSH: Final = re.compile(r"brush:\s*([\w+#.-]+)")
CARDS: Final = frozenset(("block", "embed"))
"""Smart links that stand on lines of their own."""

_MESSAGE: Final = re.compile(r"confluence-information-macro-(information|note|tip|warning)\b")
# Code and preformatted text stand in such boxes, too.
_CODE_PANELS: Final = frozenset(("code", "preformatted"))
_ICONS: Final = frozenset(("icon", "expand-control-image"))
_bold_block: Final = constructs.marked_block(inline.STRONG)
_COMPLEX: Final = frozenset(
    (
        "blockquote",
        "ol",
        "pre",
        "table",
        "ul",
        "{ac}adf-node",
        "{ac}plain-text-body",
        "{ac}rich-text-body",
        "{ac}task-list",
    )
)


def _marked(mark: int) -> Start[object]:
    def start(reading: Reading, _element: object) -> End:
        return reading.writer.open_mark(mark)

    return start


def _heading(level: int) -> Start[object]:
    def start(reading: Reading, _element: object) -> End:
        return reading.writer.open_heading(level)

    return start


def _preformatted(reading: Reading, element: _Element) -> End:
    brush = _BRUSH.search(element.get("data-syntaxhighlighter-params", ""))
    reading.writer.code_block(verbatim(element), brush[1] if brush else "")
    return skip


def _division(reading: Reading, element: _Element) -> End:
    """Begin a `div`, by whose classes one tells rendered macros."""
    names = element.get("class", "").split()
    kind = panel_kind(element)
    if kind:
        return _open_panel(reading, element, kind)
    if "expand-control" in names:
        return _label(reading, element)
    if _is_title(element, "panelHeader"):
        return _label(reading, element)
    return constructs.block(reading, element)


def _paragraph(reading: Reading, element: _Element) -> End:
    return skip if _is_title(element, "title") else constructs.block(reading, element)


def _label(reading: Reading, element: _Element) -> End:
    return _bold_block(reading, element) or skip


def _open_panel(reading: Reading, panel: _Element, kind: str) -> End:
    first = next(iter(panel), None)
    if kind == "panel" and first is not None and _is_title(first, "panelHeader"):
        # The title is its label, and may have links in it.
        return constructs.quote(reading, panel)
    title = verbatim(first) if first is not None and _is_title(first, "title") else ""
    return constructs.panel(reading, kind, " ".join(title.split()))


def panel_kind(element: _Element | None) -> str:
    """Return what kind of panel an element is; "" if it is none."""
    classes = "" if element is None or element.tag != "div" else element.get("class", "")
    message = _MESSAGE.search(classes)
    if message:
        return "info" if message[1] == "information" else message[1]
    names = classes.split()
    return "panel" if "panel" in names and not _CODE_PANELS.intersection(names) else ""


def _is_title(element: _Element, class_name: str) -> bool:
    """Tell whether an element is the title of the panel it stands in, which comes first."""
    if class_name not in element.get("class", "").split() or element.getprevious() is not None:
        return False
    kind = panel_kind(element.getparent())
    return kind == "panel" if class_name == "panelHeader" else kind not in {"", "panel"}


def _list_item(reading: Reading, element: _Element) -> End:
    is_task = element.get("data-inline-task-id") is not None
    is_done = "checked" in element.get("class", "").split() if is_task else None
    return reading.writer.open_item(is_done=is_done)


def _anchor(reading: Reading, element: _Element) -> End:
    href = reading.links.absolute(element.get("href") or "")
    appearance = element.get("data-card-appearance")
    end = constructs.block(reading, element) if appearance in CARDS else None
    close_link = reading.writer.open_link(href or None)
    if appearance and not element.text and not len(element):
        reading.writer.atom(href)
    return constructs.both(close_link, end) if end else close_link


def _img(reading: Reading, element: _Element) -> None:
    source = element.get("src", "")
    classes = element.get("class", "").split()
    # Where nobody gave words, `alt` is empty.
    name = element.get("alt") or element.get("data-linked-resource-default-alias") or ""
    if "emoticon" in classes:
        reading.writer.text(_emoticon(element) or name)
    elif not name and _ICONS.intersection(classes):
        return
    elif name or source:
        file = source.partition("?")[0].rpartition("/")[2] if is_followable(source) else ""
        constructs.image(reading, name or file, reading.links.absolute(source))


def _emoticon(element: _Element) -> str:
    names = ("data-emoji-fallback", "data-emoji-id", "data-emoji-short-name", "data-emoticon-name")
    return emoji(*(element.get(name, "") for name in names))


def _span(reading: Reading, element: _Element) -> End | None:
    """Write what is shown of a status as it is in other formats; other spans are nothing."""
    classes = element.get("class", "").split()
    if "collapse-source" in classes:
        # Only people press buttons.
        return skip
    if "status-macro" not in classes:
        return None
    reading.writer.atom(verbatim(element), inline.STRONG)
    return skip


def _time(reading: Reading, element: _Element) -> None:
    if not element.text and not len(element):
        reading.writer.atom(element.get("datetime", ""))


def _is_complex(table: _Element) -> bool:
    """Tell whether there is anything in a table for which cells of Markdown have no place."""
    for element in table.iterdescendants():
        if element.tag in _COMPLEX or number(element, "colspan") > 1:
            return True
        if number(element, "rowspan") > 1:
            return True
    return False


HTML_ELEMENTS: Final[dict[str | bytes | bytearray, Start[_Element]]] = {
    **dict.fromkeys(
        (
            "address",
            "article",
            "aside",
            "body",
            "caption",
            "center",
            "dd",
            "details",
            "dl",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "header",
            "html",
            "main",
            "nav",
            "section",
            "summary",
        ),
        constructs.block,
    ),
    **{f"h{level}": _heading(level) for level in range(1, 7)},
    **dict.fromkeys(("b", "strong"), _marked(inline.STRONG)),
    **dict.fromkeys(("cite", "em", "i", "var"), _marked(inline.EMPHASIS)),
    **dict.fromkeys(("del", "s", "strike"), _marked(inline.STRIKE)),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), _marked(inline.CODE)),
    "sub": _marked(inline.SUBSCRIPT),
    "sup": _marked(inline.SUPERSCRIPT),
    **dict.fromkeys(("head", "script", "style", "template", "title"), skipped),
    "a": _anchor,
    "blockquote": constructs.quote,
    "br": constructs.line_break,
    "div": _division,
    "dt": constructs.marked_block(inline.STRONG),
    "hr": constructs.rule,
    "img": _img,
    "li": _list_item,
    "ol": constructs.ordered_list(number, "start"),
    "p": _paragraph,
    "pre": _preformatted,
    "span": _span,
    "table": constructs.table(_is_complex),
    "td": constructs.table_cell(number, is_header=False),
    "th": constructs.table_cell(number, is_header=True),
    "time": _time,
    "tr": constructs.table_row,
    "ul": constructs.bullet_list,
}
