"""What a run leaves out is named in the log, with its stream and the reason."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.http.lists.row_keys import identified, unidentified
from tests.demo_site.model import Page
from tests.explain.sites import config_of, truth_of
from tests.running import run_tap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.demo_site import DemoSite
    from tests.explain.sites import Site
    from tests.running import Run


def run_in_detail(config: Mapping[str, Any], *streams: str) -> Run:
    """Run the tap, whose log then names each item."""
    logger = logging.getLogger("tap-confluence")
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        return run_tap(config, streams=streams)
    finally:
        logger.setLevel(level)


def leavings(run: Run, stream: str) -> dict[str, str]:
    """What the log says was left out of a stream, and why."""
    said = rf"^DEBUG \| tap-confluence \| Leaving out (\S+) of '{stream}': (.*)$"
    return dict(re.findall(said, run.stderr, re.MULTILINE))


@pytest.mark.parametrize(
    "setting", ["exclude_space_keys", "exclude_page_ids", "labels", "exclude_labels"]
)
def test_the_log_names_what_a_filter_leaves_out(site: Site, setting: str) -> None:
    wiki = site.wiki
    label = next(wiki.labels[n].name for p in wiki.pages if p.status == "current" for n in p.labels)
    space = next(space for space in wiki.spaces if space.key == "ENG")
    values = {
        "exclude_space_keys": ["OPS"],
        "exclude_page_ids": [str(space.homepage)],
        "labels": [label],
        "exclude_labels": [label],
    }
    filters = {setting: values[setting]}
    truth = truth_of(site, **filters)
    streams = ("pages", "blog_posts", "page_footer_comments", "attachments")

    run = run_in_detail(config_of(site, **filters), *streams)

    whole = truth_of(site)
    for stream in streams:
        missing = {item_id for (item_id,) in whole[stream] - truth[stream]}
        named = leavings(run, stream)
        assert missing <= named.keys(), stream
        reasons = {named[item_id] for item_id in missing}
        if stream == "pages":
            assert reasons == {f"does not pass {setting}"}


def test_the_log_names_what_is_older_than_the_anchor(site: Site) -> None:
    run = run_in_detail(config_of(site, anchor_date="2025-01-01"), "pages", "attachments")

    whole = truth_of(site)
    for stream in ("pages", "attachments"):
        missing = whole[stream] - set(run.keys(stream))
        named = leavings(run, stream)
        assert missing
        assert {item_id for (item_id,) in missing} == named.keys()
        assert all(reason.endswith(", where the stream starts") for reason in named.values())


def test_the_log_names_each_item_that_is_forbidden(site: Site) -> None:
    pages = [p.id for p in site.wiki.pages if p.status == "current"][2:6]
    for page_id in pages:
        site.faults.forbid(rf"/(api/v2/pages|rest/(api|experimental)/content)/{page_id}(/.*)?", 403)

    run = run_in_detail(config_of(site), "page_versions")

    assert set(pages) <= set(re.findall(r"\| Skipping (\S+) of ", run.stderr))


def test_nobody_looks_for_reasons_that_the_log_does_not_want(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise AssertionError

    for module in ("cloud.filters.content_filter", "cloud.filters.spaces", "datacenter.filters"):
        monkeypatch.setattr(f"tap_confluence.{module}.failing", fail)

    run = run_tap(config_of(site, exclude_space_keys=["ENG"], exclude_labels=["release"]))

    assert run.exit_status == 0, run.log
    assert json.dumps(run.state)


def test_the_log_names_comments_that_another_stream_has(site: Site) -> None:
    run = run_in_detail(config_of(site), "page_footer_comments")

    others = truth_of(site)["blog_post_footer_comments"]
    named = leavings(run, "page_footer_comments")
    own = {c.id for c in site.wiki.footer_comments if isinstance(c.container, Page)}
    assert {item_id for (item_id,) in others} <= named.keys()
    assert own.isdisjoint(named)


def test_the_log_names_what_lies_in_the_tree_and_is_no_row(cloud: DemoSite) -> None:
    kinds = {kind: [*items] for kind, items in cloud.wiki.tree_items.items()}
    drafts = {
        item.id: kind for kind, items in kinds.items() for item in items if item.status == "draft"
    }

    run = run_in_detail(config_of(cloud), *(f"{kind}s" for kind in kinds))

    assert drafts
    for item_id, kind in drafts.items():
        assert leavings(run, f"{kind}s")[item_id] == "its status is draft"


def test_the_log_names_tasks_that_are_older_than_the_anchor(cloud: DemoSite) -> None:
    run = run_in_detail(config_of(cloud, anchor_date="2025-01-01"), "tasks")

    missing = truth_of(cloud)["tasks"] - set(run.keys("tasks"))
    assert missing
    assert {item_id for (item_id,) in missing} == leavings(run, "tasks").keys()


def test_a_row_without_a_key_is_named_by_its_place_and_its_title() -> None:
    results = [{"id": "1"}, {"id": "", "title": "Home"}, None, {"name": "x"}]

    assert [*unidentified(results, identified("/api/v2/pages", results))] == [
        "no. 2, Home",
        "no. 3, a JSON NoneType",
        "no. 4, x",
    ]
