"""How much of a body is left in Markdown, next to what one would pick instead.

The bodies are those of `tests/content/corpus`. What stands in them is read by code that shares
nothing with the converter (`tests/content/outline.py`), and what became of it is read from the
Markdown of each contestant as a library of others renders it. Run it with

    python -m benchmarks.readable [--losses]

Others are installed into environments of their own, as for all benchmarks. With `--losses`, what
each of them loses is listed, body by body.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from lxml import etree, html
from tap_confluence.content import to_markdown
from tests.content import outline
from tests.content.gallery import LINKS, fragments_in

from benchmarks.environments import EXPORTER, HERE, HTML2TEXT, MARKDOWNIFY, MCP, python_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Things = dict[str, Counter[Any]]
    Row = tuple[str, ...]

_CORPUS: Final = HERE.parent / "tests" / "content" / "corpus"
_RUNNER: Final = HERE / "runners" / "convert_bodies.py"
_WORD: Final = re.compile(r"\w+")
_DAY: Final = re.compile(r"(<time [^>]*>)[^<]*")
_TASK: Final = re.compile(r"\[[ xX]\](?=\s)")
# What a reader sees of attributes: names of pages and files, days, words about images.
_SEEN_ATTRIBUTES: Final = re.compile(r"(?:content-title|filename|datetime|alt|space-key)$")
_UNSEEN: Final = tuple(
    f"{{ac}}{name}"
    for name in ("parameter", "adf-attribute", "task-id", "task-uuid", "task-status")
)
_COLUMNS: Final = ("words", "words elsewhere", "code", "tasks", "tables", "rows", "links")


class Body(NamedTuple):
    """A body in the formats there are of it.

    Attributes:
        name: What it is about.
        given: The body by format.
        markdown: What people wrote down that it is to become.
    """

    name: str
    given: dict[str, str]
    markdown: str


def main() -> None:
    """Print two tables in Markdown: what is kept, of how much."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.readable", description=__doc__)
    parser.add_argument("--losses", action="store_true", help="list what each of them loses")
    shows_losses = parser.parse_args().losses
    bodies = _bodies()
    for representation, others in (
        ("storage", (HTML2TEXT, MARKDOWNIFY, MCP)),
        ("view", (EXPORTER, HTML2TEXT, MARKDOWNIFY)),
    ):
        _compare(
            [body for body in bodies if representation in body.given],
            representation,
            others,
            shows_losses=shows_losses,
        )


def _compare(
    bodies: Sequence[Body], representation: str, others: Sequence[str], *, shows_losses: bool
) -> None:
    wanted = [_wanted(body, representation) for body in bodies]
    sys.stdout.write(f"\n| {len(bodies)} bodies, `{representation}` | {' | '.join(_COLUMNS)} |\n")
    sys.stdout.write(f"| --- |{' ---: |' * len(_COLUMNS)}\n")
    _write_row("there are", wanted)
    for name, converted in _converted(bodies, representation, others):
        kept = [_kept(each, markdown) for each, markdown in zip(wanted, converted, strict=True)]
        _write_row(name, kept)
        if shows_losses:
            _write_losses(name, bodies, wanted, kept)


def _bodies() -> list[Body]:
    by_name: dict[str, Body] = {}
    for fragment in fragments_in(_CORPUS):
        body = by_name.setdefault(fragment.name, Body(fragment.name, {}, fragment.markdown))
        # An export is rendered as well.
        name = fragment.representation.replace("export_view", "view")
        body.given[name] = fragment.body
    return list(by_name.values())


