"""What is alike for the sites of both deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.datacenter import runs as datacenter
from tests.demo_site import DataCenterSite, DemoSite
from tests.filtered_truth import filtered_truth, filtered_truth_on_data_center
from tests.running import settings_of

if TYPE_CHECKING:
    from tests.demo_site import Wiki
    from tests.demo_site.model import Page
    from tests.demo_site.wiki import Keys
    from tests.running import Json

Site = DemoSite | DataCenterSite


def config_of(site: Site, **more: Any) -> Json:
    if isinstance(site, DataCenterSite):
        return datacenter.settings_of(site, **more)
    return settings_of(site, **more)


def truth_of(site: Site, **filters: Any) -> dict[str, Keys]:
    """What the filters leave of a site."""
    on_server = isinstance(site, DataCenterSite)
    return (filtered_truth_on_data_center if on_server else filtered_truth)(site.wiki, **filters)


def first_page(wiki: Wiki, space: str = "ENG", status: str = "current") -> Page:
    return next(p for p in wiki.pages if wiki.spaces[p.space].key == space and p.status == status)
