from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.content import Links, Person, Presentation, to_markdown, to_text
from tests.demo_site import Wiki
from tests.running import run_tap

if TYPE_CHECKING:
    from tests.demo_site import DemoSite

WITH_BODIES = ("pages", "blog_posts", "page_footer_comments", "blog_post_inline_comments")


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.seeded(pages=24, seed=7)


def links_of(record: dict[str, Any], site: DemoSite) -> Links:
    """Return where the references of a record have to lead."""
    address = f"{site.base_url}/people"
    people = {u.account_id: Person(u.name, f"{address}/{u.account_id}") for u in site.wiki.users}
    space_key = record["_links"]["webui"].split("/")[2]
    content_id = record.get("pageId") or record.get("blogPostId") or record["id"]
    return Links(site.base_url, space_key, content_id, people)


@pytest.mark.parametrize("body_format", ["storage", "atlas_doc_format"])
def test_bodies_come_as_markdown_and_as_text_when_asked_for(
    site: DemoSite, config: dict[str, Any], body_format: str
) -> None:
    more = {"body_format": body_format, "body_markdown": True, "body_text": True}

    run = run_tap({**config, **more}, streams=WITH_BODIES)

    assert set(run.keys("pages")) == site.truth()["pages"]
    for stream in WITH_BODIES:
        assert run.records[stream]
        for record in run.records[stream]:
            value = record["body"][body_format]["value"]
            links = links_of(record, site)
            assert record["bodyMarkdown"] == to_markdown(value, body_format, links)
            assert record["bodyText"] == to_text(value, body_format, links)


def test_bodies_are_left_as_they_are_by_default(config: dict[str, Any]) -> None:
    run = run_tap(config, streams=WITH_BODIES)

    assert not any("bodyMarkdown" in page or "bodyText" in page for page in run.records["pages"])


def test_readable_bodies_need_a_body(config: dict[str, Any]) -> None:
    run = run_tap({**config, "body_format": "none", "body_text": True})

    assert (run.exit_status, run.stdout) == (1, "")
    assert "need a body" in run.stderr


@pytest.mark.parametrize("body_format", ["view", "export_view"])
def test_bodies_as_readers_see_them_come_as_markdown_and_text(
    site: DemoSite, config: dict[str, Any], body_format: str
) -> None:
    more = {"body_format": body_format, "body_markdown": True, "body_text": True}

    run = run_tap({**config, **more}, streams=WITH_BODIES)

    assert run.exit_status == 0
    for stream in WITH_BODIES:
        assert set(run.keys(stream)) == site.truth()[stream]
        for record in run.records[stream]:
            value = record["body"][body_format]["value"]
            links = links_of(record, site)
            assert record["bodyMarkdown"].startswith("# Revision ") or not value
            assert record["bodyMarkdown"] == to_markdown(value, body_format, links)
            assert record["bodyText"] == to_text(value, body_format, links)


def test_bodies_are_written_as_the_settings_say(site: DemoSite, config: dict[str, Any]) -> None:
    more = {
        "body_markdown": True,
        "body_text": True,
        "content_macros": {"default": "omit", "code": "omit"},
        "content_tables": {"merged_cells": "blank"},
        "content_images": "alt",
    }

    run = run_tap({**config, **more}, streams=WITH_BODIES)

    presentation = Presentation.of(more)
    bodies = {page["body"]["storage"]["value"]: page for page in run.records["pages"]}
    assert any('ac:name="code"' in value for value in bodies)
    for value, page in bodies.items():
        links = links_of(page, site)
        assert page["bodyMarkdown"] == to_markdown(value, "storage", links, presentation)
        assert page["bodyText"] == to_text(value, "storage", links, presentation)
        assert "```" not in page["bodyMarkdown"]
