"""How much of a body is left in Markdown, next to what one would pick instead.

The bodies are those of `tests/content/gallery` and `tests/content/corpus` in storage format. What
stands in them is read by code that shares nothing with the converter (`tests/content/outline.py`),
and what became of it is read from the Markdown as a library of others renders it. Run it with

    uv run --with html2text==2025.4.15 --with markdownify==1.2.3 python -m benchmarks.readable

Whoever is not installed is left out.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tap_confluence.content import to_markdown
from tests.content import outline
from tests.content.gallery import LINKS, fragments, fragments_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_CORPUS: Final = Path(__file__).parent.parent / "tests" / "content" / "corpus"
_WORD: Final = re.compile(r"\w+")
_COLUMNS: Final = ("words", "words of macros", "blocks of code", "tasks", "rows", "links")


def main() -> None:
    """Print a table in Markdown: what is kept, of how much."""
    bodies = [
        fragment
        for fragment in (*fragments(), *fragments_in(_CORPUS))
        if fragment.representation == "storage"
    ]
    wanted = sum((_wanted(each.body, each.markdown) for each in bodies), Counter())
    sys.stdout.write(f"| {len(bodies)} bodies | {' | '.join(_COLUMNS)} |\n")
    sys.stdout.write(f"| --- |{' ---: |' * len(_COLUMNS)}\n")
    _row("there are", wanted)
    for name, convert in _contestants():
        kept: Counter[str] = Counter()
        for each in bodies:
            kept += _kept(each.body, each.markdown, convert(each.body))
        _row(name, kept)


def _row(name: str, counts: Counter[str]) -> None:
    cells = " | ".join(f"{counts[column]:,}" for column in _COLUMNS)
    sys.stdout.write(f"| {name} | {cells} |\n")


def _contestants() -> Iterable[tuple[str, Callable[[str], str]]]:
    yield "tap-confluence", lambda body: to_markdown(body, "storage", LINKS)
    if find_spec("html2text"):
        html2text: Any = import_module("html2text")
        yield "html2text", html2text.html2text
    if find_spec("markdownify"):
        markdownify: Any = import_module("markdownify")
        yield "markdownify", markdownify.markdownify
    if find_spec("mcp_atlassian"):
        base: Any = import_module("mcp_atlassian.preprocessing.base")
        processor = base.BasePreprocessor(base_url=LINKS.root)
        yield "mcp-atlassian", lambda body: processor.process_html_content(body)[1]


def _things(body: str, markdown: str) -> dict[str, Counter[Any]]:
    """Return what stands in a body; of macros, what people found worth to be shown."""
    source, shown = outline.of_storage(body), _text_of(markdown)
    words = Counter(_WORD.findall(outline.text_of_storage(body)))
    return {
        "words": words,
        "words of macros": Counter(_WORD.findall(shown)) - words,
        "blocks of code": Counter(source.code),
        "tasks": Counter(source.tasks),
        "rows": Counter(tuple(row) for row in source.rows if row),
        "links": Counter(source.links),
    }


def _wanted(body: str, markdown: str) -> Counter[str]:
    return Counter({name: things.total() for name, things in _things(body, markdown).items()})


def _kept(body: str, wanted: str, markdown: str) -> Counter[str]:
    page = outline.of_html(outline.rendered(markdown))
    found = {
        "blocks of code": Counter(page.code),
        "tasks": Counter(page.tasks),
        "rows": Counter(tuple(row) for row in page.rows if row),
        "links": Counter(page.links),
    }
    things = _things(body, wanted)
    left = Counter(_WORD.findall(_text_of(markdown)))
    for name in ("words", "words of macros"):
        found[name] = left
    return Counter({name: (things[name] & found[name]).total() for name in things})


def _text_of(markdown: str) -> str:
    return " ".join(outline.texts(outline.rendered(markdown)))


if __name__ == "__main__":
    main()
