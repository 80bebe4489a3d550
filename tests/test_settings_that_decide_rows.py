"""A setting that decides which rows belong starts over what was read with another value of it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.filters.settings import Filters
from tap_confluence.settings import SETTINGS
from tap_confluence.settings.extraction import EXTRACTION
from tap_confluence.settings.site import SITE
from tap_confluence.settings.transport import TRANSPORT
from tap_confluence.tap import TapConfluence
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.words import CUSTOM_TYPES
from tests.running import run_tap, settings_of, signals_left_alone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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

OTHERS = [
    setting.name for setting in EXTRACTION if setting.name not in FILTERS and setting.name != TYPES
]
"""Settings of what is extracted that must not decide which rows of a bookmark's stream there are.

Those that name the site, or say how it is asked, decide none: another site has a state of its own.
"""

OF_THE_SDK = {
    **dict.fromkeys(("stream_maps", "stream_map_config", "faker_config"), "changes what was read"),
    **dict.fromkeys(
        ("flattening_enabled", "flattening_max_depth", "flattening_separator"),
        "decides in which columns a row is written",
    ),
    "flattening_max_key_length": "decides how columns are called",
    "batch_config": "decides in which messages a row is written",
}

DATED = (
    *("pages", "page_versions", "page_content_properties", "page_footer_comments"),
    *("blog_posts", "attachments", "tasks", "custom_content"),
)
"""Streams with a bookmark, of each kind one."""

FOR_FILES = {"attachment_download_dir": "files"}
"""Without it, the settings about files are refused."""

FOR_BODIES = {"body_markdown": True, **FOR_FILES}
"""Without these, the settings about readable bodies are refused."""

CUSTOM = ("custom_content", "custom_content_versions", "custom_content_content_properties")
LABELS = "custom_content_labels"
INVENTORY = "content_inventory"
DRAWING, CALENDAR = CUSTOM_TYPES
COMMENTS = "custom_content_footer_comments"


def test_of_each_setting_that_every_tap_has_it_is_told_why_it_decides_no_rows() -> None:
    schema = copy.deepcopy(SETTINGS)
    TapConfluence.append_builtin_config(schema)

    own = {setting.name for setting in (*SITE, *EXTRACTION, *TRANSPORT)}
    assert schema["properties"].keys() - own == OF_THE_SDK.keys()


@pytest.mark.parametrize("name", OTHERS)
def test_no_other_setting_decides_which_rows_a_run_from_a_bookmark_brings(
    name: str, changed: Changed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    needed: dict[str, Any] = FOR_FILES if name.startswith("attachment_") else {}
    if name.startswith(("content_", "resolve_")) and name not in FILTERS:
        needed = FOR_BODIES

    run = run_tap(
        {**changed.config, **needed, name: another_value(name)}, changed.state, streams=DATED
    )

    assert run.exit_status == 0, run.complaints
    assert {stream: run.keys(stream) for stream in DATED} == changed.keys


def another_value(name: str) -> Any:
    """Return a value of a setting that is not its default, by what its schema says of it."""
    setting = SETTINGS["properties"][name]
    choices = setting.get("enum") or setting.get("items", {}).get("enum")
    kinds = setting.get("type", ())
    if "boolean" in kinds:
        return not setting["default"]
    if "array" in kinds:
        return choices[:1] if choices else ["image/png"]
    if "integer" in kinds:
        return setting.get("minimum", 1)
    if choices:
        return next(choice for choice in choices if choice != setting["default"])
    return setting["examples"][0]


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


@dataclass(frozen=True)
class Changed:
    """A site that has changed since a run.

    Attributes:
        config: The settings to read it with, without a day to start at.
        state: The state of the run before the change.
        keys: What the next run brings of each stream.
    """

    config: Json
    state: Json
    keys: dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def changed() -> Iterator[Changed]:
    with DemoSite(Wiki.plain(pages=20)) as site:
        first = run_tap(settings_of(site), streams=DATED)
        site.wiki.tick_ms = 86_400_000
        for page in list(site.wiki.pages)[:3]:
            site.wiki.edit_page(page.id)
        config = {key: value for key, value in settings_of(site).items() if key != "anchor_date"}
        second = run_tap(config, first.state, streams=DATED)
        assert second.keys("pages")
        yield Changed(config, first.state, {stream: second.keys(stream) for stream in DATED})


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
