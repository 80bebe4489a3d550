"""Bodies as readers see them come along with the lists of Data Center, fewer at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import only, sync, truth_of
from tests.demo_site.rows import Rows

if TYPE_CHECKING:
    from tests.datacenter.runs import ClockedDataCenter

WITH_BODIES = (
    *("pages", "blog_posts", "page_footer_comments", "page_inline_comments"),
    *("blog_post_footer_comments", "blog_post_inline_comments"),
)
MOST = {"view": "50", "export_view": "25"}


@pytest.mark.parametrize("body_format", sorted(MOST))
def test_bodies_come_rendered_with_the_lists(site: ClockedDataCenter, body_format: str) -> None:
    run = sync(site, catalog=only(*WITH_BODIES), body_format=body_format)

    assert run.exit_status == 0
    wiki, rows = site.wiki, Rows(site.wiki)
    lists = (wiki.pages, wiki.blog_posts, wiki.footer_comments, wiki.inline_comments)
    contents = {content.id: content for contents in lists for content in contents}
    for stream in WITH_BODIES:
        assert set(run.keys(stream)) == truth_of(site)[stream], stream
        for record in run.records[stream]:
            content = contents[record["id"]]
            assert record["body"] == rows.body(content, body_format, content.version)
    with_body = [r for r in site.requests if "body." in r.query.get("expand", [""])[0]]
    assert {r.query["limit"][0] for r in with_body if "limit" in r.query} == {MOST[body_format]}


def test_tasks_are_taken_from_the_storage_body_which_no_record_shows(
    site: ClockedDataCenter,
) -> None:
    run = sync(site, catalog=only("pages", "blog_posts", "tasks"), body_format="view")

    assert set(run.keys("tasks")) == truth_of(site)["tasks"]
    assert all(list(task["body"]) == ["storage"] for task in run.records["tasks"])
    for stream in ("pages", "blog_posts"):
        assert all(list(record["body"]) == ["view"] for record in run.records[stream])


def test_what_is_not_selected_is_not_rendered(site: ClockedDataCenter) -> None:
    sync(site, catalog=only("page_labels", "tasks"), body_format="view")

    assert not any("body.view" in r.query.get("expand", [""])[0] for r in site.requests)


def test_data_center_has_no_adf(site: ClockedDataCenter) -> None:
    run = sync(site, catalog=only("pages"), body_format="atlas_doc_format")

    assert (run.exit_status, run.stdout) == (1, "")
    assert "'view', 'export_view' or 'none'" in run.stderr
