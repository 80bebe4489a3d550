"""The catalog that a run is given: a broken one is named, and so is what may be mistyped."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from tests.datacenter.runs import settings_of as data_center_settings
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.running import everything, only, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.running import Json, Run


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12, seed=3)) as site:
        yield site


def warnings_of(run: Run) -> list[str]:
    return [line for line in run.log if "WARNING" in line]


def with_entry(**changes: Any) -> Json:
    """Return a catalog in which the entry of the pages is another."""
    catalog = only("pages")
    entry = entry_of(catalog, "pages")
    for name, value in changes.items():
        if value is ...:
            del entry[name]
        else:
            entry[name] = value
    return catalog


def entry_of(catalog: Json, stream: str) -> Json:
    [entry] = [each for each in catalog["streams"] if each["tap_stream_id"] == stream]
    found: Json = entry
    return found


@pytest.mark.parametrize(
    ("catalog", "place"),
    [
        ({"stream": []}, "`streams`"),
        ({"streams": "pages"}, "streams"),
        ({"streams": ["pages"]}, "entry 0"),
        ({"streams": [{"stream": "pages"}]}, "`tap_stream_id`"),
        (with_entry(schema=...), "'pages'"),
        (with_entry(schema={}), "'pages'.schema"),
        (with_entry(schema={"properties": ["id"]}), "'pages'.schema.properties"),
        (with_entry(schema={"properties": {"id": "string"}}), "'pages'.schema.properties"),
        (with_entry(metadata=None), "'pages'.metadata"),
        (with_entry(metadata={}), "'pages'.metadata"),
        (with_entry(metadata=["selected"]), "'pages'.metadata[0]"),
        (with_entry(metadata=[{"metadata": {}}]), "'pages'.metadata[0]"),
        (with_entry(metadata=[{"breadcrumb": None, "metadata": {}}]), "'pages'.metadata[0]"),
        (
            with_entry(metadata=[{"breadcrumb": [], "metadata": {"selected": "false"}}]),
            "'pages'.metadata[0].metadata.selected",
        ),
        (with_entry(key_properties="id"), "'pages'.key_properties"),
        (with_entry(key_properties=5), "'pages'.key_properties"),
        (with_entry(replication_method="SOMETIMES"), "'pages'.replication_method"),
        (with_entry(stream=5), "'pages'.stream"),
    ],
)
def test_what_is_wrong_with_a_catalog_is_one_line(
    site: DemoSite, catalog: Json, place: str
) -> None:
    site.requests.clear()

    run = run_tap(settings_of(site), catalog=catalog)

    assert (run.exit_status, run.stdout) == (1, "")
    [complaint] = run.complaints
    assert "The catalog is broken: " in complaint
    assert place in complaint
    assert site.requests == []


@pytest.mark.parametrize("catalog", [{}, {"streams": []}, only()])
def test_that_nothing_is_selected_is_said_in_one_line(site: DemoSite, catalog: Json) -> None:
    run = run_tap(settings_of(site), catalog=catalog)

    assert run.exit_status == 0
    assert run.records == {}
    [line] = warnings_of(run)
    assert "No stream is selected, so nothing is read" in line


def test_an_unknown_stream_is_named_with_the_one_that_may_be_meant(site: DemoSite) -> None:
    catalog = only("pages")
    unknown = copy.deepcopy(entry_of(catalog, "pages"))
    catalog["streams"] += [{**unknown, "tap_stream_id": name} for name in ("pagez", "xylophones")]

    run = run_tap(settings_of(site), catalog=catalog)

    assert set(run.keys("pages")) == site.truth()["pages"]
    [line] = warnings_of(run)
    assert "'pagez' (did you mean 'pages'?), 'xylophones'" in line


@pytest.mark.parametrize(
    ("stream_map", "shown"),
    [
        ({"pagez": None}, "'pagez' (did you mean 'pages'?)"),
        ({"articles": {"__source__": "pagez"}}, "'pagez' (did you mean 'pages'?)"),
        ({"xylo*": None}, "'xylo*'"),
    ],
)
def test_a_stream_map_for_an_unknown_stream_is_named(
    site: DemoSite, stream_map: Json, shown: str
) -> None:
    run = run_tap(settings_of(site, stream_maps=stream_map), streams=("groups",))

    assert run.exit_status == 0
    [line] = warnings_of(run)
    assert f"'stream_maps' names what is no stream of this tap: {shown}" in line


@pytest.mark.parametrize("name", ["pages", "page_*", "*", "__else__"])
def test_a_stream_map_for_known_streams_is_no_matter_for_a_word(site: DemoSite, name: str) -> None:
    run = run_tap(settings_of(site, stream_maps={name: None}), streams=("groups",))

    assert warnings_of(run) == []


def cloud_runs(wiki: Wiki, catalog: Json | None) -> Run:
    with DemoSite(wiki) as site:
        return run_tap(settings_of(site), catalog=catalog)


def data_center_runs(wiki: Wiki, catalog: Json | None) -> Run:
    with DataCenterSite(wiki) as site:
        return run_tap(data_center_settings(site), catalog=catalog)


@pytest.mark.parametrize("run_with", [cloud_runs, data_center_runs])
def test_that_all_streams_are_selected_is_said_in_one_line(
    run_with: Callable[[Wiki, Json | None], Run],
) -> None:
    wiki = Wiki.plain(pages=6, seed=3)

    def words(catalog: Json | None) -> list[str]:
        return [w for w in warnings_of(run_with(wiki, catalog)) if "selected" in w]

    [line] = words(everything())
    assert "All streams are selected, as '*.*' does" in line
    assert "page_watchers" in line
    assert "'!audit_records.*'" in line
    assert words(None) == []
    assert words(only("pages", "page_watchers")) == []


def test_what_data_center_does_not_have_is_named_with_the_reason() -> None:
    with DataCenterSite(Wiki.plain(pages=6, seed=3)) as site:
        run = run_tap(data_center_settings(site), catalog=only("spaces", "page_likes", "folders"))

    [line] = [line for line in run.log if "has no page_likes, folders" in line]
    assert "does not tell who likes something" in line
    assert "only pages lie in the tree" in line
    assert run.keys("spaces")
    assert warnings_of(run) == []
