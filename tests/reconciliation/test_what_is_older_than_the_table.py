"""What is older than a table, and came into it by way of the trash, stays as long as the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.streams.state.digest import MembershipDigest
from tests.demo_site.clock import iso
from tests.histories.deeds import is_alive
from tests.incremental.runs import killed_after
from tests.reconciliation.tables import AT_ONCE

if TYPE_CHECKING:
    from tests.demo_site import Wiki
    from tests.demo_site.model import Content
    from tests.reconciliation.tables import Tables

KINDS = {"pages": "page", "blog_posts": "blog_post", "attachments": "attachment"}
"""The streams that have what is in the trash, and how the wiki calls what they are made of."""


def oldest(wiki: Wiki, stream: str) -> Content:
    """The content of a stream that was changed first of all that people can see."""
    alive: list[Content] = [each for each in getattr(wiki, stream) if is_alive(each)]
    return min(alive, key=lambda each: each.modified)


def anchored(wiki: Wiki, stream: str = "pages") -> dict[str, Any]:
    """Settings that leave out the older half of what a stream is made of."""
    changed = sorted(each.modified for each in getattr(wiki, stream) if is_alive(each))
    return {"anchor_date": iso(changed[len(changed) // 2]), **AT_ONCE}


def put_into_trash(tables: Tables, stream: str, settings: dict[str, Any]) -> str:
    """Have something come into a table that is older than that, and return its id."""
    tables.sync(stream, **settings)
    item_id = oldest(tables.wiki, stream).id
    assert (item_id,) not in tables.warehouse.keys(stream)
    getattr(tables.wiki, f"trash_{KINDS[stream]}")(item_id)
    tables.sync(stream, **settings)
    assert tables.column(stream, "status", item_id) == "trashed"
    return item_id


def streams_of(tables: Tables) -> list[str]:
    # On Data Center, no list has files that are in the trash.
    return [s for s in KINDS if tables.is_cloud or s != "attachments"]


def test_what_is_restored_stays_in_each_whole_read_until_it_is_purged(tables: Tables) -> None:
    for stream in streams_of(tables):
        settings = anchored(tables.wiki, stream)
        item_id = put_into_trash(tables, stream, settings)
        before = tables.warehouse.keys(stream)
        getattr(tables.wiki, f"restore_{KINDS[stream]}")(item_id)
        run = tables.sync(stream, **settings)
        assert stream in run.activated
        assert tables.column(stream, "status", item_id) == "current"
        assert tables.warehouse.keys(stream) == before
        newest = max((c for c in getattr(tables.wiki, stream) if is_alive(c)), key=lambda c: c.num)
        purge = getattr(tables.wiki, f"purge_{KINDS[stream]}")
        purge(newest.id)

        run = tables.sync(stream, **settings)

        assert stream in run.activated
        assert tables.column(stream, "status", item_id) == "current"
        purge(item_id)
        tables.sync(stream, **settings)
        assert (item_id,) not in tables.warehouse.keys(stream)
        # Nothing is left to be looked for.
        assert tables.entry(stream)["older"] == ""


def test_what_never_came_into_the_table_stays_out(tables: Tables) -> None:
    settings = anchored(tables.wiki)
    page = put_into_trash(tables, "pages", settings)
    tables.wiki.restore_page(page)

    tables.sync("pages", **settings)

    old = {(p.id,) for p in tables.wiki.pages if iso(p.modified) < settings["anchor_date"]}
    assert len(old) > 1
    assert old & tables.warehouse.keys("pages") == {(page,)}


def test_what_was_archived_and_is_not_any_more_stays(data_center: Tables) -> None:
    settings = anchored(data_center.wiki)
    data_center.sync("pages", **settings)
    page = data_center.wiki.archive_page(oldest(data_center.wiki, "pages").id)
    data_center.sync("pages", **settings)
    assert data_center.column("pages", "status", page) == "archived"
    data_center.wiki.unarchive_page(page)

    data_center.sync("pages", **settings)

    assert data_center.column("pages", "status", page) == "current"


def test_changed_filters_leave_it_where_they_want_it(tables: Tables) -> None:
    settings = anchored(tables.wiki)
    page = put_into_trash(tables, "pages", settings)

    tables.sync("pages", exclude_space_keys=["OPS"], **settings)

    assert tables.column("pages", "status", page) == "trashed"
    assert (page,) in tables.warehouse.keys("pages")


@pytest.mark.parametrize("restored", [False, True])
def test_a_run_that_is_killed_behind_its_row_has_told_the_state(
    cloud: Tables, *, restored: bool
) -> None:
    settings = anchored(cloud.wiki)
    cloud.sync("pages", **settings)
    page = cloud.wiki.trash_page(oldest(cloud.wiki, "pages").id)
    run = cloud.try_sync("pages", load=False, **settings)
    row = next(
        place
        for place, message in enumerate(run.messages)
        if message["type"] == "RECORD"
        and message["record"]["id"] == page
        and message["stream"] == "pages"
    )
    cloud.load(killed_after(run, row + 1))
    assert cloud.column("pages", "status", page) == "trashed"
    if restored:
        cloud.wiki.restore_page(page)

    cloud.sync("pages", **settings)

    assert (page,) in cloud.warehouse.keys("pages")


@pytest.mark.parametrize("older", [None, "no digest"])
def test_where_the_state_does_not_tell_it_everything_is_written(
    tables: Tables, older: str | None
) -> None:
    settings = anchored(tables.wiki)
    page = put_into_trash(tables, "pages", settings)
    tables.entry("pages")["older"] = older
    tables.wiki.restore_page(page)

    tables.sync("pages", **settings)

    assert not tables.wrong(["pages"])


def test_what_has_been_added_is_found_again_whatever_else_was() -> None:
    digest = MembershipDigest()
    ids = [str(number) for number in range(65_000, 67_000)]
    for item_id in ids:
        digest.add(item_id)

    loaded = MembershipDigest.load(digest.dump())

    assert loaded is not None
    assert all(item_id in loaded for item_id in ids)
    assert sum(str(number) in loaded for number in range(10_000)) < 2_000
    assert len(digest.dump()) < 1_500


def test_few_take_few_bytes_and_find_hardly_anything_else() -> None:
    digest = MembershipDigest()
    assert not digest
    for number in range(20):
        digest.add(str(number))

    assert digest
    assert len(digest.dump()) < 300
    assert sum(str(number) in digest for number in range(20, 10_020)) < 5
