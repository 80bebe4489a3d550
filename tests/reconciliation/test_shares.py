"""A share of a site, and a batch, tell nothing of what is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.incremental.runs import INVENTORY
from tests.reconciliation.tables import AT_ONCE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reconciliation.tables import Tables
    from tests.running import Json

ALL_SPACES: Json = {"space_id_from": 0}
TOLD = "Something has changed without a date"


def test_a_share_tells_that_something_is_gone_and_leaves_it(tables: Tables) -> None:
    tables.sync("pages", **ALL_SPACES, **AT_ONCE)
    tables.wiki.purge_page()
    before = tables.warehouse.keys("pages")

    second = tables.sync("pages", **ALL_SPACES, **AT_ONCE)
    third = tables.sync("pages", **ALL_SPACES, **AT_ONCE)

    assert not second.activated
    assert tables.warehouse.keys("pages") == before
    assert [line for line in second.log if TOLD in line and "pages" in line]
    assert not [line for line in third.log if TOLD in line]


def test_a_run_over_the_whole_site_takes_away_what_shares_have_left(tables: Tables) -> None:
    whole = tables.sync("pages", **AT_ONCE)
    tables.sync("pages", inventory=False, **ALL_SPACES)
    wiki = tables.wiki
    wiki.purge_page()
    # It moves from one share to another.
    other = next(p for p in wiki.pages if wiki.spaces[p.space].key == "OPS")
    moved = wiki.move_page(next(p.id for p in wiki.pages if p.status == "current"), other.id)
    tables.sync("pages", inventory=False, **ALL_SPACES)
    tables.state = whole.state

    tables.sync("pages", **AT_ONCE)

    assert not tables.wrong(["pages"])
    assert tables.column("pages", "spaceId", moved) == str(other.space)


def test_records_of_shares_carry_a_version(tables: Tables) -> None:
    run = tables.sync("pages", **ALL_SPACES)

    versions = {m.get("version") for m in run.messages if m["type"] == "RECORD"}
    assert None not in versions


def test_a_batch_tells_that_something_is_gone_and_leaves_it(tables: Tables, tmp_path: Path) -> None:
    batches = {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": tmp_path.as_uri()},
    }
    settings = {"batch_config": batches, **AT_ONCE}
    tables.sync("pages", **settings)
    tables.wiki.purge_page()

    run = tables.sync("pages", **settings)

    assert not run.activated
    assert [line for line in run.log if TOLD in line]


def test_without_activation_rows_come_back_and_none_goes(tables: Tables) -> None:
    settings = {"emit_activate_version_messages": False, **AT_ONCE}
    tables.sync("pages", **settings)
    gone = tables.wiki.purge_page()
    restored = tables.wiki.trash_page()
    tables.sync("pages", **settings)
    tables.wiki.restore_page(restored)

    run = tables.sync("pages", **settings)

    assert not run.activated
    assert tables.column("pages", "status", restored) == "current"
    assert tables.wrong(["pages", INVENTORY])["pages"] == {(gone,)}
