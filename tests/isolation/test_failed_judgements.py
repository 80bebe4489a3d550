"""Where the site fails to tell whether the filters want one item, that item is missing alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.datacenter import runs as datacenter
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.isolation.test_failed_details import listed
from tests.running import only, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

NO_SUCH_LABEL = {"exclude_labels": ["no-such-label"]}


@pytest.fixture
def cloud() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=20, seed=5)) as site:
        yield site


@pytest.fixture
def self_hosted() -> Iterator[DataCenterSite]:
    with DataCenterSite(Wiki.seeded(pages=20, seed=5)) as site:
        yield site


def on_cloud(site: DemoSite, state: Json | None = None, *streams: str, **filters: object) -> Run:
    return run_tap(settings_of(site, max_retries=1, **filters), state, only(*streams))


def on_data_center(
    site: DataCenterSite, state: Json | None = None, *streams: str, **filters: object
) -> Run:
    settings = datacenter.settings_of(site, max_retries=1, **filters)
    return run_tap(settings, state, only(*streams))


def test_labels_of_one_page_that_fail(cloud: DemoSite) -> None:
    truth = set(on_cloud(cloud, None, "pages", **NO_SUCH_LABEL).keys("pages"))
    # What is in the trash is asked for its labels where the lists by label do not have it.
    trashed = next(page.id for page in cloud.wiki.pages if page.status == "trashed")
    cloud.faults.break_path(f"/api/v2/pages/{trashed}(/labels)?", "500")

    broken = on_cloud(cloud, None, "pages", **NO_SUCH_LABEL)
    still = on_cloud(cloud, broken.state, "pages", **NO_SUCH_LABEL)
    cloud.faults.heal()
    healed = on_cloud(cloud, still.state, "pages", **NO_SUCH_LABEL)

    for run in (broken, still, healed):
        assert run.exit_status == 0, run.complaints
    assert set(broken.keys("pages")) == truth - {(trashed,)}
    assert listed(broken.state) == listed(still.state) == {"pages": {trashed}}
    assert any(f"Skipping {trashed} of 'pages'" in line for line in broken.log)
    assert (trashed,) in healed.keys("pages")
    assert listed(healed.state) == {}


def test_a_file_whose_comments_cannot_be_judged(cloud: DemoSite) -> None:
    stream = "attachment_footer_comments"
    filters = {"space_types": ["global", "personal", "collaboration", "knowledge_base"]}
    whole = on_cloud(cloud, None, stream, **filters)
    file = whole.records[stream][0]["attachmentId"]
    on_it = {(row["id"],) for row in whole.records[stream] if row["attachmentId"] == file}
    cloud.faults.break_path(f"/api/v2/attachments/{file}", "500")

    broken = on_cloud(cloud, None, stream, **filters)
    cloud.faults.heal()
    healed = on_cloud(cloud, broken.state, stream, **filters)

    for run in (broken, healed):
        assert run.exit_status == 0, run.complaints
    assert set(broken.keys(stream)) == set(whole.keys(stream)) - on_it
    assert set(healed.keys(stream)) >= on_it
    assert listed(healed.state) == {}


def test_a_comment_of_data_center_that_cannot_be_judged(self_hosted: DataCenterSite) -> None:
    stream = "page_footer_comments"
    filters = {"exclude_page_ids": ["999999999"], **NO_SUCH_LABEL}
    whole = on_data_center(self_hosted, None, stream, **filters)
    comment = whole.records[stream][0]
    self_hosted.faults.untold_containers.add(comment["id"])
    self_hosted.faults.break_path(f"/rest/api/content/{re.escape(comment['id'])}", "500")

    broken = on_data_center(self_hosted, None, stream, **filters)
    self_hosted.faults.heal()
    self_hosted.faults.untold_containers.clear()
    healed = on_data_center(self_hosted, broken.state, stream, **filters)

    for run in (broken, healed):
        assert run.exit_status == 0, run.complaints
    assert set(broken.keys(stream)) == set(whole.keys(stream)) - {(comment["id"],)}
    assert (comment["id"],) in healed.keys(stream)
    assert listed(healed.state) == {}


def test_a_site_that_fails_to_tell_of_any_is_out(cloud: DemoSite) -> None:
    for _ in range(25):
        cloud.wiki.trash_page(cloud.wiki.add_page())
    cloud.faults.break_path("/api/v2/pages/[0-9]+(/labels)?", "500")

    run = on_cloud(cloud, None, "pages", **NO_SUCH_LABEL)

    assert run.exit_status == 1
    assert "Gave up" in run.complaints[-1]
