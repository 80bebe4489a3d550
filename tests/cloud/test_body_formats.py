"""Bodies as readers see them come with the details of each item, for lists do not give them."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.rows import Rows
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.demo_site.model import Content

RENDERED = ("view", "export_view")
PATHS = {
    "pages": "/api/v2/pages",
    "blog_posts": "/api/v2/blogposts",
    "page_footer_comments": "/api/v2/footer-comments",
    "page_inline_comments": "/api/v2/inline-comments",
    "blog_post_footer_comments": "/api/v2/footer-comments",
    "blog_post_inline_comments": "/api/v2/inline-comments",
    "custom_content": "/api/v2/custom-content",
}


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.seeded(pages=20, seed=3)


def bodies_of(wiki: Wiki, contents: Iterable[Content], body_format: str) -> dict[str, Any]:
    rows = Rows(wiki)
    return {c.id: rows.body(c, body_format, c.version) for c in contents}


def contents_of(wiki: Wiki) -> list[Content]:
    lists = (wiki.pages, wiki.blog_posts, wiki.footer_comments, wiki.inline_comments)
    return [content for contents in (*lists, wiki.custom_content) for content in contents]


def asked(site: DemoSite, path: str) -> list[dict[str, list[str]]]:
    return [r.query for r in site.requests if r.path == path]


@pytest.mark.parametrize("body_format", RENDERED)
@pytest.mark.parametrize("lists_replies", [True, False])
def test_each_body_comes_rendered_with_one_request_an_item(
    site: DemoSite, wiki: Wiki, body_format: str, *, lists_replies: bool
) -> None:
    site.replies_in_lists = lists_replies

    run = run_tap(settings_of(site, body_format=body_format), streams=tuple(PATHS))

    assert run.exit_status == 0
    expected = bodies_of(wiki, contents_of(wiki), body_format)
    for stream, path in PATHS.items():
        assert set(run.keys(stream)) == site.truth()[stream], stream
        for record in run.records[stream]:
            assert record["body"] == expected[record["id"]], stream
            assert asked(site, f"{path}/{record['id']}") == [{"body-format": [body_format]}]
    for request in site.requests:
        is_of_one = request.path.rpartition("/")[2].isdigit()
        assert "body-format" not in request.query or is_of_one, request


def test_the_body_shares_the_request_of_all_other_details(site: DemoSite, wiki: Wiki) -> None:
    children = ("page_labels", "page_versions", "page_content_properties")

    run = run_tap(settings_of(site, body_format="view"), streams=("pages", *children))

    assert set(run.keys("page_versions")) == site.truth()["page_versions"]
    flags = {f"include-{name}": ["true"] for name in ("labels", "versions", "properties")}
    for page in wiki.pages:
        assert asked(site, f"/api/v2/pages/{page.id}") == [{"body-format": ["view"], **flags}]


def test_without_the_parent_no_body_is_asked_for(site: DemoSite) -> None:
    run = run_tap(settings_of(site, body_format="view"), streams=("page_content_properties",))

    keys = set(run.keys("page_content_properties"))
    assert keys == site.truth()["page_content_properties"]
    assert not any("body-format" in request.query for request in site.requests)


@pytest.mark.parametrize("status", [400, 403, 404])
def test_an_item_that_cannot_be_rendered_is_written_without_its_body(
    site: DemoSite, wiki: Wiki, status: int
) -> None:
    page = next(page.id for page in wiki.pages if page.labels)
    site.faults.forbid(f"/api/v2/pages/{page}", status)

    streams = ("pages", "page_content_properties")
    run = run_tap(settings_of(site, body_format="view"), streams=streams)

    assert run.exit_status == 0
    assert set(run.keys("pages")) == site.truth()["pages"]
    bodies = {record["id"]: record["body"] for record in run.records["pages"]}
    assert bodies.pop(page) == {}
    assert all(list(body) == ["view"] for body in bodies.values())
    assert any("Skipped 1 of 'pages'" in line for line in run.log)
    assert run.state["bookmarks"]["pages"]["replication_key_value"]


def test_bodies_whose_scope_is_lacking_fail_the_run_and_hold_the_bookmark(site: DemoSite) -> None:
    site.faults.deny_scope("/api/v2/pages/")

    run = run_tap(settings_of(site, body_format="view"), streams=("pages", "blog_posts"))

    assert run.exit_status == 1
    assert set(run.keys("pages")) == site.truth()["pages"]
    assert set(run.keys("blog_posts")) == site.truth()["blog_posts"]
    assert "replication_key_value" not in run.state["bookmarks"].get("pages", {})
    [complaint] = run.complaints
    assert "'pages' needs the scope read:page:confluence" in complaint


def test_a_later_run_asks_only_for_what_changed(site: DemoSite, wiki: Wiki) -> None:
    config = settings_of(site, body_format="view")
    first = run_tap(config, streams=("pages",))
    site.requests.clear()
    changed = wiki.edit_page()

    second = run_tap(config, first.state, streams=("pages",))

    assert [record["id"] for record in second.records["pages"]] == [changed]
    assert sum("body-format" in request.query for request in site.requests) == 1


def test_tasks_which_nobody_renders_come_in_storage_format(site: DemoSite) -> None:
    run = run_tap(settings_of(site, body_format="export_view"), streams=("tasks",))

    assert set(run.keys("tasks")) == site.truth()["tasks"]
    assert all(list(task["body"]) == ["storage"] for task in run.records["tasks"])


@pytest.mark.parametrize("path", [*dict.fromkeys(PATHS.values()), "/api/v2/tasks"])
def test_the_lists_of_the_demo_site_refuse_to_render(site: DemoSite, path: str) -> None:
    request = urllib.request.Request(  # noqa: S310 - on loopback
        f"{site.base_url}{path}?body-format=view",
        headers={"Authorization": site._authorization},  # noqa: SLF001
    )

    with pytest.raises(HTTPError) as refusal:
        urllib.request.urlopen(request)  # noqa: S310

    assert refusal.value.code == 400


@pytest.mark.parametrize("readable", ["body_markdown", "body_text"])
def test_readable_bodies_are_not_made_of_nothing(site: DemoSite, readable: str) -> None:
    run = run_tap(settings_of(site, body_format="none", **{readable: True}))

    assert (run.exit_status, run.stdout) == (1, "")
    [complaint] = run.complaints
    assert "need a body to make them of" in complaint
    assert "not 'none'" in complaint


@pytest.mark.parametrize("body_format", RENDERED)
def test_readable_bodies_of_what_is_rendered_cost_nothing_more(
    site: DemoSite, wiki: Wiki, body_format: str
) -> None:
    more = {"body_format": body_format, "body_markdown": True}
    page = next(page for page in wiki.pages if page.status == "current")
    wiki.given_bodies[page.num, body_format] = (
        '<table class="aui"><tr><th>Key</th></tr><tr><td><a href="https://j.example.com/browse/E-1">'
        "E-1</a></td></tr></table>"
    )

    run = run_tap(settings_of(site, **more), streams=("pages",))

    markdown = {record["id"]: record["bodyMarkdown"] for record in run.records["pages"]}
    table = "| Key |\n| --- |\n| [E-1](https://j.example.com/browse/E-1) |"
    assert markdown[page.id] == table
    assert len(asked(site, f"/api/v2/pages/{page.id}")) == 1
