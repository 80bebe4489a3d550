"""The list of all labels."""

from __future__ import annotations

from typing import ClassVar

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.running import run_tap, settings_of
from tests.schemas.contract import Contract, HeldAgainstTheApi

LABELS = "labels"


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "labels": Contract(("Label",)),
    }


def test_it_has_every_label_once_whatever_is_filtered() -> None:
    with DemoSite(Wiki.seeded(pages=20, seed=3)) as site:
        key = next(iter(site.wiki.spaces)).key

        run = run_tap(settings_of(site, space_keys=[key], page_size=7), streams=(LABELS,))

        assert sorted(run.keys(LABELS)) == sorted(site.truth()[LABELS])
        assert run.activated == {LABELS}


def test_it_costs_nothing_beside_the_labels_of_pages() -> None:
    with DemoSite(Wiki.seeded(pages=120, seed=7)) as site:
        site.faults.deny_scope("/rest/api/content/search")
        state = run_tap(settings_of(site), streams=("pages", "page_labels")).state
        before = site.count("/api/v2/labels")
        run_tap(settings_of(site), state, streams=("pages", "page_labels"))
        alone = site.count("/api/v2/labels") - before
        run_tap(settings_of(site), state, streams=("pages", "page_labels", LABELS))

        assert site.count("/api/v2/labels") - before == 2 * alone


def test_an_old_data_center_is_said_not_to_list_its_labels() -> None:
    with DataCenterSite(Wiki.seeded(pages=20, seed=3)) as site:
        token = {"base_url": site.base_url, "personal_access_token": site.personal_access_token}
        assert set(run_tap(token, streams=(LABELS,)).keys(LABELS)) == site.truth()[LABELS]

        site.faults.forbid("/rest/api/label/labels", 404)
        run = run_tap(token, streams=(LABELS, "groups"))

        assert run.exit_status == 1
        assert "'labels' needs a release of Confluence" in run.complaints[-1]
        assert run.records["groups"]
