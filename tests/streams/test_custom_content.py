"""What belongs to custom content comes with one request an item, and labels by item only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.running import not_by_default, run_tap, settings_of
from tests.schemas.contract import (
    EXPORTED,
    INCLUDES,
    MODIFIED,
    Contract,
    HeldAgainstTheApi,
    content_property,
    label,
    version,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LABELS = "custom_content_labels"
VERSIONS = "custom_content_versions"
PROPERTIES = "custom_content_content_properties"
DETAILS = (LABELS, VERSIONS, PROPERTIES)


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "custom_content": Contract(
            ("CustomContentBulk", "CustomContentSingle"),
            added=MODIFIED | EXPORTED,
            left_out=INCLUDES,
        ),
        "custom_content_labels": label("customContentId"),
        "custom_content_versions": version("customContentId", "CustomContentVersion", "custom"),
        "custom_content_content_properties": content_property("customContentId"),
    }


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=200, seed=4)) as site:
        yield site


def test_everything_comes_with_one_request_an_item(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=("custom_content", *DETAILS))

    for stream in DETAILS:
        assert Counter(run.keys(stream)) == Counter(site.truth()[stream])
        assert run.records[stream]
    asked = site.requests.by_template()
    assert asked["/api/v2/custom-content/{id}"] == len(site.wiki.custom_content)


def test_nothing_is_cut_off(site: DemoSite) -> None:
    custom = next(iter(site.wiki.custom_content))
    for place in range(70):
        site.wiki.set_property(custom.id, f"key-{place}", place)
        site.wiki.add_label(custom.id, f"label-{place}")
        site.wiki.edit_custom_content(custom.id)

    run = run_tap(settings_of(site), streams=DETAILS)

    for stream in DETAILS:
        assert Counter(run.keys(stream)) == Counter(site.truth()[stream])


def test_a_later_run_asks_only_for_what_has_changed(site: DemoSite) -> None:
    streams = (VERSIONS, PROPERTIES)
    first = run_tap(settings_of(site), streams=streams)
    asked = site.requests.by_template()["/api/v2/custom-content/{id}"]
    changed = site.wiki.edit_custom_content(next(iter(site.wiki.custom_content)).id)

    second = run_tap(settings_of(site), first.state, streams=streams)

    assert changed in {row["customContentId"] for row in second.records[VERSIONS]}
    assert site.requests.by_template()["/api/v2/custom-content/{id}"] - asked <= 2
    keys = {*first.keys(VERSIONS), *second.keys(VERSIONS)}
    assert keys == site.truth()[VERSIONS]


def test_a_label_put_on_an_old_item_is_found(site: DemoSite) -> None:
    first = run_tap(settings_of(site), streams=(LABELS,))
    custom = next(iter(site.wiki.custom_content))
    label = site.wiki.add_label(custom.id, "late")

    second = run_tap(settings_of(site), first.state, streams=(LABELS,))

    assert (custom.id, label) in second.keys(LABELS)
    assert set(second.keys(LABELS)) == site.truth()[LABELS]
    assert LABELS in second.activated


def test_the_labels_are_read_on_request_only_for_each_run_asks_for_every_item() -> None:
    assert LABELS in not_by_default()
    assert not {VERSIONS, PROPERTIES} & not_by_default()


def test_items_that_are_forbidden_are_skipped_and_said_once(site: DemoSite) -> None:
    hidden = next(iter(site.wiki.custom_content)).id
    site.faults.forbid(f"/api/v2/custom-content/{hidden}", 403)

    run = run_tap(settings_of(site), streams=DETAILS)

    assert run.exit_status == 0
    expected = {key for key in site.truth()[VERSIONS] if key[0] != hidden}
    assert set(run.keys(VERSIONS)) == expected
    assert LABELS not in run.activated