def _converted(
    bodies: Sequence[Body], representation: str, others: Sequence[str]
) -> Iterator[tuple[str, list[str]]]:
    given = [body.given[representation] for body in bodies]
    yield "tap-confluence", [to_markdown(each, representation, LINKS) for each in given]
    # What reads rendered pages may look into what they are made of, too.
    formats = ("storage", representation)
    for name in others:
        said = subprocess.run(
            [str(python_of(name)), str(_RUNNER), name, representation],
            input=json.dumps([{f: body.given.get(f, "") for f in formats} for body in bodies]),
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        yield name, json.loads(said.stdout)


def _write_row(name: str, found: Iterable[Things]) -> None:
    total: Counter[str] = Counter()
    for things in found:
        total.update({column: things[column].total() for column in _COLUMNS})
    cells = " | ".join(f"{total[column]:,}" for column in _COLUMNS)
    sys.stdout.write(f"| {name} | {cells} |\n")


def _write_losses(
    name: str, bodies: Sequence[Body], wanted: Sequence[Things], kept: Sequence[Things]
) -> None:
    for body, there_are, left in zip(bodies, wanted, kept, strict=True):
        for column in _COLUMNS:
            lost = there_are[column] - left[column]
            if lost:
                told = ", ".join(map(str, lost.elements()))
                sys.stderr.write(f"{name} | {body.name} | {column}: {told}\n")


def _wanted(body: Body, representation: str) -> Things:
    """Return what stands in a body; of parameters and attributes, what people found worth it."""
    # A day may be written as people read it, or as it is kept.
    given = _DAY.sub(r"\1", body.given[representation])
    tree = _tree(given)
    typed = _words(outline.text_of_storage(given))
    tables = [_Grid.of(table) for table in tree.iter("table") if not _is_nested(table)]
    return {
        "words": typed,
        "words elsewhere": (_words(_text_of(outline.rendered(body.markdown))) - typed)
        & _words_in_parameters(tree),
        "code": Counter(each.strip() for each in outline.of_storage(given).code if each.strip()),
        "tasks": Counter(_states(tree)),
        "tables": Counter(tables),
        "rows": Counter(row for table in tables for row in table.rows),
        "links": Counter(_linked(tree)),
    }


def _kept(wanted: Things, markdown: str) -> Things:
    page = outline.rendered(markdown)
    tree = html.fragment_fromstring(page, create_parent="root")
    text = _text_of(page)
    words = _words(text)
    read = outline.of_html(page)
    tasks = Counter(read.tasks)
    tasks.update("x" in box.lower() for box in _TASK.findall(text))
    found = {
        "words": words,
        "words elsewhere": words - wanted["words"],
        "code": Counter(each.strip() for each in read.code),
        "tasks": tasks,
    }
    kept = {column: wanted[column] & things for column, things in found.items()}
    tables = [_Grid.of(table) for table in tree.iter("table")]
    rows = [row for table in tables for row in table.rows]
    kept["tables"] = Counter(_held(wanted["tables"].elements(), tables, _Grid.holds))
    kept["rows"] = Counter(_held(wanted["rows"].elements(), rows, _holds))
    links = [link for link in tree.iter("a") if link.get("href")]
    kept["links"] = Counter(_held(wanted["links"].elements(), links, _leads))
    return kept


def _held(
    wanted: Iterable[Any], found: list[Any], holds: Callable[[Any, Any], bool]
) -> Iterator[Any]:
    """Yield what is held by something that was found, which holds nothing else."""
    left = list(found)
    for each in wanted:
        holder = next((other for other in left if holds(other, each)), None)
        if holder is not None:
            left.remove(holder)
            yield each


def _holds(found: Row, wanted: Row) -> bool:
    """Tell whether each cell of a row has at least the text that it is to have."""
    return len(found) == len(wanted) and all(
        outline.is_in_order(cell, other) for cell, other in zip(wanted, found, strict=True)
    )


def _leads(link: etree._Element, wanted: str) -> bool:
    """Tell whether a link has at least the text that it is to have, or its address has."""
    texts = (_letters(link), outline.letters(unquote(link.get("href") or "")))
    return any(outline.is_in_order(wanted, text) for text in texts)


class _Grid(NamedTuple):
    """The letters of a table.

    Attributes:
        rows: The text of each place, that of a merged cell in all that it takes.
        cells: The text of each cell, once.
    """

    rows: tuple[Row, ...]
    cells: Row

    @classmethod
    def of(cls, table: etree._Element) -> _Grid:
        places: dict[tuple[int, int], str] = {}
        cells: list[str] = []
        trs = [tr for tr in table.iter("tr") if next(tr.iterancestors("table")) is table]
        for number, tr in enumerate(trs):
            column = 0
            for cell in tr.iterchildren("td", "th"):
                while (number, column) in places:
                    column += 1
                cells.append(_letters(cell))
                for down in range(int(cell.get("rowspan", 1))):
                    for right in range(int(cell.get("colspan", 1))):
                        places[number + down, column + right] = cells[-1]
        rows = (tuple(places[p] for p in sorted(places) if p[0] == n) for n in range(len(trs)))
        return cls(tuple(row for row in rows if any(row)), tuple(cells))

    def holds(self, wanted: _Grid) -> bool:
        """Tell whether there are so many rows, and the text of each cell somewhere in them."""
        texts = [text for row in self.rows for text in row]
        return len(self.rows) >= len(wanted.rows) and all(
            any(outline.is_in_order(cell, text) for text in texts) for cell in wanted.cells
        )


def _is_nested(table: etree._Element) -> bool:
    return next(table.iterancestors("table"), None) is not None


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(unquote(text)))


