"""What costs a request a space, a group or an item is read again only when it is due."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cloud import STREAMS as STREAMS_OF_CLOUD
from tests import running
from tests.datacenter import runs as datacenter
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.docs import facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.running import Json, Run

    Sync = Callable[..., Run]

STREAMS = {
    "cloud": (
        *("spaces", "space_labels", "space_permissions", "space_properties", "space_watchers"),
        *("group_members", "templates", "page_likes", "page_watchers", "page_views", "folders"),
        *("folder_restrictions", "content_states", "footer_comment_likes"),
    ),
    "data center": (
        *("spaces", "space_permissions", "space_properties", "space_watchers"),
        *("group_members", "page_watchers"),
    ),
}
IN_EACH_RUN = {"spaces"}
SMALL = 12


@pytest.fixture(params=["cloud", "data center"])
def site(request: pytest.FixtureRequest) -> Iterator[DemoSite | DataCenterSite]:
    wiki = Wiki.seeded(SMALL)
    # Data Center cannot be asked for the members of such a group, so that no read is complete.
    [slashed] = [group for group in wiki.groups if "/" in group.name]
    wiki.remove_group(slashed.id)
    kind = DemoSite if request.param == "cloud" else DataCenterSite
    with kind(wiki) as site:
        yield site


def sync(site: DemoSite | DataCenterSite, state: Json | None = None, **settings: Any) -> Run:
    settings.setdefault("full_table_interval_hours", 24)
    if isinstance(site, DemoSite):
        streams, config = STREAMS["cloud"], running.settings_of(site, **settings)
    else:
        streams, config = STREAMS["data center"], datacenter.settings_of(site, **settings)
    return running.run_tap(config, state, streams=streams)


def hours_later(state: Json, hours: float) -> Json:
    """Return a state as it would be if its run had been earlier."""
    older = copy.deepcopy(state)
    for entry in older["bookmarks"].values():
        if "lastFullRead" in entry:
            read = datetime.fromisoformat(entry["lastFullRead"]) - timedelta(hours=hours)
            entry["lastFullRead"] = read.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return older


def written(run: Run) -> set[str]:
    return {message["stream"] for message in run.messages if "stream" in message}


def selected(site: DemoSite | DataCenterSite) -> set[str]:
    return set(STREAMS["cloud" if isinstance(site, DemoSite) else "data center"])


def test_a_stream_that_is_not_due_writes_nothing_and_costs_nothing(
    site: DemoSite | DataCenterSite,
) -> None:
    first = sync(site)
    site.requests.clear()

    second = sync(site, hours_later(first.state, 23))

    assert written(first) == selected(site)
    assert written(second) == second.activated == IN_EACH_RUN
    assert len(site.requests) <= 6
    assert any("less than 24 hours old" in line and "group_members" in line for line in second.log)


def test_a_stream_is_read_again_when_it_is_due(site: DemoSite | DataCenterSite) -> None:
    first = sync(site)

    second = sync(site, hours_later(first.state, 25))

    assert written(second) == second.activated == selected(site)
    for stream in selected(site):
        assert sorted(second.keys(stream)) == sorted(first.keys(stream))
    assert written(sync(site, second.state)) == IN_EACH_RUN


def test_how_long_ago_it_was_stays_in_the_state(site: DemoSite | DataCenterSite) -> None:
    first = sync(site)

    second = sync(site, hours_later(first.state, 20))
    third = sync(site, hours_later(second.state, 5))

    assert written(second) == IN_EACH_RUN
    assert written(third) == selected(site)


def test_by_default_everything_is_read_in_each_run(site: DemoSite | DataCenterSite) -> None:
    first = sync(site, full_table_interval_hours=0)

    second = sync(site, first.state, full_table_interval_hours=0)

    assert written(second) == selected(site)
    assert "lastFullRead" not in str(second.state)


def test_other_filters_read_it_at_once(site: DemoSite | DataCenterSite) -> None:
    first = sync(site)
    key = next(iter(site.wiki.spaces)).key

    second = sync(site, first.state, space_keys=[key])
    third = sync(site, second.state, space_keys=[key])

    assert "space_permissions" in written(second)
    assert written(third) == IN_EACH_RUN


def test_a_time_in_the_future_is_not_believed(site: DemoSite | DataCenterSite) -> None:
    first = sync(site)

    second = sync(site, hours_later(first.state, -24 * 30))

    assert written(second) == selected(site)


def test_an_incomplete_read_is_repeated_by_the_next_run(site: DemoSite | DataCenterSite) -> None:
    group = next(iter(site.wiki.groups))
    members = (
        f"/rest/api/group/{group.id}/membersByGroupId"
        if isinstance(site, DemoSite)
        else f"/rest/api/group/{group.name}/member"
    )
    site.faults.forbid(members, 403)
    first = sync(site)
    site.faults.clear()

    second = sync(site, first.state)

    assert written(second) == {"group_members", *IN_EACH_RUN}


def test_a_run_that_dies_before_it_tells_what_is_gone_does_not_count(
    site: DemoSite | DataCenterSite,
) -> None:
    first = sync(site)
    kinds = [message["type"] for message in first.messages]
    last_activation = len(kinds) - kinds[::-1].index("ACTIVATE_VERSION") - 1
    counted = min(
        i for i, m in enumerate(first.messages) if "lastFullRead" in str(m.get("value", ""))
    )
    assert last_activation < counted


def test_what_costs_a_request_an_item_takes_part() -> None:
    costly = {name for name, ((_, idle), _) in facts.costs_alone().items() if (idle or 0) >= 1000}

    assert costly
    assert costly <= {stream.name for stream in STREAMS_OF_CLOUD if stream.request_per}
