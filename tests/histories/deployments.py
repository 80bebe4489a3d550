"""The two deployments that histories are played on: what is theirs alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests import running
from tests.datacenter import runs as datacenter
from tests.histories import deeds, poison
from tests.incremental import runs as cloud

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from tests.demo_site import Wiki
    from tests.demo_site.loopback import LoopbackSite
    from tests.demo_site.wiki import Keys
    from tests.histories.deeds import Deeds
    from tests.histories.poison import Poisons
    from tests.running import Json

HOUR_MS = 3_600_000
TIME_ZONES = ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago")


@dataclass(frozen=True)
class Deployment:
    """One of the two.

    Attributes:
        name: Its name, as tests are called by it.
        edits: What people do to a wiki there that has a date, by name.
        undated: What they do that puts content elsewhere, or takes it away.
        others: What they do besides, which leaves content as it is.
        unseen: More that puts content elsewhere, or takes it away.
        poisons: What the site may fail to give for good, by name.
        ticks_ms: The time from one change to the next: an overlap spans many of them, two or none.
        lags: Seconds by which a search may be behind: less than the overlap.
        open: Makes a site of a wiki; where sites of the deployment differ, chance decides.
        settings: The settings that read all of a site.
        truth: The keys that each stream has to deliver.
        only: Makes a catalog in which some streams are selected, and no others.
        streams: The streams that are selected by default.
        content: The incremental streams of content.
        details: The incremental streams of details, with the stream of what they are details of.
        not_in_trash: The streams that have nothing of what is in the trash: what is restored
            without a new version comes with a full refresh.
    """

    name: str
    edits: Deeds
    undated: Deeds
    others: Deeds
    unseen: Deeds
    poisons: Poisons
    ticks_ms: tuple[int, ...]
    lags: tuple[float, ...]
    open: Callable[[Wiki, Random], LoopbackSite]
    settings: Callable[..., Json]
    truth: Callable[[Any], dict[str, Keys]]
    only: Callable[..., Json]
    streams: tuple[str, ...]
    content: tuple[str, ...]
    details: Mapping[str, str]
    not_in_trash: frozenset[str] = frozenset()

    @property
    def deeds(self) -> Deeds:
        """All that people do there."""
        return {**self.edits, **self.undated, **self.others}

    @property
    def incremental(self) -> tuple[str, ...]:
        """The streams that later runs bring the changes of."""
        return (*self.content, *self.details, "tasks")

    @property
    def complete(self) -> tuple[str, ...]:
        """The streams that each run brings all rows of."""
        others = {*self.incremental, cloud.NEVER_WHOLE}
        return tuple(name for name in self.streams if name not in others)


def _open_cloud(wiki: Wiki, dice: Random) -> LoopbackSite:
    return cloud.ClockedSite(wiki, replies_in_lists=dice.random() < 0.5)


def _open_data_center(wiki: Wiki, dice: Random) -> LoopbackSite:
    site = datacenter.ClockedDataCenter(
        wiki, time_zone=dice.choice(TIME_ZONES), supports_scan=dice.random() < 0.7
    )
    site.faults.caps = {"bare": 5, "expand": 5, "body": 4}
    return site


def _truth_of_data_center(site: Any) -> dict[str, Keys]:
    truth = datacenter.truth_of(site)
    if not site.supports_scan:
        # Comments are then read from pages and blog posts.
        unread = truth["attachment_footer_comments"]
        truth["content_inventory"] = truth["content_inventory"] - unread
        truth["attachment_footer_comments"] = set()
    return truth


def _settings_of_cloud(site: Any, **more: Any) -> Json:
    return running.settings_of(site, page_size=5, max_concurrency=1, **more)


def _settings_of_data_center(site: Any, **more: Any) -> Json:
    return datacenter.settings_of(site, max_concurrency=1, **more)


DEPLOYMENTS = {
    "cloud": Deployment(
        name="cloud",
        edits=deeds.EDITS_ON_CLOUD,
        undated=deeds.PUT_AWAY,
        others=deeds.OTHERS_ON_CLOUD,
        unseen=deeds.UNSEEN,
        poisons=poison.ON_CLOUD,
        ticks_ms=(3_217, 50_000, 600_000),
        lags=(0.0, 60.0),
        open=_open_cloud,
        settings=_settings_of_cloud,
        truth=running.truth_by_default,
        only=running.only,
        streams=cloud.stream_names(),
        content=cloud.CONTENT,
        details=cloud.DETAILS,
    ),
    "datacenter": Deployment(
        name="datacenter",
        edits=deeds.EDITS_ON_DATA_CENTER,
        undated=deeds.PUT_AWAY,
        others=deeds.OTHERS,
        unseen=deeds.UNSEEN,
        poisons=poison.ON_DATA_CENTER,
        ticks_ms=(HOUR_MS, 9 * HOUR_MS, 40 * HOUR_MS),
        lags=(0.0, 60.0, 4 * 3600.0),
        open=_open_data_center,
        settings=_settings_of_data_center,
        truth=_truth_of_data_center,
        only=datacenter.only,
        streams=tuple(datacenter.stream_names()),
        content=datacenter.CONTENT,
        details={k: v for k, v in cloud.DETAILS.items() if k not in datacenter.ABSENT},
        not_in_trash=frozenset(
            (
                *("attachments", "attachment_versions"),
                *("attachment_content_properties", "attachment_footer_comments"),
            )
        ),
    ),
}
