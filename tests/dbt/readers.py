"""Who may read what, as the models have it and as the site does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.dbt.warehouses import DuckDB
from tests.demo_site.datacenter.people import user_key
from tests.demo_site.readers import ANONYMOUS, readers_of
from tests.running import run_tap

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.dbt.warehouses import Warehouse
    from tests.demo_site import DataCenterSite, Wiki
    from tests.running import Json, Run

EVERYWHERE = (
    *("content_inventory", "child_pages", "page_restrictions", "blog_post_restrictions"),
    *("spaces", "space_permissions", "groups", "group_members", "users"),
)
ON_CLOUD = (
    *("folders", "whiteboards", "databases", "embeds"),
    *("folder_restrictions", "whiteboard_restrictions"),
    *("database_restrictions", "embed_restrictions"),
    *("space_roles", "space_role_assignments"),
)

Pairs = set[tuple[str, ...]]


def read(settings: Json, state: Json | None = None, *, on_cloud: bool = True) -> Run:
    """Read all that tells who may read what."""
    streams = (*EVERYWHERE, *(ON_CLOUD if on_cloud else ()))
    run = run_tap(settings, state, streams=streams)
    assert run.exit_status == 0, run.complaints
    return run


def settings_of_data_center(site: DataCenterSite, **others: object) -> Json:
    """Return the settings to read a Data Center with."""
    return {
        "base_url": site.base_url,
        "personal_access_token": site.personal_access_token,
        "anchor_date": "2000-01-01",
        **others,
    }


def load_again(warehouse: Warehouse, run: Run) -> None:
    """Load a later run.

    DuckDB's loader deletes nothing, so that everybody would keep what they once had. All that tells
    who may read what comes whole in each run, so it goes into an empty database instead.
    """
    if isinstance(warehouse, DuckDB):
        warehouse.path.unlink()
    warehouse.load(run)


def build_readers(warehouse: Warehouse, **variables: Any) -> None:
    """Build the readers, and all that they are made of."""
    done = warehouse.dbt(
        *("run", "--select", "+confluence__page_readers", "+confluence__readers_to_check"),
        confluence__using_page_readers=True,
        **variables,
    )
    assert done.returncode == 0, done.stdout[-6000:]


def pairs(warehouse: Warehouse, kind: str = "page") -> Pairs:
    """Return each page, or blog post, with each account that may read it, each of which is once."""
    rows = warehouse.rows("confluence__page_readers", "page_id", "account_id", "type")
    found = [(content, account) for content, account, type_ in rows if type_ == kind]
    assert len(found) == len(set(found))
    return set(found)


def out_of_reach(warehouse: Warehouse) -> dict[str, str]:
    """Return what nobody may read because something is not known, with what that is."""
    rows = warehouse.rows("confluence__page_access", "page_id", "closed_because")
    return {content: reason for content, reason in rows if reason}


def assert_readers(
    warehouse: Warehouse, wiki: Wiki, closed: Collection[str] = (), *, on_cloud: bool = True
) -> None:
    """Check that the models show exactly those who may read what is not closed.

    By each row of the readers, and by the sets that each page and blog post names.
    """

    def here(them: set[tuple[str, str]]) -> Pairs:
        return {*them} if on_cloud else as_on_data_center(them)

    of_sets = set(
        warehouse.query(
            "select a.type, a.page_id, s.account_id from confluence__page_access as a "
            "join confluence__reader_sets as s on s.reader_set_id = a.reader_set_id"
        )
    )
    for kind, contents in (("page", wiki.pages), ("blogpost", wiki.blog_posts)):
        shown = pairs(warehouse, kind)
        true = here(readers_of(wiki, contents, on_cloud=on_cloud))
        assert not shown - true, f"{len(shown - true)} pairs too many"
        assert shown == here(readers_of(wiki, contents, on_cloud=on_cloud, closed=closed))
        assert {(c, account) for type_, c, account in of_sets if type_ == kind} == shown


def as_on_data_center(them: set[tuple[str, str]]) -> Pairs:
    """Name accounts as Data Center does, by their keys; nobody's is that of everybody."""
    return {(content, who if who == ANONYMOUS else user_key(who)) for content, who in them}
