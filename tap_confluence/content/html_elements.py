"""Elements of HTML, as storage format and rendered pages have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tap_confluence.content import constructs, inline
from tap_confluence.content.elements import number, skip, skipped, verbatim
from tap_confluence.content.emoji import emoji
from tap_confluence.content.escaping import is_followable

if TYPE_CHECKING:
    from lxml.etree import _Element

    from tap_confluence.content.blocks import End
    from tap_confluence.content.constructs import Reading, Start

# As rendered pages have it: `brush: python; gutter: false`.
_BRUSH: Final = re.compile(r"brush:\s*([\w+#.-]+)")
_MESSAGE: Final = re.compile(r"confluence-information-macro-(information|note|tip|warning)\b")
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
    message = _MESSAGE.search(element.get("class", ""))
    if message:
        return constructs.panel(reading, "info" if message[1] == "information" else message[1])
    return constructs.block(reading, element)


def _list_item(reading: Reading, element: _Element) -> End:
    is_task = element.get("data-inline-task-id") is not None
    is_done = "checked" in element.get("class", "").split() if is_task else None
    return reading.writer.open_item(is_done=is_done)


def _anchor(reading: Reading, element: _Element) -> End:
    href = element.get("href")
    return reading.writer.open_link(reading.links.absolute(href) if href else None)


def _img(reading: Reading, element: _Element) -> None:
    source = element.get("src", "")
    name = element.get("data-linked-resource-default-alias") or element.get("alt") or ""
    if "emoticon" in element.get("class", "").split():
        reading.writer.text(_emoticon(element) or name)
    elif name or source:
        file = source.partition("?")[0].rpartition("/")[2] if is_followable(source) else ""
        constructs.image(reading, name or file, reading.links.absolute(source))


def _emoticon(element: _Element) -> str:
    names = ("data-emoji-fallback", "data-emoji-id", "data-emoji-short-name", "data-emoticon-name")
    return emoji(*(element.get(name, "") for name in names))


def _span(reading: Reading, element: _Element) -> End | None:
    """Begin what is shown of a status as it is in other formats; other spans are nothing."""
    is_status = "status-macro" in element.get("class", "").split()
    return reading.writer.open_mark(inline.STRONG) if is_status else None


def _time(reading: Reading, element: _Element) -> None:
    if not element.text and not len(element):
        reading.writer.text(element.get("datetime", ""))


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
            "p",
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
    "pre": _preformatted,
    "span": _span,
    "table": constructs.table(_is_complex),
    "td": constructs.table_cell(number, is_header=False),
    "th": constructs.table_cell(number, is_header=True),
    "time": _time,
    "tr": constructs.table_row,
    "ul": constructs.bullet_list,
}
