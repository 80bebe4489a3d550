"""Each query of the answers finds what the site itself holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.dbt.access_truth import Access
from tests.dbt.conftest import DATABASES
from tests.dbt.truth import Truth
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.readers import ANONYMOUS, READABLE, readers_of
from tests.newcomer.documents import blocks_of
from tests.running import everything, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dbt.warehouses import Warehouse

DOCUMENT = "docs/answers.md"
QUESTIONS = [block.text for block in blocks_of(DOCUMENT, "sql")]
DEPRECATED = ("untitled", "deprecated", "obsolete")

Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def wiki() -> Wiki:
    wiki = Wiki.seeded(pages=60, seed=7)
    for name in ("a-b", "ab"):
        wiki.add_label(wiki.some(wiki.pages).id, name)
    return wiki


@pytest.fixture(scope="module", params=DATABASES)
def built(
    request: pytest.FixtureRequest, wiki: Wiki, new_warehouse: Callable[[str], Warehouse]
) -> Warehouse:
    """A database with all streams of a site and all models."""
    warehouse = new_warehouse(request.param)
    with DemoSite(wiki) as site:
        warehouse.load(run_tap(settings_of(site, body_markdown=True), catalog=everything()))
    # All models are tested elsewhere.
    warehouse.build("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    return warehouse


@pytest.mark.parametrize("number", range(len(QUESTIONS)), ids=str)
def test_a_query_answers_what_the_site_says(wiki: Wiki, built: Warehouse, number: int) -> None:
    query = QUESTIONS[number]
    found = built.query(query.replace("confluence.confluence__", "confluence__").rstrip("; \n"))
    expected = Answers(wiki).all()

    assert len(expected) == len(QUESTIONS)
    assert expected[number]
    assert sorted(found, key=str) == sorted(expected[number], key=str)


def test_access_is_that_of_the_site(wiki: Wiki, built: Warehouse) -> None:
    expected = Access(wiki).rows()
    columns = tuple(expected[0])
    rows = built.rows("confluence__access", *columns)

    assert {row["principal_type"] for row in expected} == {"user", "group", "role", "access_class"}
    assert sorted(rows, key=str) == sorted((tuple(row.values()) for row in expected), key=str)


def test_documents_are_what_may_be_found(wiki: Wiki, built: Warehouse) -> None:
    readers: dict[str, set[str]] = {}
    for content, account in readers_of(wiki, [*wiki.pages, *wiki.blog_posts]):
        readers.setdefault(content, set()).add(account)
    sets: dict[str, set[str]] = {}
    for set_id, account in built.rows("confluence__reader_sets", "reader_set_id", "account_id"):
        sets.setdefault(set_id, set()).add(account)
    labels = {label.num: label for label in wiki.labels}
    columns = ("page_id", "title", "url", "tags", "changed_at", "text", "reader_set_id")
    documents = built.rows("confluence__documents", *columns)
    posts = {post["page_id"]: post for post in Truth(wiki).pages()}
    there = [post for post in posts.values() if post["status"] in READABLE]
    tags = {
        post.id: {labels[n].name for n in post.labels if labels[n].prefix != "my"}
        for post in [*wiki.pages, *wiki.blog_posts]
    }
    texts = {
        page: text
        for kind in ("pages", "blog_posts")
        for page, text in built.rows(f"stg_confluence__{kind}", "id", "body_markdown")
    }

    assert {document[0] for document in documents} == {post["page_id"] for post in there}
    assert len(documents) == len(there)
    for page, title, url, its_tags, changed, text, set_id in documents:
        post = posts[page]
        assert (title, url, changed) == (post["title"], post["url"], post["modified_at"])
        assert sets.get(set_id, set()) == readers.get(page, set())
        assert sorted(json.loads(its_tags)) == sorted(tags[page])
        assert text == texts[page]
    assert any(texts.values())
    rows = built.rows("confluence__pages", "page_id", "reader_set_id", "is_anonymous")
    named = {page: (set_id, ANONYMOUS in readers.get(page, ())) for page, *_, set_id in documents}
    assert {page: rest for page, *rest in rows if page in named} == {
        page: [*each] for page, each in named.items()
    }


class Answers:
    """What the site says to each question, worked out without any SQL."""

    def __init__(self, wiki: Wiki) -> None:
        self.wiki = wiki
        truth = Truth(wiki)
        self.truth = truth
        self.posts = truth.pages()
        self.current = [post for post in self.posts if post["status"] == "current"]
        self.spaces = truth.spaces()
        self.readers: dict[str, set[str]] = {}
        for content, account in readers_of(wiki, [*wiki.pages, *wiki.blog_posts]):
            self.readers.setdefault(content, set()).add(account)

    def all(self) -> list[Rows]:
        """Return the rows of each answer, in the order of the document."""
        return [
            self._of(self._posts("is_stale"), "space_key title owner_id days_since_modified"),
            self._of(
                [p for p in self.current if p["views"] == 0],
                "space_key title days_since_modified",
            ),
            self._of([p for p in self.current if p["is_owner_gone"]], "space_key title owner_id"),
            self._access(),
            self._of(self._anonymous(), "space_key title"),
            [(key,) for key in self._spaces_of_guests()],
            self._of([s for s in self.spaces if s["is_ownerless"]], "space_key owner_id admins"),
            self._of(self.spaces, "space_key last_activity_at contributors_in_90_days"),
            self._of(self.spaces, "space_key bytes"),
            self._of(
                [p for p in self.current if p["state"] and p["days_since_modified"] > 90],
                "space_key title state days_since_modified",
            ),
            self._of([p for p in self.current if _is_poor(p)], "space_key title text_length"),
            self._restricted(),
            self._of(
                [r for r in self.truth.labels() if r["near_duplicates"] or r["uses"] == 1],
                "name uses near_duplicates",
            ),
            self._of([r for r in self.truth.page_paths() if r["is_outside_home"]], "page_id path"),
            self._twice_or_broken(),
            self._of(
                [r for r in self.truth.tasks() if r["is_overdue"]],
                "space_id task_id assignee_id days_overdue",
            ),
        ]

    def _of(self, rows: list[dict[str, Any]], columns: str) -> Rows:
        return [tuple(row[column] for column in columns.split()) for row in rows]

    def _posts(self, flag: str) -> list[dict[str, Any]]:
        return [post for post in self.posts if post[flag]]

    def _access(self) -> Rows:
        seen = [row for row in self._seeing() if row["principal_type"] != "role"]
        return self._of(seen, "space_key principal_type principal_id members")

    def _seeing(self) -> list[dict[str, Any]]:
        right = ("read", "space")
        rows = Access(self.wiki).rows()
        return [row for row in rows if (row["operation"], row["target"]) == right]

    def _anonymous(self) -> list[dict[str, Any]]:
        return [p for p in self.posts if ANONYMOUS in self.readers.get(p["page_id"], ())]

    def _spaces_of_guests(self) -> set[str]:
        return {row["space_key"] for row in self._seeing() if row["is_guest"]}

    def _restricted(self) -> Rows:
        return [
            (p["space_key"], p["title"], len(self.readers.get(p["page_id"], ())))
            for p in self.posts
            if p["is_restricted"] and p["status"] in READABLE
        ]

    def _twice_or_broken(self) -> Rows:
        broken: dict[str, int] = {}
        for (page, _, _), count in self.truth.broken_links().items():
            broken[page] = broken.get(page, 0) + count
        return [
            (p["page_id"], p["has_duplicate_title"], broken.get(p["page_id"], 0))
            for p in self.current
            if p["type"] == "page" and (p["has_duplicate_title"] or p["page_id"] in broken)
        ]


def _is_poor(post: dict[str, Any]) -> bool:
    title = post["title"].lower()
    return (
        post["text_length"] < 100
        or title.startswith("copy of ")
        or any(word in title for word in DEPRECATED)
        or post["is_stale"]
    )
