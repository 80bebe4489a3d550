"""With flattening, too, each record is what its schema says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft7Validator

from tests.datacenter import runs as datacenter
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.running import Run, everything, only, run_tap, settings_of

if TYPE_CHECKING:
    from tests.running import Json

VALUES = {"text": "a", "number": 1.5, "flag": False, "list": [1, "a"], "object": {"a": True}}


def flattened(site: DemoSite | DataCenterSite, catalog: Json | None, levels: int) -> Run:
    config = (
        settings_of(site)
        if isinstance(site, DemoSite)
        else {**datacenter.settings_of(site), "anchor_date": "2000-01-01"}
    )
    flat = {"flattening_enabled": True, "flattening_max_depth": levels}
    run = run_tap({**config, **flat}, catalog=catalog)
    assert run.exit_status == 0, run.stderr[-2000:]
    return run


@pytest.mark.parametrize("levels", [1, 3])
@pytest.mark.parametrize("deployment", [DemoSite, DataCenterSite])
def test_each_record_is_as_its_schema_says(
    deployment: type[DemoSite | DataCenterSite], levels: int
) -> None:
    with deployment(Wiki.seeded(pages=30, seed=7)) as site:
        run = flattened(site, everything() if deployment is DemoSite else None, levels)

    schemas = {message["stream"]: message["schema"] for message in run.schemas}
    wrong = {
        (name, error.message, field)
        for name, records in run.records.items()
        for record in records
        for error in Draft7Validator(schemas[name]).iter_errors(record)
        for field in error.path
    }
    undeclared = {
        (name, field)
        for name, records in run.records.items()
        for record in records
        for field in record.keys() - schemas[name]["properties"].keys()
    }
    assert wrong == set()
    assert undeclared == set()


def test_a_value_of_any_type_is_a_text_and_a_text_stays_itself() -> None:
    wiki = Wiki.plain()
    page = next(page.id for page in wiki.pages if page.status == "current")
    for key, value in VALUES.items():
        wiki.set_property(page, key, value)
    with DemoSite(wiki) as site:
        run = flattened(site, only("page_content_properties"), 1)

    rows = [row for row in run.records["page_content_properties"] if row["pageId"] == page]
    found = {row["key"]: row["value"] for row in rows if row["key"] in VALUES}
    assert {
        key: text if key == "text" else json.loads(text) for key, text in found.items()
    } == VALUES
    assert {type(text) for text in found.values()} == {str}
