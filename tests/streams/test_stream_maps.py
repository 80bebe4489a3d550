"""A stream map changes the rows of the stream it names, in every run, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.forked import run_forked
from tests.incremental.warehouse import Warehouse
from tests.running import only, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Run

CHILDREN = ("page_labels", "page_versions", "page_content_properties")
CUTS: dict[str, Any] = {
    "null": None,
    "a word for null": "__NULL__",
    "a filter": {"__filter__": "int(id) % 2 == 0"},
    "a filter that takes nothing": {"__filter__": "False"},
}


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


def two_runs(site: DemoSite, streams: tuple[str, ...], **maps: Any) -> tuple[Run, Run]:
    settings = settings_of(site, stream_maps=maps)
    first = run_tap(settings, streams=streams)
    second = run_tap(settings, first.state, only(*streams))
    assert first.exit_status == second.exit_status == 0, first.complaints + second.complaints
    return first, second


def loaded(*runs: Run) -> Warehouse:
    warehouse = Warehouse()
    for run in runs:
        warehouse.load(run)
    return warehouse


@pytest.mark.parametrize("cut", CUTS)
def test_the_children_of_a_stream_that_is_cut_are_whole_in_every_run(
    site: DemoSite, cut: str
) -> None:
    first, second = two_runs(site, ("pages", *CHILDREN), pages=CUTS[cut])

    for tables in (loaded(first), loaded(first, second)):
        for child in CHILDREN:
            assert tables.keys(child) == site.truth()[child], child


def test_of_a_stream_that_is_null_no_message_comes(site: DemoSite) -> None:
    for run in two_runs(site, ("pages", *CHILDREN), page_labels=None, pages=None):
        written = {message.get("stream") for message in run.messages}
        assert written.isdisjoint({"pages", "page_labels"})


def test_rows_that_a_filter_leaves_out_are_not_wanted_in_any_run(site: DemoSite) -> None:
    label = min(label for _, label in site.truth()["page_labels"])
    all_of_them = run_tap(settings_of(site), streams=("pages", "page_labels"))

    first, second = two_runs(
        site, ("pages", "page_labels"), page_labels={"__filter__": f"id != '{label}'"}
    )

    wanted = {key for key in site.truth()["page_labels"] if key[1] != label}
    assert loaded(all_of_them, first).keys("page_labels") == wanted
    assert loaded(all_of_them, first, second).keys("page_labels") == wanted


@pytest.mark.each_value
@pytest.mark.parametrize("keys", [["nonsense"], ["title"], ["id", "title"]])
@pytest.mark.parametrize("place", ["key_properties", "table-key-properties"])
def test_keys_that_are_not_those_of_the_stream_are_refused(
    site: DemoSite, place: str, keys: list[str]
) -> None:
    catalog = only("pages", "page_labels")
    [entry] = [entry for entry in catalog["streams"] if entry["tap_stream_id"] == "pages"]
    entry.pop("key_properties")
    [metadata] = [each for each in entry["metadata"] if not each["breadcrumb"]]
    metadata["metadata"].pop("table-key-properties")
    (entry if place == "key_properties" else metadata["metadata"])[place] = keys

    run = run_forked(settings_of(site), catalog=catalog)

    assert run.exit_status == 1
    assert run.stdout == ""
    [complaint] = run.complaints
    assert "'pages'" in complaint
    assert f"'{place}'" in complaint
    assert f"'{keys[-1]}'" in complaint
    assert "Traceback" not in run.stderr
    assert site.count() == 0


def test_keys_of_a_stream_that_is_not_selected_are_of_no_interest(site: DemoSite) -> None:
    catalog = only("page_labels")
    [entry] = [entry for entry in catalog["streams"] if entry["tap_stream_id"] == "pages"]
    entry["key_properties"] = ["nonsense"]

    run = run_tap(settings_of(site), catalog=catalog)

    assert run.exit_status == 0
    assert set(run.keys("page_labels")) == site.truth()["page_labels"]


@pytest.mark.parametrize(
    "stream_map", [{"__key_properties__": ["nonsense"]}, {"id": None}, {"title": "md5("}]
)
def test_a_stream_map_that_does_not_fit_its_stream_is_refused(
    site: DemoSite, stream_map: dict[str, Any]
) -> None:
    run = run_forked(settings_of(site, stream_maps={"pages": stream_map}), catalog=only("pages"))

    assert run.exit_status == 1
    assert run.stdout == ""
    [complaint] = run.complaints
    assert "'stream_maps.pages'" in complaint
    assert "Traceback" not in run.stderr
    assert site.count() == 0


@pytest.mark.parametrize(
    ("stream_map", "why"),
    [
        ({"size": "int(title)"}, "ValueError"),
        ({"share": "1/0"}, "ZeroDivisionError"),
        ({"size": "nosuch + 1"}, "'nosuch' is not defined"),
        ({"__filter__": "nosuch == 1"}, "'nosuch' is not defined"),
        ({"hashed": "md5(5)"}, "AttributeError"),
    ],
)
@pytest.mark.parametrize("selects_all", [True, False])
def test_an_expression_that_fails_for_a_row_is_one_line_without_the_row(
    site: DemoSite, stream_map: dict[str, Any], why: str, *, selects_all: bool
) -> None:
    catalog = only("pages")
    [entry] = [entry for entry in catalog["streams"] if entry["tap_stream_id"] == "pages"]
    for metadata in entry["metadata"]:
        if metadata["breadcrumb"] == ["properties", "status"]:
            metadata["metadata"]["selected"] = selects_all

    run = run_tap(settings_of(site, stream_maps={"pages": stream_map}), catalog=catalog)

    assert run.exit_status == 1
    assert run.records == {}
    [complaint] = run.complaints
    assert "'stream_maps' for 'pages'" in complaint
    assert why in complaint
    assert not any(page.title in complaint for page in site.wiki.pages)
    entries = [state["bookmarks"].get("pages", {}) for state in run.states]
    assert not any("replication_key_value" in entry for entry in entries)
