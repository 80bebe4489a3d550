"""Each mart says what the site itself says, on both databases."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.dbt.conftest import DATABASES
from tests.dbt.marts import assert_says
from tests.dbt.truth import Truth, time_of
from tests.dbt.warehouses import SITE
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.body_truth import storage_of
from tests.demo_site.rows import Rows
from tests.docs import dbt, facts
from tests.running import everything, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.dbt.warehouses import Warehouse

MARTS = ("page_paths", "pages", "spaces", "daily_activity", "attachments", "labels", "tasks")


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    wiki = Wiki.seeded(pages=60, seed=7)
    for name in ("a-b", "ab", "A.Bs"):
        wiki.add_label(wiki.some(wiki.pages).id, name)
    wiki.move_page()
    with DemoSite(wiki) as site:
        yield site


@pytest.fixture(scope="module", params=DATABASES)
def built(
    request: pytest.FixtureRequest, site: DemoSite, new_warehouse: Callable[[str], Warehouse]
) -> Warehouse:
    """A database with all streams of a site and all models."""
    warehouse = new_warehouse(request.param)
    warehouse.load(run_tap(settings_of(site), catalog=everything()))
    warehouse.build()
    return warehouse


def test_each_item_of_the_site_is_one_row_of_its_staging_model(
    site: DemoSite, built: Warehouse
) -> None:
    truth = site.truth()

    for name, stream in facts.streams().items():
        rows = built.rows(f"stg_confluence__{name}", *dbt.key_of(stream))
        assert len(rows) == len(truth[name]), name
        assert set(rows) == truth[name], name


def test_parts_of_a_record_are_columns(site: DemoSite, built: Warehouse) -> None:
    columns = ("id", "version_number", "version_created_at", "body_format", "body", "url")

    assert set(built.rows("stg_confluence__pages", *columns)) == {
        (
            page.id,
            page.version,
            time_of(page.modified),
            "storage",
            storage_of(site.wiki, page),
            SITE + url,
        )
        for page in site.wiki.pages
        for url in [_webui(site, page.id)]
    }


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_says_what_the_site_says(site: DemoSite, built: Warehouse, mart: str) -> None:
    assert_says(built, mart, getattr(Truth(site.wiki), mart)())


def test_users_are_those_whom_the_tap_knows(site: DemoSite, built: Warehouse) -> None:
    known = {account for (account,) in site.truth()["users"]}

    assert_says(built, "users", Truth(site.wiki).users(known))


def test_links_are_broken_that_lead_nowhere(site: DemoSite, built: Warehouse) -> None:
    rows = built.query(
        "select page_id, kind, target_title from confluence__links "
        "where is_broken and kind in ('page', 'file')"
    )

    assert Counter(rows) == Truth(site.wiki).broken_links()
    assert Counter(rows)


def _webui(site: DemoSite, page_id: str) -> str:
    link: str = Rows(site.wiki).page(site.wiki.pages[int(page_id)], None)["_links"]["webui"]
    return link
