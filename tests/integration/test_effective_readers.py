"""Who may read which page: the views over the loaded tables agree with the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.demo_site.readers import ANONYMOUS, READABLE, readers_of
from tests.integration.reader_tables import as_on_data_center, out_of_reach, read
from tests.running import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.reader_tables import Tables

pytestmark = pytest.mark.usefixtures("meltano_command")


@pytest.fixture(scope="module")
def loaded(tables: Tables) -> Wiki:
    """A wiki that has been loaded from the cloud."""
    wiki = Wiki.seeded(pages=120, seed=7)
    with DemoSite(wiki) as site:
        tables.load(read(settings_of(site)))
    return wiki


@pytest.fixture
def altered(tables: Tables, loaded: Wiki) -> Iterator[Tables]:
    """The tables of the loaded wiki, as they were again afterwards."""
    assert loaded.pages
    with tables.connection.transaction(force_rollback=True):
        yield tables


def test_the_views_agree_with_a_cloud_site(tables: Tables, loaded: Wiki) -> None:
    assert tables.pairs("effective_readers") == loaded.effective_readers()
    assert tables.pairs("effective_blog_post_readers") == loaded.effective_blog_post_readers()
    assert not out_of_reach(tables)


def test_the_awkward_cases_are_there(loaded: Wiki) -> None:
    by_page: dict[str, set[str]] = {}
    for page, account in loaded.effective_readers():
        by_page.setdefault(page, set()).add(account)
    readable = {page.id for page in loaded.pages if page.status in READABLE}
    archived = {page.id for page in loaded.pages if page.status == "archived"}

    assert any(ANONYMOUS in accounts for accounts in by_page.values())
    assert any(len(accounts) == 1 for accounts in by_page.values())
    assert readable - by_page.keys()
    assert any(loaded.restrictions.get(int(page)) for page in archived & by_page.keys())


@pytest.mark.parametrize("kind", ["folder", "whiteboard", "database", "embed"])
def test_pages_under_something_unknown_have_no_readers(
    altered: Tables, loaded: Wiki, kind: str
) -> None:
    altered.execute(f"drop table {kind}s")

    hidden = out_of_reach(altered)
    below = {p.id for p in loaded.pages if p.parent_type == kind and p.status in READABLE}
    assert below <= hidden
    assert altered.pairs("effective_readers") == {
        pair for pair in loaded.effective_readers() if pair[0] not in hidden
    }


@pytest.mark.parametrize(
    "needed",
    [
        *("page_restrictions", "child_pages", "blog_post_restrictions"),
        *("folder_restrictions", "whiteboard_restrictions"),
        *("database_restrictions", "embed_restrictions"),
    ],
)
def test_without_a_table_that_closes_something_there_is_no_answer(
    altered: Tables, needed: str
) -> None:
    altered.execute(f"drop table {needed}")

    with (
        pytest.raises(psycopg.Error, match=f"There is no table {needed}"),
        altered.connection.transaction(),
    ):
        altered.pairs("effective_readers")


def test_rows_that_a_loader_marks_as_deleted_do_not_count(
    altered: Tables, loaded: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered.execute("update page_restrictions set _sdc_deleted_at = now()")

    others = {num: rows for num, rows in loaded.restrictions.items() if num not in loaded.pages}
    monkeypatch.setattr(loaded, "restrictions", others)
    assert altered.pairs("effective_readers") == loaded.effective_readers()


FORMER_SPELLINGS = """
update space_role_assignments set "principalId" = lower(replace("principalId", '_', '-'))
where "principalType" = 'ACCESS_CLASS' and "roleId" < '8';
update space_role_assignments set "principalId" = lower("principalId")
where "principalType" = 'ACCESS_CLASS' and "roleId" >= '8';
update space_permissions set principal = jsonb_build_object(
    'type', 'ACCESS_CLASS', 'id', replace(principal::jsonb ->> 'id', '_', '-')
)
where principal::jsonb ->> 'type' = 'access-class';
"""


def test_classes_of_access_are_found_in_any_spelling(altered: Tables, loaded: Wiki) -> None:
    altered.execute(FORMER_SPELLINGS)

    assert altered.pairs("effective_readers") == loaded.effective_readers()


def test_a_site_without_roles_is_read_by_its_permissions(
    altered: Tables, loaded: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered.execute("drop table space_roles, space_role_assignments")

    monkeypatch.setattr(loaded.people, "role_mode", "PRE_ROLES")
    assert altered.pairs("effective_readers") == loaded.effective_readers()


def test_the_views_follow_what_changes(tables: Tables) -> None:
    tables.empty()
    wiki = Wiki.seeded(pages=30, seed=5)
    with DemoSite(wiki) as site:
        first = read(settings_of(site))
        tables.load(first)
        before = tables.pairs("effective_readers")
        everybody = next(page for page, account in before if account == ANONYMOUS)
        engineers = wiki.groups[4]
        wiki.unrestrict(str(next(num for num in wiki.restrictions if num in wiki.pages)))
        wiki.restrict(everybody, groups=[engineers.id])
        wiki.people.leave(engineers, wiki.people.members(engineers)[0])
        wiki.archive_page()
        wiki.trash_page()
        home = next(space.homepage for space in wiki.spaces if space.key == "OPS")
        wiki.move_page(parent_id=str(home))
        tables.load(read(settings_of(site), first.state))

    after = tables.pairs("effective_readers")
    assert after != before
    assert after == wiki.effective_readers()


def test_the_views_agree_with_a_data_center(tables: Tables) -> None:
    tables.empty()
    wiki = Wiki.seeded(pages=30, seed=5)
    for group in wiki.groups:
        for member in wiki.people.members(group) if "/" in group.name else ():
            # No Data Center tells who is in a group with a slash in its name.
            wiki.people.leave(group, member)
    with DataCenterSite(wiki) as site:
        settings = {
            "base_url": site.base_url,
            "personal_access_token": site.personal_access_token,
            "anchor_date": "2000-01-01",
        }
        tables.load(read(settings, on_cloud=False))

    for view, contents in (
        ("effective_readers", wiki.pages),
        ("effective_blog_post_readers", wiki.blog_posts),
    ):
        assert tables.pairs(view) == as_on_data_center(readers_of(wiki, contents, on_cloud=False))
