"""A setting that decides which rows belong starts over what was read with another value of it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.filters.settings import Filters
from tap_confluence.settings import SETTINGS
from tap_confluence.settings.site import SITE
from tap_confluence.settings.transport import TRANSPORT
from tap_confluence.tap import TapConfluence
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.words import CUSTOM_TYPES
from tests.running import run_tap, settings_of, signals_left_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json

FILTERS: dict[str, tuple[Any, Any]] = {
    "space_keys": (["ENG"], ["ENG", "OPS"]),
    "exclude_space_keys": (["ENG"], ["OPS"]),
    "space_types": (["personal"], ["personal", "global"]),
    "include_archived_spaces": (True, False),
    "space_id_from": (7, 6),
    "space_id_below": (7, 8),
    "root_page_ids": (["1"], ["2"]),
    "exclude_page_ids": (["1"], ["2"]),
    "labels": (["a"], ["b"]),
    "exclude_labels": (["a"], ["b"]),
    "content_statuses": (["current"], ["current", "trashed"]),
}
"""Settings that are part of the fingerprint of all filtered streams, each with two values."""

TYPES = "custom_content_types"
"""Part of what the streams of custom content keep in the state, where it is not set as well."""

WHERE_AND_WHO = (
    "names the site, and who reads it: another site has a state of its own, and what another "
    "account may see needs a full refresh"
)
WITHOUT_A_BOOKMARK = "counts for streams without a bookmark alone"
BODIES = "decides what is in a row, not which rows there are"
FILES = "decides which files lie in the folder; the rows are the same"
HOW = "decides how the site is asked, not for what, and which messages stand beside the rows"
DECIDE_NONE = {
    **dict.fromkeys((setting.name for setting in SITE), WHERE_AND_WHO),
    **dict.fromkeys((setting.name for setting in TRANSPORT), HOW),
    **dict.fromkeys(("anchor_date", "lookback_days"), WITHOUT_A_BOOKMARK),
    **dict.fromkeys(("body_format", "body_markdown", "body_text", "version_bodies"), BODIES),
    **dict.fromkeys(
        ("content_macros", "content_tables", "content_images", "content_links"), BODIES
    ),
    **dict.fromkeys(
        ("attachment_download_dir", "attachment_max_bytes", "attachment_media_types"), FILES
    ),
    "user_sources": "decides over `users` alone, which has no bookmark: it is made anew each time",
}
"""Settings that decide no rows of a stream with a bookmark, each with the reason."""

OF_THE_SDK = {
    **dict.fromkeys(("stream_maps", "stream_map_config", "faker_config"), "changes what was read"),
    **dict.fromkeys(
        ("flattening_enabled", "flattening_max_depth", "flattening_separator"),
        "decides in which columns a row is written",
    ),
    "flattening_max_key_length": "decides how columns are called",
    "batch_config": "decides in which messages a row is written",
}

CUSTOM = ("custom_content", "custom_content_versions", "custom_content_content_properties")
LABELS = "custom_content_labels"
INVENTORY = "content_inventory"
DRAWING, CALENDAR = CUSTOM_TYPES
COMMENTS = "custom_content_footer_comments"


def test_of_each_setting_it_is_told_whether_it_decides_rows() -> None:
    schema = copy.deepcopy(SETTINGS)
    TapConfluence.append_builtin_config(schema)

    assert {*schema["properties"]} == {*FILTERS, TYPES, *DECIDE_NONE, *OF_THE_SDK}


@pytest.mark.parametrize("name", FILTERS)
def test_what_was_read_with_another_filter_starts_over(name: str) -> None:
    before, after = FILTERS[name]
    state = {
        "bookmarks": {
            "pages": {
                "replication_key": "modifiedAt",
                "replication_key_value": "2026-01-01T00:00:00.000Z",
                "filters": Filters.of(config(**{name: before})).fingerprint,
            },
            "labels": {"kept": "for it is not filtered"},
        }
    }

    assert started_with(state, **{name: after}) == {"labels"}
    assert started_with(state, **{name: before}) == {"labels", "pages"}


def started_with(state: Json, **settings: Any) -> set[str]:
    """Return the streams that go on from their bookmarks."""
    with signals_left_alone():
        tap = TapConfluence(config=config(**settings), state=state)
    return {*tap.state["bookmarks"]}


def config(**settings: Any) -> Json:
    defaults = {
        name: setting["default"]
        for name, setting in SETTINGS["properties"].items()
        if "default" in setting
    }
    site = {"domain": "example", "email": "ana@example.com", "api_token": "token"}
    return {**defaults, **site, **settings}


@pytest.fixture
def site() -> Iterator[DemoSite]:
    """A site with 20 diagrams, half of them of another type than the other half."""
    wiki = Wiki.seeded(pages=12)
    for _ in range(10):
        for type_ in CUSTOM_TYPES:
            wiki.add_footer_comment(content_id=wiki.add_custom_content(type_))
    wiki.tick_ms = 10 * 86_400_000
    wiki.add_custom_content(DRAWING)
    with DemoSite(wiki) as site:
        yield site


def test_a_type_that_is_added_to_the_setting_is_read_from_the_beginning(site: DemoSite) -> None:
    first = run_tap(settings_of(site, custom_content_types=[DRAWING]), streams=(*CUSTOM, COMMENTS))

    both = settings_of(site, custom_content_types=[CALENDAR, DRAWING])
    second = run_tap(both, first.state, streams=(*CUSTOM, COMMENTS))
    third = run_tap(both, second.state, streams=(*CUSTOM, COMMENTS))

    for stream in CUSTOM:
        assert {*second.keys(stream)} == site.truth()[stream]
        assert third.keys(stream) == []
    assert {*first.keys(COMMENTS)} == site.truth()[COMMENTS]
    assert second.keys(COMMENTS) == []


def test_a_type_of_which_the_site_tells_later_is_read_from_the_beginning(site: DemoSite) -> None:
    calendars = hidden_calendars(site)
    first = run_tap(settings_of(site), streams=(*CUSTOM, "pages"))
    for calendar in calendars:
        site.wiki.custom_content[calendar].type = "com.example.app:calendar"

    second = run_tap(settings_of(site), first.state, streams=(*CUSTOM, "pages"))

    for stream in CUSTOM:
        assert {*second.keys(stream)} == site.truth()[stream]
    assert second.keys("pages") == []


def hidden_calendars(site: DemoSite) -> list[int]:
    """Return the old content of an app that is no longer there, so that no list has it."""
    calendars = [custom.num for custom in site.wiki.custom_content if custom.type == CALENDAR]
    site.faults.unknown_types = (CALENDAR,)
    return calendars


def test_a_type_that_is_left_out_starts_nothing_over(site: DemoSite) -> None:
    both = settings_of(site, custom_content_types=[CALENDAR, DRAWING])
    first = run_tap(both, streams=CUSTOM)

    second = run_tap(settings_of(site, custom_content_types=[DRAWING]), first.state, streams=CUSTOM)

    assert [second.keys(stream) for stream in CUSTOM] == [[], [], []]


def test_a_state_without_the_types_goes_on_where_none_are_set(site: DemoSite) -> None:
    first = run_tap(settings_of(site), streams=CUSTOM)
    for entry in first.state["bookmarks"].values():
        del entry["types"]

    second = run_tap(settings_of(site), first.state, streams=CUSTOM)

    assert [second.keys(stream) for stream in CUSTOM] == [[], [], []]


def test_where_the_site_tells_no_types_for_once_nothing_is_lost_nor_starts_over(
    site: DemoSite,
) -> None:
    first = run_tap(settings_of(site), streams=CUSTOM)
    site.faults.unknown_types = CUSTOM_TYPES
    second = run_tap(settings_of(site), first.state, streams=(*CUSTOM, LABELS, INVENTORY))
    site.faults.unknown_types = ()

    third = run_tap(settings_of(site), second.state, streams=CUSTOM)

    assert [third.keys(stream) for stream in CUSTOM] == [[], [], []]
    assert not second.activated & {LABELS, INVENTORY}
