"""What tests of sharded loads begin with: a wiki, projects of Meltano, and what a shard is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.demo_site import Wiki

if TYPE_CHECKING:
    from pathlib import Path

ANCHOR = "2000-01-01T00:00:00Z"

SIZES = {"ALPHA": 90, "BETA": 15, "GAMMA": 54, "DELTA": 27}
"""Spaces that the wiki has beside its own ones, and how many pages are in them."""

LATE = 30.0
"""Seconds that the site takes for a page that a shard is not to read before it is killed."""

AHEAD = 64
"""Pages that a run asks for before it has written the first: what is late behind these holds up
nothing that comes before."""

LOADER = "target-postgres-in-turn"

# A loader keeps records for up to five minutes before it writes them and lets the state through.
HURRIED = """\
#!{plugins}/loaders/target-postgres/venv/bin/python
from target_postgres_in_turn import TurnTakingTarget

TurnTakingTarget._MAX_RECORD_AGE_IN_MINUTES = 1 / 60
TurnTakingTarget.cli()
"""


def grown_wiki() -> Wiki:
    """Make a wiki with ten spaces, the larger ones first."""
    wiki = Wiki.seeded(pages=90, seed=3)
    for key, size in SIZES.items():
        wiki.add_space(key)
        for _ in range(size):
            wiki.add_footer_comment(page_id=wiki.add_page(key))
    return wiki


def hurry(project: Path) -> None:
    """Have the loader of a project let the state through each second."""
    loader = project / "loader"
    loader.write_text(HURRIED.format(plugins=(project / ".meltano").resolve()))
    loader.chmod(0o700)
    definition = project / "meltano.yml"
    text = definition.read_text()
    assert f"executable: {LOADER}\n" in text
    definition.write_text(text.replace(f"executable: {LOADER}\n", f"executable: {loader}\n"))


def name_of(shard: dict[str, Any]) -> str:
    """Return the name of a shard of a plan, as its state has it."""
    start, end = shard["space_id_from"], shard["space_id_below"]
    return f"spaces-from-{start or 0}-below-{end or 'any'}"


def holds(shard: dict[str, Any], space: int) -> bool:
    """Whether a space is in a shard."""
    start, end = shard["space_id_from"], shard["space_id_below"]
    return (start is None or space >= start) and (end is None or space < end)
