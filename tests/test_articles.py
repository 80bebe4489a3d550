"""The stream maps of the documents make articles, tags and categories of a wiki."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from tests.demo_site import DemoSite

BODIES = Path(__file__).parents[1] / "docs" / "bodies.md"


def example() -> dict[str, Any]:
    """Return the settings that are shown for an index."""
    _, _, section = BODIES.read_text().partition("\n## Articles for an index\n")
    [code] = re.findall(r"```yaml\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    settings: dict[str, Any] = yaml.safe_load(code)
    return settings


def test_pages_become_articles_with_tags_and_categories(site: DemoSite) -> None:
    run = run_tap(settings_of(site, **example()), streams=("pages", "page_labels", "spaces"))

    assert run.exit_status == 0
    truth = site.truth()
    articles = {record["article_id"]: record for record in run.records["articles"]}
    categories = {record["category_id"]: record for record in run.records["categories"]}
    pages = {page.id: page for page in site.wiki.pages}
    assert {(article_id,) for article_id in articles} == truth["pages"]
    assert {(category_id,) for category_id in categories} == truth["spaces"]
    for article_id, article in articles.items():
        assert set(article) == {"article_id", "title", "category_id", "text", "modifiedAt"}
        page = pages[article_id]
        assert article["title"] == page.title
        assert categories[article["category_id"]]["category"] == site.wiki.spaces[page.space].name
        assert isinstance(article["text"], str)
    assert set(run.keys("article_tags")) == truth["page_labels"]
    names = {str(label.num): label.name for label in site.wiki.labels}
    for tag in run.records["article_tags"]:
        assert tag["article_id"] in articles
        assert tag["tag"] == names[tag["tag_id"]]
