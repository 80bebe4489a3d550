"""What a body and a rendered page have in common: text, headings, lists, cells, code, links."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lxml import etree, html
from markdown_it import MarkdownIt
from mdit_py_plugins.tasklists import tasklists_plugin

from tap_confluence.content.repair import with_xml_entities

if TYPE_CHECKING:
    from collections.abc import Iterable

_RENDERER: Final = (
    MarkdownIt("commonmark", {"maxNesting": 100})
    .enable(["table", "strikethrough"])
    .use(tasklists_plugin)
)
_AC: Final = "{ac}"
_MARKS: Final = {
    "a": "link",
    "code": "code",
    "del": "strike",
    "em": "em",
    "s": "strike",
    "strong": "strong",
}
_WORD: Final = re.compile(r"\w+")
# Settings of macros and tasks, which nobody sees on the page.
_UNSEEN: Final = frozenset(
    f"{_AC}{name}" for name in ("adf-attribute", "parameter", "task-id", "task-status", "task-uuid")
)


def letters(text: str) -> str:
    return "".join(_WORD.findall(text))


def is_in_order(wanted: Iterable[str], found: Iterable[str]) -> bool:
    """Tell whether all that is wanted is found, in the same order."""
    left = iter(found)
    return all(each in left for each in wanted)


def rendered(markdown: str) -> str:
    """Render Markdown by a library that knows nothing of ours."""
    return str(_RENDERER.render(markdown))


def texts(page: str) -> list[str]:
    """Return the texts of a rendered page, block by block as they come."""
    if not page.strip():
        return []
    root = html.fragment_fromstring(page, create_parent="root")
    return [str(text) for text in root.itertext() if str(text).strip()]


def marked(page: str) -> list[tuple[str, frozenset[str]]]:
    """Return each visible character of a rendered page, with the marks it carries."""
    found: list[tuple[str, frozenset[str]]] = []
    if not page.strip():
        return found
    marks: list[str] = []
    for event, element in etree.iterwalk(
        html.fragment_fromstring(page, create_parent="root"), events=("start", "end")
    ):
        mark = _MARKS.get(str(element.tag))
        text = element.text if event == "start" else element.tail
        if mark and event == "start":
            marks.append(mark)
        elif mark:
            marks.pop()
        characters = "".join((text or "").split()).replace("\u200b", "")
        found += [(character, frozenset(marks)) for character in characters]
    return found


@dataclass
class Outline:
    """The structure of a document; text is told by its letters and digits only."""

    letters: str = ""
    headings: list[tuple[int, str]] = field(default_factory=list)
    items: list[tuple[int, str]] = field(default_factory=list)
    tasks: list[bool] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def of_html(page: str) -> Outline:
    """Read what Markdown was rendered to."""
    outline = Outline()
    if page.strip():
        root = html.fragment_fromstring(page, create_parent="root")
        _read_elements(root, outline)
        boxes = [box for box in root.iter("input") if not _is_in_cell(box)]
        outline.tasks = [box.get("checked") is not None for box in boxes]
    return outline


def of_storage(body: str) -> Outline:
    """Read what a body in storage format is made of, without the code under test."""
    root = _storage_tree(body)
    outline = Outline()
    _read_elements(root, outline)
    states = [state for state in root.iter(f"{_AC}task-status") if not _is_in_cell(state)]
    outline.tasks = [state.text == "complete" for state in states]
    return outline


def text_of_storage(body: str) -> str:
    """Return the text of a body in storage format, without what nobody sees."""
    return _text(_storage_tree(body), " ")


def _storage_tree(body: str) -> etree._Element:
    markup = f'<root xmlns:ac="ac" xmlns:ri="ri">{with_xml_entities(body)}</root>'
    try:
        root = etree.fromstring(markup, etree.XMLParser(remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError:
        root = html.fragment_fromstring(body, create_parent="root")
    for fallback in list(root.iter(f"{_AC}adf-fallback")):
        node = fallback.getprevious()
        if node is not None and node.find(f".//{_AC}adf-content") is not None:
            fallback.clear()
        elif node is not None:
            node.clear()
    return root


def of_adf(body: str) -> Outline:
    """Read what a body in ADF is made of."""
    outline = Outline()
    _read_nodes(json.loads(body), outline, 0)
    return outline


def _is_in_cell(element: etree._Element) -> bool:
    return any(above.tag in {"td", "th"} for above in element.iterancestors())


def _text(element: etree._Element, between: str) -> str:
    parts: list[str] = []
    unseen = 0
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            unseen += inner.tag in _UNSEEN
            parts.append("" if unseen else inner.text or "")
        else:
            unseen -= inner.tag in _UNSEEN
            parts.append("" if unseen or inner is element else inner.tail or "")
    return between.join(parts)


def _letters(element: etree._Element) -> str:
    return letters(_text(element, ""))


def _cell(node: dict[str, Any]) -> tuple[str, int, int]:
    given = node.get("attrs") or {}
    return _read_nodes(node, Outline(), 0), given.get("colspan", 1), given.get("rowspan", 1)


def _spread(rows: list[list[tuple[str, int, int]]]) -> list[list[str]]:
    """Return the texts of rows, that of a merged cell in each place that it takes."""
    places: dict[tuple[int, int], str] = {}
    for number, row in enumerate(rows):
        column = 0
        for text, columns, below in row:
            while (number, column) in places:
                column += 1
            for down in range(below):
                places.update({(number + down, column + right): text for right in range(columns)})
    numbers = range(len(rows))
    spread = [[places[place] for place in sorted(places) if place[0] == n] for n in numbers]
    return [[text for text in row if text] for row in spread]


def _is_list(element: etree._Element) -> bool:
    return element.tag in {"ul", "ol", f"{_AC}task-list"} or element.get("type") == "decision-list"


def _read_elements(root: etree._Element, outline: Outline) -> None:
    outline.letters = _letters(root)
    for line_break in root.iter("br"):
        line_break.tail = f"\n{line_break.tail or ''}"
    for element in root.iter():
        tag = str(element.tag)
        if tag == "a" and element.get("href", "").startswith(("http", "/")):
            outline.links.append(_letters(element))
        if _is_in_cell(element):
            continue
        if re.fullmatch("h[1-6]", tag):
            outline.headings.append((int(tag[1]), _letters(element)))
        elif tag in {"li", f"{_AC}task"} or element.get("type") == "decision-item":
            depth = sum(map(_is_list, element.iterancestors()))
            outline.items.append((depth, _letters(element)))
        elif tag == "tr" and not any(above.tag == "table" for above in element.iterancestors()):
            outline.rows += _spread([[(_letters(cell), 1, 1) for cell in element]])
        elif tag == "table":
            outline.rows += _spread(
                [
                    [
                        (_letters(c), int(c.get("colspan", 1)), int(c.get("rowspan", 1)))
                        for c in row
                        if c.tag in {"td", "th"}
                    ]
                    for row in element.iter("tr")
                    if next(row.iterancestors("table")) is element
                ]
            )
        elif tag in {"pre", f"{_AC}plain-text-body"}:
            outline.code.append("".join(map(str, element.itertext())).strip("\n"))


def _read_nodes(node: dict[str, Any], outline: Outline, depth: int) -> str:
    """Read a node and return its letters."""
    kind, given = node.get("type"), node.get("attrs") or {}
    inside = node.get("content") or []
    own = letters(node.get("text", ""))
    if any(mark["type"] == "link" for mark in node.get("marks", [])):
        outline.links.append(own)
    depth += kind in {"bulletList", "orderedList", "taskList", "decisionList"}
    place = len(outline.items)
    if kind in {"listItem", "taskItem", "decisionItem"}:
        outline.items.append((depth, ""))
    if kind == "taskItem":
        outline.tasks.append(given.get("state") == "DONE")
    if kind == "table":
        rows = [[_cell(cell) for cell in row.get("content") or []] for row in inside]
        outline.rows += _spread(rows)
        own = "".join(text for row in rows for text, _, _ in row)
    else:
        own += "".join(_read_nodes(child, outline, depth) for child in inside)
    if kind == "doc":
        outline.letters = own
    elif kind == "codeBlock":
        outline.code.append("".join(child["text"] for child in inside))
    elif kind == "heading":
        outline.headings.append((given["level"], own))
    elif kind in {"listItem", "taskItem", "decisionItem"}:
        outline.items[place] = (depth, own)
    return own
