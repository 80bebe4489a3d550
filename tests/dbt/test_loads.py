"""The models hold for every load: of any deployment, stream, column, spelling and loader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.datacenter.runs import ClockedDataCenter
from tests.datacenter.runs import only as only_of_data_center
from tests.datacenter.runs import settings_of as settings_of_data_center
from tests.datacenter.runs import truth_of as truth_of_data_center
from tests.dbt.conftest import DATABASES
from tests.dbt.marts import assert_says
from tests.dbt.truth import Truth
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter.people import user_key
from tests.docs import dbt, facts
from tests.incremental.runs import ClockedSite
from tests.running import everything, only, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dbt.warehouses import Warehouse

MARTS = (
    *("page_paths", "pages", "spaces", "users", "daily_activity", "attachments"),
    *("labels", "tasks", "links"),
)


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.plain(pages=20, seed=3)


@pytest.mark.parametrize("database", DATABASES)
def test_the_same_data_makes_the_same_marts_however_columns_are_spelled(
    wiki: Wiki, new_warehouse: Callable[[str], Warehouse], database: str
) -> None:
    warehouse = new_warehouse(database)
    with DemoSite(wiki) as site:
        warehouse.load(run_tap(settings_of(site), catalog=everything()))
    warehouse.run()
    as_loaded = content_of(warehouse)

    spell(warehouse, lambda name: name.upper())
    warehouse.run("--full-refresh")
    assert content_of(warehouse) == as_loaded

    spell(warehouse, lambda name: dbt.snake((name,)))
    warehouse.run("--full-refresh")
    assert content_of(warehouse) == as_loaded

    spell(warehouse, lambda name: name)
    keep_whole_records(warehouse)
    warehouse.run("--full-refresh")
    assert content_of(warehouse) == as_loaded


def test_what_is_not_loaded_empties_its_columns_and_no_others(
    wiki: Wiki, new_warehouse: Callable[[str], Warehouse]
) -> None:
    warehouse = new_warehouse("duckdb")
    with DemoSite(wiki) as site:
        warehouse.load(run_tap(settings_of(site)))
    warehouse.build()

    opt_in = ("views", "viewers", "state", "links_out", "links_in", "is_restricted")
    pages = [
        {name: None if name in opt_in else value for name, value in row.items()}
        for row in Truth(wiki).pages()
    ]
    assert_says(warehouse, "pages", pages)
    assert warehouse.rows("confluence__links", "page_id") == []
    for mart in ("spaces", "daily_activity", "attachments", "labels", "tasks"):
        truth = Truth(wiki, has_labels_of_custom_content=False)
        assert_says(warehouse, mart, getattr(truth, mart)())
    below_folders = warehouse.query(
        "select page_id from confluence__page_paths where not is_complete"
    )
    assert {page for (page,) in below_folders} == {
        row["page_id"]
        for row in Truth(wiki).page_paths()
        if any(
            wiki.pages.get(int(place)) is None for place in row["path_ids"].strip("/").split("/")
        )
        or not row["is_complete"]
    }


@pytest.mark.parametrize("database", DATABASES)
def test_of_data_center(new_warehouse: Callable[[str], Warehouse], database: str) -> None:
    wiki = Wiki.plain(pages=20, seed=3)
    warehouse = new_warehouse(database)
    with ClockedDataCenter(wiki) as site:
        streams = [name for name in facts.data_center_streams() if name != "audit_records"]
        run = run_tap(settings_of_data_center(site), catalog=only_of_data_center(*streams))
        warehouse.load(run)
        keys = truth_of_data_center(site)
    listed = frozenset(id_ for (id_,) in keys["content_inventory"])
    warehouse.build()

    truth = Truth(wiki, user_key, has_labels_of_custom_content=False, on_cloud=False, listed=listed)
    of_cloud = dict.fromkeys(("views", "viewers", "state"))
    pages = [{**row, **of_cloud} for row in truth.pages()]
    for row in pages:
        del row["url"]  # which Data Center makes of the title
    assert_says(warehouse, "pages", pages)
    for mart in ("page_paths", "spaces", "daily_activity", "attachments", "labels"):
        assert_says(warehouse, mart, getattr(truth, mart)())
    # These have other ids there, and only what stands in the bodies.
    assert set(warehouse.rows("confluence__tasks", "task_id")) == keys["tasks"]


def test_columns_that_are_deselected_are_null(
    wiki: Wiki, new_warehouse: Callable[[str], Warehouse]
) -> None:
    warehouse = new_warehouse("postgres")
    left_out = {
        "pages": ("body", "ownerId", "_links"),
        "blog_posts": ("body", "_links"),
        "users": ("email", "displayName", "accountStatus"),
        "attachments": ("fileSize",),
    }
    with DemoSite(wiki) as site:
        warehouse.load(run_tap(settings_of(site), catalog=without(left_out)))
    warehouse.build()

    empty = {"text_length", "url", "is_owner_active", "is_owner_gone", "bytes"}
    opt_in = {"views", "viewers", "state", "links_out", "links_in", "is_restricted"}
    pages = Truth(wiki).pages()
    for row in pages:
        row.update(dict.fromkeys(empty | opt_in))
        row["bytes"] = 0
    assert_says(warehouse, "pages", pages)


@pytest.mark.parametrize("is_soft", [False, True], ids=["hard delete", "soft delete"])
def test_what_is_gone_from_the_site_is_gone_from_the_marts(
    new_warehouse: Callable[[str], Warehouse], *, is_soft: bool
) -> None:
    wiki = Wiki.plain(pages=20, seed=3)
    warehouse = new_warehouse("postgres")
    # The loader cannot mark rows of a table with a column `version`, so that it is told of parts.
    flat = {"flattening_enabled": is_soft, "flattening_max_depth": 1}
    with ClockedSite(wiki) as site:
        settings = settings_of(site, reconcile_interval_hours=0, **flat)
        first = run_tap(settings, catalog=everything())
        warehouse.load(first, hard_delete=not is_soft)
        warehouse.run()
        page = next(p for p in wiki.pages if p.labels and p.status == "current" and p.parent)
        wiki.purge_page(page.id)
        wiki.trash_page()
        wiki.move_page()
        wiki.edit_page()
        wiki.delete_comment()
        wiki.purge_attachment()
        wiki.complete_task()
        labelled = next(p for p in wiki.pages if p.labels and p.status == "current")
        wiki.remove_label(labelled.id, *_label(wiki, labelled.labels[0]))
        second = run_tap(settings, first.state, everything())
        warehouse.load(second, hard_delete=not is_soft)
    warehouse.run("--full-refresh")

    truth = Truth(wiki)
    for mart in ("page_paths", "pages", "spaces", "attachments", "labels", "tasks"):
        assert_says(warehouse, mart, getattr(truth, mart)())
    assert_says(warehouse, "daily_activity", truth.daily_activity())


def test_without_the_inventory_it_is_said_what_to_load(
    wiki: Wiki, new_warehouse: Callable[[str], Warehouse]
) -> None:
    warehouse = new_warehouse("duckdb")
    with DemoSite(wiki) as site:
        warehouse.load(run_tap(settings_of(site), catalog=only("spaces", "pages")))

    done = warehouse.dbt("build")

    assert done.returncode == 1
    assert "There is no table content_inventory in the schema main" in done.stdout
    assert "load the stream content_inventory" in done.stdout


def test_what_is_not_wanted_is_not_built(
    wiki: Wiki, new_warehouse: Callable[[str], Warehouse]
) -> None:
    warehouse = new_warehouse("duckdb")
    with DemoSite(wiki) as site:
        warehouse.load(run_tap(settings_of(site), catalog=everything()))
    warehouse.run(confluence__using_links=False, confluence__using_page_views=False)

    made = {name for (name,) in warehouse.query("select view_name from duckdb_views()")} | {
        name for (name,) in warehouse.query("select table_name from duckdb_tables()")
    }
    assert "confluence__links" not in made
    assert "confluence__labels" in made
    views = warehouse.rows("confluence__pages", "type", "views")
    assert {number for type_, number in views if type_ == "page"} == {None}
    assert any(number for type_, number in views if type_ == "blogpost")


def test_the_inventory_tells_how_fresh_the_tables_are(
    wiki: Wiki, new_warehouse: Callable[[str], Warehouse]
) -> None:
    warehouse = new_warehouse("duckdb")
    with DemoSite(wiki) as site:
        warehouse.load(run_tap(settings_of(site)))

    assert warehouse.dbt("source", "freshness", "--warn-error").returncode == 0

    warehouse.execute(
        "update content_inventory set _sdc_extracted_at = _sdc_extracted_at - interval 3 day"
    )
    assert warehouse.dbt("source", "freshness", "--warn-error").returncode == 1


def content_of(warehouse: Warehouse) -> dict[str, str]:
    """Return all rows of all marts as text."""
    return {
        mart: "\n".join(sorted(map(repr, warehouse.rows(f"confluence__{mart}", "*"))))
        for mart in MARTS
    }


def spell(warehouse: Warehouse, spelling: Callable[[str], str]) -> None:
    """Rename all columns of all raw tables, those of the loader aside.

    Args:
        warehouse: A database with all streams.
        spelling: Spells the name that the tap gives a column.
    """
    statements = []
    for table, columns in warehouse.columns().items():
        names = {plain(name): name for name in facts.streams()[table].schema["properties"]}
        for column in columns:
            name = names.get(plain(column))
            if name is not None and spelling(name) != column:
                # DuckDB does not rename a column to the same name in another case.
                for old, new in ((column, "renamed"), ("renamed", spelling(name))):
                    statements.append(f'alter table "{table}" rename column "{old}" to "{new}"')
    warehouse.execute(";".join(statements))


def keep_whole_records(warehouse: Warehouse) -> None:
    """Make of each raw table one with a column of JSON, as target-bigquery does by default."""
    warehouse.execute(
        ";".join(
            f'alter table "{table}" rename to "loaded_{table}";'  # noqa: S608 - our own names
            f'create table "{table}" as select {warehouse.row_as_json} as data, '
            f'_sdc_extracted_at, _sdc_deleted_at from "loaded_{table}" as loaded;'
            f'drop table "loaded_{table}" cascade'
            for table in warehouse.columns()
        )
    )


def plain(name: str) -> str:
    return name.lower().replace("_", "")


def without(left_out: dict[str, tuple[str, ...]]) -> Any:
    """Return the catalog of what is read by default, with some columns deselected."""
    catalog = only(*(stream.name for stream in facts.read_by_default()))
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            path = metadata["breadcrumb"]
            if len(path) > 1 and path[1] in left_out.get(entry["tap_stream_id"], ()):
                metadata["metadata"]["selected"] = False
    return catalog


def _label(wiki: Wiki, num: int) -> tuple[str, str]:
    return wiki.labels[num].name, wiki.labels[num].prefix