def _text_of(page: str) -> str:
    return " ".join(outline.texts(page))


def _tree(body: str) -> etree._Element:
    markup = (
        f'<root xmlns:ac="ac" xmlns:ri="ri" xmlns:at="at">{outline.with_xml_entities(body)}</root>'
    )
    root = etree.fromstring(markup, etree.XMLParser(remove_comments=True, recover=True))
    for fallback in list(root.iter("{ac}adf-fallback")):
        fallback.clear()
    return root


def _letters(element: etree._Element) -> str:
    """Return the letters of an element, but for what it is set to."""
    unseen = {each for tag in _UNSEEN for part in element.iter(tag) for each in part.iter()}
    parts = [element.text or ""]
    for inner in element.iterdescendants():
        parts.append("" if inner in unseen else str(inner.text or ""))
        parts.append("" if inner.getparent() in unseen else str(inner.tail or ""))
    return outline.letters("".join(parts))


def _words_in_parameters(tree: etree._Element) -> Counter[str]:
    """Return the words of a body that are no text of it."""
    found: Counter[str] = Counter()
    for element in tree.iter("{ac}parameter", "{ac}default-parameter", "{ac}adf-attribute"):
        found.update(_words(" ".join(map(str, element.itertext()))))
    for element in tree.iter():
        for name, value in element.attrib.items():
            if _SEEN_ATTRIBUTES.search(str(name)):
                found.update(_words(str(value)))
    return found


def _states(tree: etree._Element) -> Iterator[bool]:
    """Yield whether each task is done."""
    for status in tree.iter("{ac}task-status"):
        yield status.text == "complete"
    for item in tree.iter("li"):
        if item.get("data-inline-task-id"):
            yield "checked" in item.get("class", "").split()


def _linked(tree: etree._Element) -> Iterator[str]:
    """Yield the texts of links, or else what they are called that lead to a page or a file.

    People are left out: who has no page of theirs writes their name.
    """
    for link in tree.iter("a", "{ac}link"):
        if any(above.tag in _UNSEEN for above in link.iterancestors()) or _is_person(link):
            continue
        text = _letters(link)
        target = next((child for child in link if str(child.tag).startswith("{ri}")), None)
        if target is not None:
            title = target.get("{ri}content-title") or ""
            is_image = next(link.iter("{ac}image"), None) is not None
            text = text or ("" if is_image or title.startswith("@") else outline.letters(title))
        elif link.get("data-card-appearance") or text.startswith("http"):
            text = outline.letters(unquote(link.get("href") or ""))
        if text and (target is not None or link.get("href")):
            yield text


def _is_person(link: etree._Element) -> bool:
    return link.find("{ri}user") is not None or "user-mention" in link.get("class", "")


if __name__ == "__main__":
    main()
