"""A whole read writes what the table has had from its beginning, wherever bookmarks are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_site.clock import iso
from tests.incremental.runs import killed_after, read_whole, sync
from tests.reconciliation.tables import AT_ONCE

if TYPE_CHECKING:
    from tests.reconciliation.tables import Tables
    from tests.running import Json


def middle(tables: Tables) -> str:
    """A time before which half of the pages were changed."""
    changed = sorted(page.modified for page in tables.wiki.pages)
    return iso(changed[len(changed) // 2])


def since(tables: Tables, start: str) -> set[tuple[str]]:
    return {(page.id,) for page in tables.wiki.pages if iso(page.modified) >= start}


def purge_newest(tables: Tables) -> None:
    tables.wiki.purge_page(max(tables.wiki.pages, key=lambda page: page.num).id)


def test_what_was_older_than_the_anchor_stays_out(tables: Tables) -> None:
    start = middle(tables)
    tables.sync("pages", anchor_date=start, **AT_ONCE)
    assert tables.warehouse.keys("pages") == since(tables, start)
    purge_newest(tables)

    run = tables.sync("pages", anchor_date=start, **AT_ONCE)

    assert "pages" in run.activated
    assert tables.warehouse.keys("pages") - trashed(tables) == since(tables, start) - trashed(
        tables
    )


def test_the_overlap_of_two_runs_does_not_reach_behind_the_anchor(tables: Tables) -> None:
    changed = sorted(page.modified for page in tables.wiki.pages if page.status == "current")
    # The next run goes back two minutes from its bookmark, or a day on Data Center.
    start = iso(changed[-1])
    tables.sync("pages", anchor_date=start, **AT_ONCE)
    assert tables.warehouse.keys("pages") - trashed(tables) == since(tables, start) - trashed(
        tables
    )

    run = tables.sync("pages", anchor_date=start, **AT_ONCE)

    assert {(row["id"],) for row in run.rows("pages")} <= since(tables, start)


def test_an_old_item_that_the_site_failed_for_is_not_brought_for_that(cloud: Tables) -> None:
    start = middle(cloud)
    old = min(cloud.wiki.pages, key=lambda page: page.modified)
    cloud.site.faults.lists.poison(old.id)
    cloud.sync("pages", inventory=False, anchor_date=start, max_retries=0, **AT_ONCE)
    cloud.site.faults.lists.cure(old.id)

    cloud.sync("pages", inventory=False, anchor_date=start, **AT_ONCE)

    assert (old.id,) not in cloud.warehouse.keys("pages")


def test_an_anchor_that_moves_takes_nothing_out_of_the_table(tables: Tables) -> None:
    start = middle(tables)
    tables.sync("pages", anchor_date=start, **AT_ONCE)
    purge_newest(tables)

    tables.sync("pages", anchor_date=tables.wiki.now, **AT_ONCE)

    assert since(tables, start) <= tables.warehouse.keys("pages")
    assert tables.entry("pages")["tableStart"] == start


def test_what_is_old_and_comes_into_the_trash_is_not_deleted(tables: Tables) -> None:
    start = middle(tables)
    tables.sync("pages", anchor_date=start, **AT_ONCE)
    old = min(
        (page for page in tables.wiki.pages if page.status == "current"),
        key=lambda page: page.modified,
    )
    assert iso(old.modified) < start
    tables.wiki.trash_page(old.id)
    tables.sync("pages", anchor_date=start, **AT_ONCE)
    assert tables.column("pages", "status", old.id) == "trashed"
    purge_newest(tables)

    tables.sync("pages", anchor_date=start, **AT_ONCE)

    assert tables.column("pages", "status", old.id) == "trashed"


def test_changed_filters_take_out_what_they_do_not_want(tables: Tables) -> None:
    tables.sync("pages", "blog_posts", **AT_ONCE)

    run = tables.sync("pages", "blog_posts", exclude_space_keys=["OPS"], **AT_ONCE)

    assert {"pages", "blog_posts"} <= run.activated
    left = {(p.id,) for p in tables.wiki.pages if tables.wiki.spaces[p.space].key != "OPS"}
    assert tables.warehouse.keys("pages") == left


def test_changed_filters_take_nothing_out_that_is_older_than_a_new_anchor(tables: Tables) -> None:
    tables.sync("pages", **AT_ONCE)
    left = {(p.id,) for p in tables.wiki.pages if tables.wiki.spaces[p.space].key != "OPS"}

    tables.sync("pages", exclude_space_keys=["OPS"], anchor_date=tables.wiki.now, **AT_ONCE)

    assert tables.warehouse.keys("pages") == left


def test_a_run_with_changed_filters_that_is_killed_is_followed_by_a_whole_one(
    tables: Tables,
) -> None:
    tables.sync("pages")
    filters: Json = {"exclude_space_keys": ["OPS"]}
    begun_with, whole = tables.state, dict(tables.warehouse.tables["pages"])
    run = tables.sync("pages", **filters)
    tables.warehouse.tables["pages"] = whole
    tables.state = begun_with
    half = killed_after(run, len(run.messages) // 2)
    assert "pages" not in half.activated
    tables.load(half)

    tables.sync("pages", **filters)

    left = {(p.id,) for p in tables.wiki.pages if tables.wiki.spaces[p.space].key != "OPS"}
    assert tables.warehouse.keys("pages") == left


def test_a_table_that_was_once_read_in_full_has_everything_from_then_on(cloud: Tables) -> None:
    start = middle(cloud)
    cloud.sync("pages", anchor_date=start, inventory=False)
    cloud.load(sync(cloud.site, cloud.state, read_whole("pages"), anchor_date=start))
    assert not cloud.wrong(["pages"])
    purge_newest(cloud)

    cloud.sync("pages", anchor_date=start, **AT_ONCE)

    assert not cloud.wrong(["pages"])


def test_a_first_run_that_is_killed_is_not_followed_by_another_one(tables: Tables) -> None:
    first = tables.sync("pages")
    tables.warehouse.tables["pages"].clear()
    tables.state = None
    tables.load(killed_after(first, len(first.messages) - 5))
    gone = max(tables.warehouse.keys("pages"), key=lambda key: int(key[0]))
    tables.wiki.purge_page(*gone)

    assert "pages" not in tables.sync("pages").activated
    tables.pass_hours(24)
    assert "pages" in tables.sync("pages").activated
    assert not tables.wrong(["pages"])


def test_statuses_that_are_not_wanted_do_not_come(tables: Tables) -> None:
    wanted: Json = {"content_statuses": ["current", "archived"]}
    tables.sync("pages", **wanted, **AT_ONCE)
    purged = next(page.id for page in tables.wiki.pages if page.status == "current")
    tables.wiki.purge_page(purged)

    tables.sync("pages", **wanted, **AT_ONCE)

    not_trashed = {(page.id,) for page in tables.wiki.pages if page.status != "trashed"}
    assert tables.warehouse.keys("pages") == not_trashed


def trashed(tables: Tables) -> set[tuple[str]]:
    return {(page.id,) for page in tables.wiki.pages if page.status == "trashed"}
