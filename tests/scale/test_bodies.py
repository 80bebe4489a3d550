"""Bodies of many megabytes: what they become, and how many of them are in memory together."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.measure import Command, run
from tap_confluence.cloud.streams.pages import Pages
from tap_confluence.content import sizes
from tap_confluence.http import LookAhead, StopFlag, ThreadPool
from tap_confluence.http.lists import page_sizes
from tap_confluence.http.pagination import halving
from tap_confluence.http.threads import thread_pool as ahead
from tap_confluence.http.transport import bounds
from tap_confluence.streams.bodies import references
from tests import running
from tests.datacenter import runs as datacenter
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.running import run_tap
from tests.scale.large_bodies import ADF, STORAGE, VIEW, large_body
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tap_confluence.streams.parents import Work
    from tests.running import Json
    from tests.scale.large_bodies import Large

ROOT = Path(__file__).parents[2]
SITES = {"cloud": DemoSite, "data_center": DataCenterSite}
LISTS = {"cloud": "/api/v2/pages", "data_center": "/rest/api/content/scan"}
MORE_APART = 100
"""Megabytes more where each body is an answer of its own: behind small ones, all of these are on
the way before one is known to be large."""

READABLE = {"body_markdown": True, "body_text": True}


@pytest.fixture(params=SITES)
def deployment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(deployment: str) -> Iterator[DemoSite | DataCenterSite]:
    with SITES[deployment](wiki_of(12)) as started:
        yield started


def wiki_of(pages: int) -> Wiki:
    wiki = Wiki.seeded(pages=pages, seed=7)
    wiki.empty_bodies.clear()
    return wiki


def settings_of(site: DemoSite | DataCenterSite, **more: Any) -> Json:
    given = {**READABLE, "body_format": STORAGE, "max_concurrency": 8, **more}
    if isinstance(site, DataCenterSite):
        return datacenter.settings_of(site, **given)
    return running.settings_of(site, **given)


def give(
    site: DemoSite | DataCenterSite, representation: str, bodies: Sequence[Large]
) -> dict[str, Large]:
    """Give bodies to pages beside each other; return them by id."""
    pages = [page for page in site.wiki.pages if page.status == "current"]
    given = dict(zip(pages, bodies, strict=False))
    assert len(given) == len(bodies)
    for page, large in given.items():
        site.wiki.given_bodies[page.num, representation] = large.body
    return {page.id: large for page, large in given.items()}


def bound_pages(monkeypatch: pytest.MonkeyPatch, most_bytes: int) -> None:
    """Bound the pages of lists that have several items."""
    for module in (halving, page_sizes):
        monkeypatch.setattr(module, "MOST_BYTES_OF_SEVERAL", most_bytes)


def test_of_a_body_too_large_nothing_is_made_and_all_is_kept(
    site: DemoSite | DataCenterSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = large_body(STORAGE, 0.1)
    [page_id] = give(site, STORAGE, [large])
    monkeypatch.setattr(sizes, "MOST", len(large.body) - 1)

    found = run_tap(settings_of(site), streams=("pages", "page_links"))

    assert found.exit_status == 0, found.stderr
    assert set(found.keys("pages")) == site.truth()["pages"]
    for record in found.records["pages"]:
        assert record["body"][STORAGE]["value"]
        made = (record["bodyMarkdown"] is None, record["bodyText"] is None)
        assert made == (record["id"] == page_id, record["id"] == page_id)
    [row] = [record for record in found.records["pages"] if record["id"] == page_id]
    assert row["body"][STORAGE]["value"] == large.body
    for stream in ("pages", "page_links"):
        told = [line for line in found.log if f"for '{stream}' of the body of {page_id}:" in line]
        assert len(told) == 1, found.log
        assert "WARNING" in told[0]
        assert any(f"Skipped 1 of '{stream}': 1 body too large" in line for line in found.log)


def test_pages_of_a_list_with_too_many_bytes_are_asked_for_in_smaller_ones(
    site: DemoSite | DataCenterSite, deployment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of the requests is repeated, and what is small comes by as many as before."""
    given = give(site, STORAGE, [large_body(STORAGE, 0.06)] * 4)
    bound_pages(monkeypatch, 100_000)

    found = run_tap(settings_of(site), streams=("pages",))

    assert found.exit_status == 0, found.stderr
    assert not [line for line in found.log if "Repeating" in line]
    assert sorted(found.keys("pages")) == sorted(site.truth()["pages"])
    for record in found.records["pages"]:
        if record["id"] in given:
            large = given[record["id"]]
            assert (record["bodyMarkdown"], record["bodyText"]) == (large.markdown, large.text)
    assert 4 < site.count(LISTS[deployment]) < 20


def test_a_body_beyond_any_bound_costs_itself_alone(
    site: DemoSite | DataCenterSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    [page_id] = give(site, STORAGE, [large_body(STORAGE, 0.3)])
    monkeypatch.setattr(bounds, "MOST_BYTES", 200_000)
    bound_pages(monkeypatch, 100_000)

    with waits_skipped():
        found = run_tap(settings_of(site, max_retries=1), streams=("pages",))

    assert found.exit_status == 0, found.stderr
    assert set(found.keys("pages")) == site.truth()["pages"]
    for record in found.records["pages"]:
        assert bool(record["bodyText"]) == (record["id"] != page_id)
    assert any(f"the body of {page_id} of 'pages'" in line for line in found.log)


def test_items_are_ahead_by_the_size_of_their_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "MOST_AHEAD", 100)
    read: list[int] = []

    def items() -> Iterator[int]:
        for size in (10, 10, 500, 500, 500, 10, 10):
            read.append(size)
            yield size

    pool = ThreadPool(2, StopFlag())
    walk = iter(LookAhead(pool, items(), lambda item: lambda: item, window=50, size_of=int))
    ahead_of_each = []
    for number, (_, future) in enumerate(walk, start=1):
        assert future is not None
        ahead_of_each.append(len(read) - number)
        future.result(10)
    # Never a large one beside another; but the small ones go on beside it.
    assert ahead_of_each == [2, 1, 0, 0, 0, 1, 0]


