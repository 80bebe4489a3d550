"""Elements of HTML, as storage format and rendered pages have them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from tap_confluence.content import inline, macros
from tap_confluence.content.reading import Reading, Start, number, skip, skipped, verbatim

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

# As rendered pages have it: `brush: python; gutter: false`.
_BRUSH: Final = re.compile(r"brush:\s*([\w+#.-]+)")
_MESSAGE: Final = re.compile(r"confluence-information-macro-(information|note|tip|warning)\b")


def _block(reading: Reading, _element: _Element) -> Callable[[], None]:
    reading.writer.boundary()
    return reading.writer.boundary


def _marked(mark: int) -> Start:
    def start(reading: Reading, _element: _Element) -> Callable[[], None]:
        reading.writer.mark_on(mark)
        return partial(reading.writer.mark_off, mark)

    return start


def _heading(level: int) -> Start:
    def start(reading: Reading, _element: _Element) -> Callable[[], None]:
        reading.writer.heading_on(level)
        return reading.writer.heading_off

    return start


def _break(reading: Reading, _element: _Element) -> None:
    reading.writer.line_break()


def _rule(reading: Reading, _element: _Element) -> None:
    reading.writer.rule()


def _preformatted(reading: Reading, element: _Element) -> Callable[[], None]:
    brush = _BRUSH.search(element.get("data-syntaxhighlighter-params", ""))
    reading.writer.code_block(verbatim(element), brush[1] if brush else "")
    return skip


def _quote(reading: Reading, _element: _Element) -> Callable[[], None]:
    reading.writer.open_quote()
    return reading.writer.close_quote


def _division(reading: Reading, element: _Element) -> Callable[[], None]:
    writer = reading.writer
    message = _MESSAGE.search(element.get("class", ""))
    if message:
        kind = "info" if message[1] == "information" else message[1]
        macros.open_panel(writer, kind)
        return writer.close_quote
    writer.boundary()
    return writer.boundary


def _bullets(reading: Reading, _element: _Element) -> Callable[[], None]:
    reading.writer.open_list()
    return reading.writer.close_list


def _numbers(reading: Reading, element: _Element) -> Callable[[], None]:
    reading.writer.open_list(number(element.get("start"), 1))
    return reading.writer.close_list


def _item(reading: Reading, element: _Element) -> Callable[[], None]:
    is_task = element.get("data-inline-task-id") is not None
    is_done = "checked" in element.get("class", "").split() if is_task else None
    reading.writer.open_item(is_done=is_done)
    return reading.writer.close_item


def _term(reading: Reading, _element: _Element) -> Callable[[], None]:
    writer = reading.writer
    writer.boundary()
    writer.mark_on(inline.STRONG)

    def end() -> None:
        writer.boundary()
        writer.mark_off(inline.STRONG)

    return end


def _table(reading: Reading, _element: _Element) -> Callable[[], None]:
    reading.writer.open_table()
    return reading.writer.close_table


def _row(reading: Reading, _element: _Element) -> Callable[[], None]:
    reading.writer.open_row()
    return reading.writer.boundary


def _cell(reading: Reading, element: _Element) -> Callable[[], None]:
    reading.writer.open_cell(
        is_header=element.tag == "th",
        columns=number(element.get("colspan"), 1),
        rows=number(element.get("rowspan"), 1),
    )
    return reading.writer.close_cell


def _anchor(reading: Reading, element: _Element) -> Callable[[], None]:
    href = element.get("href")
    reading.writer.link_on(reading.links.absolute(href) if href else None)
    return reading.writer.link_off


def _image(reading: Reading, element: _Element) -> None:
    source = element.get("src", "")
    name = element.get("data-linked-resource-default-alias") or element.get("alt") or ""
    if "emoticon" in element.get("class", "").split():
        reading.writer.text(element.get("data-emoji-fallback") or name)
    elif name or source:
        file = source.partition("?")[0].rpartition("/")[2]
        reading.writer.image(name or file, reading.links.absolute(source))


def _time(reading: Reading, element: _Element) -> None:
    if not element.text and not len(element):
        reading.writer.text(element.get("datetime", ""))


HTML_ELEMENTS: Final[dict[str | bytes | bytearray, Start]] = {
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
        _block,
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
    "blockquote": _quote,
    "br": _break,
    "div": _division,
    "dt": _term,
    "hr": _rule,
    "img": _image,
    "li": _item,
    "ol": _numbers,
    "pre": _preformatted,
    "table": _table,
    "td": _cell,
    "th": _cell,
    "time": _time,
    "tr": _row,
    "ul": _bullets,
}
