"""A run costs what has changed, and brings exactly that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tap_confluence.timestamps import with_overlap
from tests.demo_site import Wiki
from tests.incremental.day import Day
from tests.incremental.runs import (
    CONTENT,
    DETAILS,
    INCREMENTAL,
    OWNER_KEYS,
    ClockedSite,
    full_table_streams,
    sync,
)
from tests.incremental.warehouse import Warehouse, latest_on
from tests.running import only, truth_by_default

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.incremental.runs import Run
    from tests.running import Json

COMPLETE = (
    *("spaces", "space_labels", "space_permissions", "space_properties", "child_pages", "groups"),
    *("page_labels", "blog_post_labels", "attachment_labels"),
)
MOST_REQUESTS_FOR_A_DAY = 57
MOST_REQUESTS_FOR_NOTHING = 37


@pytest.fixture(scope="module")
def first() -> Run:
    """The first run of all streams, on a wiki of 1,000 pages that is the same for each test."""
    with ClockedSite(Wiki.seeded(pages=1000)) as site:
        return sync(site)


@pytest.fixture
def site() -> Iterator[ClockedSite]:
    """The site as the first run has left it."""
    with ClockedSite(Wiki.seeded(pages=1000)) as site:
        site.faults.finds_archived = True
        yield site


@pytest.fixture
def catalog() -> Json:
    """The streams of what people write, and of what belongs to it."""
    return only(*INCREMENTAL, *COMPLETE)


@pytest.mark.parametrize(
    ("bump", "most_requests"),
    [
        (False, MOST_REQUESTS_FOR_A_DAY),
        # Where trashing moves the date of a page, its versions have to be looked at.
        (True, MOST_REQUESTS_FOR_A_DAY + 2),
    ],
    ids=["trashing keeps the date", "trashing moves the date"],
)
def test_a_run_brings_exactly_what_has_changed_and_the_next_one_nothing(
    site: ClockedSite, first: Run, catalog: Json, *, bump: bool, most_requests: int
) -> None:
    day = Day(site.wiki, bump=bump)
    day.pass_by()

    second = sync(site, first.state, catalog)

    for stream, expected in day.expected().items():
        assert owners(second, stream) - overlap(first, second, stream) == expected, stream
    assert cost(second, site) <= most_requests

    third = sync(site, second.state, catalog)

    for stream in INCREMENTAL:
        assert owners(third, stream) == overlap(second, third, stream), stream
    assert not third.ids("pages") & day.trashed
    assert cost(third, site) <= MOST_REQUESTS_FOR_NOTHING


def test_where_nothing_has_changed_nothing_is_read_but_lists(
    site: ClockedSite, first: Run, catalog: Json
) -> None:
    second = sync(site, first.state, catalog)

    for stream in INCREMENTAL:
        assert owners(second, stream) == overlap(first, second, stream), stream
    assert cost(second, site) <= MOST_REQUESTS_FOR_NOTHING


@pytest.mark.parametrize("bump", [False, True])
def test_the_warehouse_equals_the_site(site: ClockedSite, first: Run, *, bump: bool) -> None:
    warehouse = Warehouse()
    warehouse.load(first)
    Day(site.wiki, bump=bump).pass_by()

    second = sync(site, first.state, reconcile_interval_hours=0)

    warehouse.load(second)
    assert second.activated > set(full_table_streams())
    truth = truth_by_default(site)
    for stream in (*CONTENT, "tasks"):
        assert warehouse.keys(stream) == truth[stream], stream
    # What is left are the details of these.
    warehouse.delete_what_is_gone()
    for stream, keys in truth.items():
        assert warehouse.keys(stream) == keys, stream
    for stream in CONTENT:
        assert warehouse.latest(stream) == latest_on(site.wiki, stream), stream


def cost(run: Run, site: ClockedSite) -> int:
    """The requests of a run, but for those for the labels of files on what is in the trash.

    No search finds these.
    """
    hidden = {
        f"/api/v2/attachments/{file.id}"
        for file in site.wiki.attachments
        if file.container is not None and file.container.status == "trashed"
    }
    return run.cost - sum(request.path in hidden for request in run.requests)


def owners(run: Run, stream: str) -> set[str]:
    """The items of which a stream has brought something."""
    key = OWNER_KEYS[DETAILS[stream]] if stream in DETAILS else "id"
    return {row[key] for row in run.rows(stream)}


def overlap(before: Run, after: Run, stream: str) -> set[str]:
    """The items brought that lie in the overlap before the bookmark of the run before."""
    bookmark = before.bookmark(stream)
    assert bookmark is not None
    key = OWNER_KEYS[DETAILS[stream]] if stream in DETAILS else "id"
    return {
        row[key]
        for row in after.rows(stream)
        if with_overlap(bookmark) <= row["modifiedAt"] <= bookmark
    }
