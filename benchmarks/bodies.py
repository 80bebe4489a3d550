"""How fast bodies are converted: 1,000 pages of 10 KB, in MB a second of one core.

Run it with `python -m benchmarks.bodies`.
"""

from __future__ import annotations

import json
import sys
from time import process_time

from tap_confluence.content import to_markdown, to_text
from tests.demo_site.bodies import Bodies

PAGES = 1000
BYTES = 10_000


def main() -> None:
    """Print one line for each conversion."""
    bodies = Bodies([f"5b10ac8d82e05b22cc7d4e{number:02}" for number in range(50)], size=BYTES)
    listed = [bodies.storage(number, 1) for number in range(PAGES)]
    storage = json.loads(bodies.written(json.dumps(listed, ensure_ascii=False).encode()))
    adf = [bodies.adf(number, 1) for number in range(PAGES)]
    for representation, pages in (("storage", storage), ("atlas_doc_format", adf)):
        size = sum(len(page.encode()) for page in pages)
        for convert in (to_markdown, to_text):
            start = process_time()
            for page in pages:
                convert(page, representation)
            rate = size / (process_time() - start) / 1e6
            sys.stdout.write(f"{representation:16} {convert.__name__:12} {rate:6.1f} MB/s\n")


if __name__ == "__main__":
    main()
