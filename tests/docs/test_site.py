"""What the README and the pages of the site say of themselves, and where they lead.

Links between pages are checked where the site is built: `make site`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
import yaml

from tests.docs import facts, site
from tests.docs.families import FAMILIES, family_of, streams_of
from tests.docs.messages import is_said
from tests.docs.relations import picture, relations
from tests.docs.sample import rows
from tests.docs.site import PROJECT, RAW, REPOSITORY, SITE, page_at, path_of
from tests.docs.versions import pythons

if TYPE_CHECKING:
    from pathlib import Path

README = (PROJECT / "README.md").read_text()
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
MOST_LINES = 200

LINK = re.compile(r"\]\(([^)\s]+)\)|<(https://[^>\s]+)>")
MESSAGE = re.compile(r"^### `(?P<message>.+)`$", re.MULTILINE)


def links(text: str) -> list[str]:
    """Return where the links and pictures of a document lead."""
    return [first or second for first, second in LINK.findall(re.sub(r"```.*?```", "", text))]


def test_the_readme_can_be_read_at_once() -> None:
    assert len(README.splitlines()) <= MOST_LINES


def test_the_links_of_the_readme_are_whole_addresses() -> None:
    assert [link for link in links(README) if not link.startswith("https://")] == []


def test_the_readme_and_its_picture_tell_how_many_tables_there_are() -> None:
    told = f"{len(facts.streams())} tables"

    assert f"[{told}]" in README
    assert f">{told}<" in (PROJECT / "docs" / "data-flow.svg").read_text()


def test_the_badge_of_python_names_the_versions_that_are_tested() -> None:
    oldest, *_, newest = pythons()
    workflow = yaml.safe_load((PROJECT / ".github" / "workflows" / "test.yml").read_text())

    assert f"[![Python {oldest} to {newest}](" in README
    assert f"badge/python-{oldest}_to_{newest}-" in README
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == pythons()


def test_the_badge_of_the_tests_is_that_of_a_workflow_that_is_there() -> None:
    [name] = set(re.findall(rf"{REPOSITORY}/actions/workflows/([\w.]+)", README))

    assert (PROJECT / ".github" / "workflows" / name).exists()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_links_into_the_repository_lead_to_what_is_there(path: Path) -> None:
    text = path.read_text()
    places = (f"{REPOSITORY}/blob/main/", f"{REPOSITORY}/tree/main/", RAW)
    named = [
        unquote(link.removeprefix(place).partition("#")[0])
        for link in links(text)
        for place in places
        if link.startswith(place)
    ]

    assert [name for name in named if not (PROJECT / name).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_to_the_site_lead_to_a_page_and_a_heading(name: str) -> None:
    leading = [link for link in links((PROJECT / name).read_text()) if link.startswith(SITE)]
    for link in leading:
        path, _, anchor = link.removeprefix(SITE).partition("#")
        page = (PROJECT / "docs" / page_at(path.strip("/"))).read_text()
        assert not anchor or anchor in headings(page), link


def headings(page: str) -> set[str]:
    """Return the anchors of the headings of a page."""
    texts = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", text).strip().lower().replace(" ", "-") for text in texts}


def test_the_first_page_is_the_readme_with_links_within_the_site() -> None:
    first = site.start_page(
        f"[![A badge](https://img.shields.io/a)]({REPOSITORY})\n\n"
        f"[a]({SITE}settings/) [b]({SITE}tables/#x) [c]({SITE}) <{SITE}> ![d]({RAW}docs/d.svg)\n"
    )

    assert first.endswith(
        f"\n[a](settings.md) [b](tables/README.md#x) [c](index.md) <{SITE}> ![d](d.svg)\n"
    )
    assert "badge" not in first


def test_a_link_to_a_page_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="no page nowhere"):
        site.start_page(f"[a]({SITE}nowhere/)\n")


@pytest.mark.parametrize(
    "file", ["index.md", "settings.md", "tables/README.md", "tables/spaces.md"]
)
def test_a_page_has_one_path_and_a_path_one_page(file: str) -> None:
    assert page_at(path_of(file).rstrip("/")) == file


def test_the_rows_of_the_readme_are_those_of_the_demo() -> None:
    columns, found = rows()

    assert found
    assert "| " + " | ".join(columns) + " |" in README
    assert all("| " + " | ".join(row) + " |" in README for row in found)


def test_every_table_is_told_of_on_one_page() -> None:
    told = [stream.name for family in FAMILIES for stream in streams_of(family)]

    assert sorted(told) == sorted(facts.streams())
    for name in told:
        page = (PROJECT / "docs" / "tables" / f"{family_of(name).page}.md").read_text()
        assert f"\n## {name}\n" in page
        assert f"\n{facts.description(facts.streams()[name])}\n" in page


def test_relations_are_columns_of_tables_that_there_are() -> None:
    streams = facts.streams()
    found = {(relation.one, relation.many, relation.column) for relation in relations()}

    assert {
        ("spaces", "pages", "spaceId"),
        ("pages", "page_versions", "pageId"),
        ("blog_posts", "attachments", "blogPostId"),
        ("folders", "child_pages", "parentId"),
        ("page_footer_comments", "footer_comment_likes", "commentId"),
        ("users", "group_members", "accountId"),
    } <= found
    assert len(found) == len(relations())
    for one, many, column in found:
        assert one in streams
        assert column in streams[many].schema["properties"]


def test_a_picture_tells_keys_and_whether_there_always_is_one() -> None:
    [pages] = [family for family in FAMILIES if family.page == "pages"]
    lines = {line.strip() for line in picture(pages).splitlines()}

    assert "spaces |o--o{ pages : spaceId" in lines
    assert "pages ||--o{ page_versions : pageId" in lines
    assert "folders |o--o{ child_pages : parentId" in lines
    assert "pages ||--o| page_views : pageId" in lines
    assert {"string pageId PK, FK", "string spaceId FK", "time modifiedAt"} <= lines


def test_each_message_that_is_explained_is_one_of_the_tap() -> None:
    text = (PROJECT / "docs" / "troubleshooting.md").read_text()
    ours, _, _ = text.partition("\n## In targets\n")
    explained = MESSAGE.findall(ours)

    assert len(explained) > 30
    assert [message for message in explained if not is_said(message)] == []


def test_a_message_that_nothing_says_is_told_from_one_that_is_filled_in() -> None:
    assert is_said("There is no Confluence at ...")
    assert is_said("Gave up on ... after ... tries")
    assert not is_said("There is no Confluence on ...")
    # Stands in a docstring alone.
    assert not is_said("can go wrong, by name")
