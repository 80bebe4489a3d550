"""A run without a state is a first one, or one that begins anew: it takes nothing for gone.

It cannot tell how many rows would go, nor whether the table is also another job's, unless the
setting says that all may go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reconciliation.test_nothing_is_deleted_falsely import ALL_MAY_GO
from tests.reconciliation.test_what_is_gone_or_back import CONTENT, busy_page

if TYPE_CHECKING:
    from tests.reconciliation.tables import Tables


def lose_the_state(tables: Tables) -> None:
    """Have something purged, and lose the state, as `--full-refresh` does."""
    tables.sync(*CONTENT)
    tables.wiki.purge_page(busy_page(tables.wiki))
    tables.state = None


def test_activates_nothing_by_itself(tables: Tables) -> None:
    lose_the_state(tables)
    before = {stream: tables.warehouse.keys(stream) for stream in CONTENT}

    refresh = tables.sync(*CONTENT)

    assert not refresh.activated & set(CONTENT)
    assert {stream: tables.warehouse.keys(stream) for stream in CONTENT} == before


def test_the_table_equals_the_site_at_its_end_where_all_may_go(tables: Tables) -> None:
    lose_the_state(tables)

    refresh = tables.sync(*CONTENT, **ALL_MAY_GO)

    assert set(CONTENT) <= refresh.activated
    assert not tables.wrong(CONTENT)
    # It has been read whole, and nothing has happened since.
    assert not tables.sync(*CONTENT, **ALL_MAY_GO).activated & {*CONTENT, "tasks"}


def test_nothing_goes_after_a_read_that_was_not_complete(tables: Tables) -> None:
    lose_the_state(tables)
    kept = next(page.id for page in tables.wiki.pages if page.status == "current")
    tables.site.faults.lists.poison(kept)

    refresh = tables.try_sync("pages", max_retries=0, **ALL_MAY_GO)

    assert "pages" not in refresh.activated
    assert (kept,) in tables.warehouse.keys("pages")


def test_a_range_of_spaces_tells_nothing(tables: Tables) -> None:
    lose_the_state(tables)
    before = tables.warehouse.keys("pages")

    refresh = tables.sync("pages", space_id_from=1, **ALL_MAY_GO)

    assert not refresh.activated
    assert tables.warehouse.keys("pages") == before


def test_takes_nothing_from_the_job_that_the_table_belongs_to(tables: Tables) -> None:
    tables.sync(*CONTENT)
    before = {stream: tables.warehouse.keys(stream) for stream in CONTENT}
    tables.state = None
    of_its_own = {"anchor_date": tables.wiki.now, "reconcile_interval_hours": 87_600}

    for _ in range(3):
        tables.sync(*CONTENT, inventory=False, **of_its_own)
        tables.pass_hours(24 * 7)

    assert {stream: tables.warehouse.keys(stream) for stream in CONTENT} == before