def test_the_list_keeps_nothing_of_what_is_made_of_its_items(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: list[Json] = []
    written = Pages.written

    def note(pages: Pages, work: Work) -> None:
        kept.append(work.item)
        written(pages, work)

    monkeypatch.setattr(Pages, "written", note)
    with DemoSite(wiki_of(12)) as site:
        found = run_tap(running.settings_of(site, body_format=VIEW), streams=("pages",))
    assert {record["id"] for record in kept} == {id_ for (id_,) in site.truth()["pages"]}
    assert all(VIEW in record["body"] for record in found.records["pages"])
    assert not any(VIEW in (item.get("body") or {}) for item in kept)


@pytest.mark.parametrize(
    ("size", "most_together"), [(10, 12), (120, 1)], ids=["small ones", "large ones"]
)
def test_items_are_ahead_by_the_size_of_what_comes_of_them(
    monkeypatch: pytest.MonkeyPatch, size: int, most_together: int
) -> None:
    monkeypatch.setattr(ahead, "MOST_AHEAD", 100)
    begun: list[int] = []

    def call(item: int) -> int:
        begun.append(item)
        return size

    pool = ThreadPool(4, StopFlag())
    walk = LookAhead(
        pool, range(40), lambda item: lambda: call(item), window=12, size_of_result=int
    )
    most = 0
    for number, (item, future) in enumerate(walk):
        assert future is not None
        assert (item, future.result(10)) == (number, size)
        if number > 12:
            most = max(most, len(begun) - number)
    assert sorted(begun) == [*range(40)]
    assert most <= most_together


def test_bodies_are_read_together_by_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MOST_AHEAD", 100)
    chunks = references._in_chunks([10, 10, 90, 500, 10, 10, 10, 10], 3, int)  # noqa: SLF001
    assert [*chunks] == [[10, 10, 90], [500], [10, 10, 10], [10]]


@pytest.mark.proof
@pytest.mark.parametrize(
    ("megabytes", "most"),
    [((5,) * 20, 350), ((20,) * 5, 350), ((50, 50, 5, 20), 500)],
    ids=["20 of 5 MB", "5 of 20 MB", "50, 50, 5 and 20 MB"],
)
@pytest.mark.parametrize(
    ("deployment", "representation"),
    [
        *(("cloud", representation) for representation in (STORAGE, ADF, VIEW)),
        *(("data_center", representation) for representation in (STORAGE, VIEW)),
    ],
)
def test_large_bodies_beside_each_other_take_little_memory(
    deployment: str, representation: str, megabytes: Sequence[float], most: int, tmp_path: Path
) -> None:
    made = {size: large_body(representation, size) for size in set(megabytes)}
    with SITES[deployment](wiki_of(len(megabytes) + 20)) as site:
        given = give(site, representation, [made[size] for size in megabytes])
        config = settings_of(site, body_format=representation)
        peak = measured(config, tmp_path)
        truth = site.truth()["pages"]
    came = []
    with (tmp_path / "messages.jsonl").open("rb") as lines:
        for message in map(json.loads, lines):
            if message["type"] == "RECORD":
                record = message["record"]
                came.append((record["id"],))
                if large := given.get(record["id"]):
                    body = record["body"][representation]["value"]
                    found = (body, record["bodyMarkdown"], record["bodyText"])
                    assert found == tuple(large), record["id"]
    assert sorted(came) == sorted(truth)
    is_apart = (deployment, representation) == ("cloud", VIEW)
    assert peak < (most + MORE_APART if is_apart else most)


@pytest.mark.proof
def test_what_is_rendered_for_one_item_is_let_go_before_the_next(tmp_path: Path) -> None:
    """Each is an answer of its own, so that a page of a list has as many as it has items."""
    with DemoSite(wiki_of(44)) as site:
        given = give(site, VIEW, [large_body(VIEW, 20)] * 24)
        config = running.settings_of(site, body_format=VIEW, max_concurrency=8)
        peak = measured(config, tmp_path)
    came = {}
    with (tmp_path / "messages.jsonl").open("rb") as lines:
        for message in map(json.loads, lines):
            if message["type"] == "RECORD" and message["record"]["id"] in given:
                record = message["record"]
                came[record["id"]] = record["body"][VIEW]["value"]
    assert came == {page_id: large.body for page_id, large in given.items()}
    assert peak < 350


def measured(config: Mapping[str, Any], folder: Path) -> float:
    """Run the tap as a process of its own; return its peak memory in MB."""
    arguments = running.command(folder, config=config, catalog=running.only("pages"))
    output = folder / "messages.jsonl"
    cost = run(Command(arguments, folder, {"PYTHONPATH": str(ROOT)}, output))
    log = (folder / "log.txt").read_text()
    assert not re.findall(r"^.*WARNING.*$", log, re.MULTILINE)
    sys.stdout.write(f"peak {cost.peak_mb:.0f} MB, {cost.cpu:.0f} s of CPU\n")
    return cost.peak_mb
