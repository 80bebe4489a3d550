"""The staging models have all rows of the site, whatever the database calls the columns."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tests.dbt.conftest import DATABASES
from tests.dbt.truth import page_as_given
from tests.dbt.warehouses import SITE
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.clock import iso
from tests.docs import dbt, facts
from tests.running import everything, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.dbt.warehouses import Warehouse

STAGING = "staging"


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=40, seed=7)) as site:
        yield site


@pytest.fixture(scope="module", params=DATABASES)
def staged(
    request: pytest.FixtureRequest, site: DemoSite, new_warehouse: Callable[[str], Warehouse]
) -> Warehouse:
    warehouse = new_warehouse(request.param)
    warehouse.load(run_tap(settings_of(site), catalog=everything()))
    warehouse.build("--select", STAGING)
    return warehouse


def test_each_item_of_the_site_is_one_row(site: DemoSite, staged: Warehouse) -> None:
    truth = site.truth()

    for name, stream in facts.streams().items():
        rows = staged.rows(f"stg_confluence__{name}", *dbt.key_of(stream))
        assert len(rows) == len(truth[name]), name
        assert set(rows) == truth[name], name


def test_parts_of_a_record_are_columns(site: DemoSite, staged: Warehouse) -> None:
    columns = ("id", "version_number", "version_author_id", "body_format", "body", "url")
    rows = staged.rows("stg_confluence__pages", *columns)
    expected = [page_as_given(site.wiki, page) for page in site.wiki.pages]

    assert set(rows) == {
        (
            page["id"],
            page["version"]["number"],
            page["version"]["authorId"],
            "storage",
            page["body"]["storage"]["value"],
            SITE + page["_links"]["webui"],
        )
        for page in expected
    }


def test_times_are_those_of_the_site(site: DemoSite, staged: Warehouse) -> None:
    rows = staged.rows("stg_confluence__page_versions", "page_id", "number", "created_at")

    assert set(rows) == {
        (page.id, number, datetime.fromisoformat(iso(at)).replace(tzinfo=None))
        for page in site.wiki.pages
        for number, at in enumerate(page.times, start=1)
    }
