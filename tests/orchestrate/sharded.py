"""Loads in shards, one of which is broken off: what they begin with, and what has to come of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tap_confluence import cloud, datacenter
from tap_confluence.timestamps import OVERLAP
from tests.datacenter.runs import truth_of
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.clock import epoch_ms
from tests.demo_site.datacenter.site import DataCenterSite
from tests.running import truth_by_default

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.demo_site.model import Page
    from tests.demo_site.wiki import Keys
    from tests.orchestrate.airflow import Instance
    from tests.orchestrate.warehouse import Schema, States

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


@dataclass(frozen=True)
class Deployment:
    """What the tests have to know of Cloud, or of Data Center.

    Attributes:
        site: Makes the site of a wiki.
        keys: The primary keys of each stream that is selected by default.
        truth: Returns the keys that each stream of a site has.
        sign_in: Returns the settings by which the tap signs in to a site.
        order: By what pages are sorted as a first run reads them.
        is_behind: Whether the bookmark of `page_versions` has left a page behind.
        details: Where versions of a page are asked for, with its id for `{}`.
        marker: What is in the query only then, if the path alone does not tell.
    """

    site: Callable[..., DemoSite | DataCenterSite]
    keys: Mapping[str, tuple[str, ...]]
    truth: Callable[[Any], Mapping[str, Keys]]
    sign_in: Callable[[Any], dict[str, str]]
    order: Callable[[Page], int]
    is_behind: Callable[[dict[str, Any], Page], bool]
    details: str
    marker: str | None = None

    def detailed(self, path: str, query: Mapping[str, Any]) -> str | None:
        """Return the id of the content whose versions a request asks for, if it does."""
        match = re.fullmatch(self.details.format(r"(\d+)"), path)
        return match[1] if match and (self.marker is None or self.marker in query) else None


def _keys(streams: Any) -> dict[str, tuple[str, ...]]:
    return {stream.name: stream.primary_keys for stream in streams if stream.selected_by_default}


def _is_behind_date(bookmark: dict[str, Any], page: Page) -> bool:
    reached = epoch_ms(bookmark.get("replication_key_value", ANCHOR))
    return page.modified < reached - OVERLAP // timedelta(milliseconds=1)


def _is_behind_scan(bookmark: dict[str, Any], page: Page) -> bool:
    reached = bookmark.get("fullRead", {}).get("cursor", "0")
    return int(page.id) <= int(reached.rpartition(":")[2])


CLOUD = Deployment(
    DemoSite,
    _keys(cloud.STREAMS),
    truth_by_default,
    lambda site: {"TAP_CONFLUENCE_EMAIL": site.email, "TAP_CONFLUENCE_API_TOKEN": site.api_token},
    lambda page: page.modified,
    _is_behind_date,
    "/api/v2/pages/{}",
    "include-versions",
)
DATACENTER = Deployment(
    DataCenterSite,
    _keys(datacenter.STREAMS),
    truth_of,
    lambda site: {"TAP_CONFLUENCE_PERSONAL_ACCESS_TOKEN": site.personal_access_token},
    lambda page: int(page.id),
    _is_behind_scan,
    "/rest/experimental/content/{}/version",
)


@dataclass
class BrokenOff:
    """A load in shards of which the first was broken off, and a load of all as a whole.

    Attributes:
        deployment: That of the site.
        site: The site.
        states: The states that Meltano keeps.
        in_shards: What the DAG has loaded.
        as_a_whole: What `meltano run tap-confluence target-postgres` has loaded in the end.
        plan: The shards.
        victim: The name of the shard that was held up, and broken off.
        bookmarks: Those of the victim at that time.
        broken_off_after: How many requests the site had got by then.
        ended_after: How many it had got when the run ended.
        loads: How each load of that run ended.
    """

    deployment: Deployment
    site: Any
    states: States
    in_shards: Schema
    as_a_whole: Schema
    plan: list[dict[str, Any]] = field(default_factory=list)
    victim: str = ""
    bookmarks: dict[str, Any] = field(default_factory=dict)
    broken_off_after: int = 0
    ended_after: int = 0
    loads: list[Instance] = field(default_factory=list)

    def shard_of(self, page_id: str) -> str:
        """Return the name of the shard that a page is in."""
        space = self.site.wiki.pages[int(page_id)].space
        return next(name_of(shard) for shard in self.plan if holds(shard, space))

    def hold_up(self) -> None:
        """Choose the first shard, and have the site answer late for the last of its pages."""
        self.victim = name_of(self.plan[0])
        pages = [page for page in self.site.wiki.pages if self.shard_of(page.id) == self.victim]
        pages.sort(key=self.deployment.order)
        assert len(pages) > AHEAD + 16
        for page in pages[AHEAD:]:
            path = self.deployment.details.format(page.id)
            self.site.faults.fail_next(1, "slow", path, delay=LATE)

    def has_come_some_way(self) -> bool:
        """Whether the victim has kept a state that leaves pages behind."""
        self.bookmarks = self.states.bookmarks(self.victim)
        return bool(self.done())

    def done(self) -> set[str]:
        """Return the ids of the victim's pages that its bookmark has left behind."""
        bookmark = self.bookmarks.get("page_versions", {})
        return {
            page.id
            for page in self.site.wiki.pages
            if page.status == "current"
            and self.deployment.is_behind(bookmark, page)
            and self.shard_of(page.id) == self.victim
        }

    def asked(self, start: int = 0, end: int | None = None) -> Counter[str]:
        """Count the requests for the details of each page, in the order of the first ones.

        Args:
            start: How many of all requests to pass over.
            end: With how many of all requests to end.
        """
        pages = {page.id for page in self.site.wiki.pages}
        found = (
            self.deployment.detailed(request.path, request.query)
            for request in self.site.requests[start:end]
        )
        return Counter(id_ for id_ in found if id_ is not None and id_ in pages)


class Resumption:
    """Tests of a load in shards one of which was broken off, for any `story` of that."""

    def test_the_shard_goes_on_where_its_state_says(self, story: BrokenOff) -> None:
        before = story.asked(0, story.broken_off_after)
        after = story.asked(story.broken_off_after, story.ended_after)

        assert story.done()
        assert story.done() <= before.keys()
        assert story.done() & after.keys() == set()

    def test_the_shard_was_in_the_middle_and_the_rest_is_read(self, story: BrokenOff) -> None:
        before = story.asked(0, story.broken_off_after)
        after = story.asked(story.broken_off_after, story.ended_after)
        rest = {
            page.id
            for page in story.site.wiki.pages
            if story.shard_of(page.id) == story.victim and page.id not in before
        }

        assert rest
        assert rest <= after.keys()

    def test_what_came_in_shards_is_what_comes_as_a_whole(self, story: BrokenOff) -> None:
        in_shards, as_a_whole = story.in_shards.content(), story.as_a_whole.content()

        assert set(in_shards) == set(as_a_whole)
        assert [table for table in in_shards if in_shards[table] != as_a_whole[table]] == []

    def test_each_item_of_the_site_is_one_row(self, story: BrokenOff) -> None:
        truth = story.deployment.truth(story.site)
        loaded = {
            stream: story.in_shards.rows(stream, *key)
            for stream, key in story.deployment.keys.items()
        }

        assert {name for name, rows in loaded.items() if len(rows) != len(set(rows))} == set()
        assert {name for name, rows in loaded.items() if set(rows) != truth[name]} == set()
