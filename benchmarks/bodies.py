"""How fast bodies are converted: 300 pages of 10 KB, in MB a second of one core.

The pages are those of the demo site, and, dense with macros, bodies of `tests/content/corpus` one
after the other. The best of five rounds counts. Run it with `python -m benchmarks.bodies`.
"""

from __future__ import annotations

import json
import sys
from itertools import cycle
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from tap_confluence.content import to_markdown, to_text
from tests.content.gallery import fragments_in
from tests.demo_site.bodies import Bodies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PAGES = 300
ROUNDS = 5
BYTES = 10_000
CORPUS = Path(__file__).parent.parent / "tests" / "content" / "corpus"


def main() -> None:
    """Print one line for each conversion."""
    bodies = Bodies([f"5b10ac8d82e05b22cc7d4e{number:02}" for number in range(50)], size=BYTES)
    listed = [bodies.storage(number, 1) for number in range(PAGES)]
    _measure(
        "demo",
        "storage",
        json.loads(bodies.written(json.dumps(listed, ensure_ascii=False).encode())),
    )
    _measure("demo", "atlas_doc_format", [bodies.adf(number, 1) for number in range(PAGES)])
    for representation in ("storage", "atlas_doc_format", "view"):
        _measure("corpus", representation, list(_pages_of_corpus(representation)))


def _pages_of_corpus(representation: str) -> Iterator[str]:
    parts = cycle(f.body for f in fragments_in(CORPUS) if f.representation == representation)
    is_adf = representation == "atlas_doc_format"
    for _ in range(PAGES):
        page: list[str] = []
        while sum(map(len, page)) < BYTES:
            page.append(next(parts))
        yield f'{{"type": "doc", "content": [{", ".join(page)}]}}' if is_adf else "".join(page)


def _measure(source: str, representation: str, pages: Sequence[str]) -> None:
    size = sum(len(page.encode()) for page in pages)
    for convert in (to_markdown, to_text):
        seconds = min(_seconds(convert, pages, representation) for _ in range(ROUNDS))
        rate = size / seconds / 1e6
        sys.stdout.write(f"{source:8} {representation:18} {convert.__name__:12} {rate:6.1f} MB/s\n")


def _seconds(
    convert: Callable[[str, str], str], pages: Sequence[str], representation: str
) -> float:
    start = process_time()
    for page in pages:
        convert(page, representation)
    return process_time() - start


if __name__ == "__main__":
    main()
