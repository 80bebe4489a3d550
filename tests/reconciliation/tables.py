"""Runs over a small wiki of either deployment, and the tables that they leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests import running
from tests.datacenter import runs as datacenter
from tests.incremental import runs as cloud
from tests.incremental.runs import INVENTORY
from tests.incremental.warehouse import Warehouse, latest_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.demo_site import Wiki
    from tests.demo_site.wiki import Keys
    from tests.incremental.runs import Run
    from tests.running import Json

HOUR_MS = 3_600_000

AT_ONCE: dict[str, Any] = {"reconcile_interval_hours": 0}

CLOUD, DATA_CENTER = "cloud", "data_center"
SITES: dict[str, Any] = {CLOUD: cloud.ClockedSite, DATA_CENTER: datacenter.ClockedDataCenter}


@dataclass
class Tables:
    """The tables that runs over a site leave in a target that follows ACTIVATE_VERSION.

    Attributes:
        site: The site, whose clock is that of its wiki.
        state: What the last run has left.
        warehouse: What is in the tables.
    """

    site: Any
    state: Json | None = None
    warehouse: Warehouse = field(default_factory=Warehouse)

    @property
    def wiki(self) -> Wiki:
        found: Wiki = self.site.wiki
        return found

    @property
    def is_cloud(self) -> bool:
        return isinstance(self.site, cloud.ClockedSite)

    def sync(self, *streams: str, inventory: bool = True, **settings: Any) -> Run:
        """Run the tap, load what it wrote, and keep the state."""
        run = self.try_sync(*streams, inventory=inventory, **settings)
        assert run.exit_status == 0, run.complaints
        return run

    def try_sync(
        self, *streams: str, inventory: bool = True, load: bool = True, **settings: Any
    ) -> Run:
        """Do the same, whether or not the run ends well, and whether or not it is loaded."""
        names = (*streams, *([INVENTORY] if inventory else []))
        if self.is_cloud:
            run = cloud.sync(self.site, self.state, running.only(*names), **settings)
        else:
            run = datacenter.sync(self.site, self.state, datacenter.only(*names), **settings)
        if load:
            self.load(run)
        return run

    def load(self, run: running.Run) -> None:
        """Take in what a run wrote, and its last state."""
        self.warehouse.load(run)
        self.state = run.states[-1] if run.states else self.state

    def pass_hours(self, hours: float) -> None:
        """Let time go by on the site."""
        self.wiki.now_ms += round(hours * HOUR_MS)

    def truth(self, stream: str) -> Keys:
        """The keys that the table of a stream has to have."""
        truth = self.site.truth() if self.is_cloud else datacenter.truth_of(self.site)
        found: Keys = truth[stream]
        return found

    def entry(self, stream: str) -> Json:
        """What the state keeps of the reconciliation of a stream."""
        assert self.state is not None
        found: Json = self.state["bookmarks"][stream]["reconciliation"]
        return found

    def column(self, stream: str, name: str, key: str) -> Any:
        """What a table has in a column of a row."""
        return self.warehouse.tables[stream][key,][name]

    def wrong(self, streams: Iterable[str]) -> dict[str, Keys]:
        """The keys that only a table has, or only the site, of each stream of which there are."""
        differing = {s: self.warehouse.keys(s) ^ self.truth(s) for s in streams}
        return {stream: keys for stream, keys in differing.items() if keys}

    def outdated(self, streams: Iterable[str]) -> dict[str, list[str]]:
        """The rows of each stream whose version is not the site's, by id."""
        found = {}
        for stream in streams:
            rows, there = self.warehouse.latest(stream), latest_on(self.wiki, stream)
            wrong = [id_ for id_ in rows.keys() & there.keys() if rows[id_][:2] != there[id_][:2]]
            found[stream] = sorted(wrong)
        return {stream: ids for stream, ids in found.items() if ids}
