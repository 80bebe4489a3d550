"""One wiki served both ways gives the same records, but for what is said here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.timestamps import to_timestamp
from tests import running
from tests.datacenter.runs import ClockedDataCenter, stream_names, sync
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.model import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Key, Run

OWN_KEYS = {"groups", "group_members", "space_permissions", "space_properties", "tasks", "users"}
"""Streams whose ids Data Center does not give, so that the tap makes them; and people, of whom
it tells more and less."""

ABSENT: dict[str, set[str]] = {
    "attachments": {"fileId", "mediaTypeDescription"},
    "pages": {"ownerId", "lastOwnerId", "subtype", "sourceTemplateEntityId"},
    "spaces": {"spaceOwnerId"},
}
"""Fields that Data Center does not tell."""

DIFFERENT: dict[str, set[str]] = {
    # Only Data Center tells of hidden versions.
    **{f"{owner}_versions": {"hidden"} for owner in ("attachment", "blog_post", "page")},
    # Links lead to where the site is.
    "attachments": {"webuiLink", "downloadLink"},
    # Cloud does not tell the space of an attachment or a comment.
    "content_inventory": {"spaceId"},
    # There are two types only.
    "spaces": {"type"},
    # A homepage has no position; folders, whiteboards and databases are no parents.
    "pages": {"position"},
}


@pytest.fixture(scope="module")
def extractions() -> Iterator[tuple[Wiki, Run, Run]]:
    """The same wiki read from Cloud and from Data Center."""
    wiki = Wiki.seeded(pages=60, seed=5)
    with DemoSite(wiki) as cloud, ClockedDataCenter(wiki) as data_center:
        of_cloud = running.run_tap(running.settings_of(cloud))
        accounts = {key: account for account, key in data_center.user_keys.items()}
        of_data_center = sync(data_center)
        stdout = of_data_center.stdout
        for key, account in accounts.items():
            stdout = stdout.replace(f'ri:userkey=\\"{key}', f'ri:account-id=\\"{account}')
            stdout = stdout.replace(key, account)
        yield wiki, of_cloud, running.Run(stdout, of_data_center.stderr, 0)


@pytest.mark.parametrize("stream", sorted(set(stream_names()) - OWN_KEYS))
def test_records_are_equal(extractions: tuple[Wiki, Run, Run], stream: str) -> None:
    wiki, of_cloud, of_data_center = extractions
    there, here = rows(of_cloud, stream), rows(of_data_center, stream)
    assert here.keys() <= there.keys()
    assert here
    for key, row in here.items():
        assert comparable(stream, row) == comparable(stream, in_pages(wiki, there[key])), key
        assert not ABSENT.get(stream, set()) & row.keys()


def test_only_what_has_no_place_on_data_center_is_missing(
    extractions: tuple[Wiki, Run, Run],
) -> None:
    _, of_cloud, of_data_center = extractions

    for stream in set(stream_names()) - OWN_KEYS:
        missing = rows(of_cloud, stream).keys() - rows(of_data_center, stream).keys()
        if not stream.startswith(("attachment", "child_pages", "content_inventory")):
            assert not missing, stream
    parents = {
        row["parentType"]
        for key, row in rows(of_cloud, "child_pages").items()
        if key not in rows(of_data_center, "child_pages")
    }
    assert parents <= {"folder", "whiteboard", "database"}


@pytest.mark.parametrize(
    ("stream", "same"),
    [
        ("groups", ("name",)),
        ("space_properties", ("spaceId", "key", "value")),
        ("tasks", ("pageId", "blogPostId", "localId", "spaceId", "status", "assignedTo", "dueAt")),
    ],
)
def test_what_has_other_ids_tells_the_same(
    extractions: tuple[Wiki, Run, Run], stream: str, same: tuple[str, ...]
) -> None:
    wiki, of_cloud, of_data_center = extractions
    empty = {str(num) for num in wiki.empty_bodies}

    def told(run: Run) -> set[str]:
        found = (row for row in run.records[stream] if row.get("pageId") not in empty)
        return {json.dumps([normal(row.get(name)) for name in same], default=str) for row in found}

    assert told(of_data_center) == told(of_cloud)


def test_both_have_the_same_schemas(extractions: tuple[Wiki, Run, Run]) -> None:
    _, of_cloud, of_data_center = extractions
    schemas = {schema["stream"]: schema for schema in of_cloud.schemas}

    for schema in of_data_center.schemas:
        assert schema == schemas[schema["stream"]]


def rows(run: Run, stream: str) -> dict[Key, Json]:
    return dict(zip(run.keys(stream), run.records.get(stream, []), strict=True))


def comparable(stream: str, row: Json) -> Json:
    left_out = {"_links", *ABSENT.get(stream, ()), *DIFFERENT.get(stream, ())}
    found = {name: normal(value) for name, value in row.items() if name not in left_out}
    return {name: value for name, value in found.items() if value is not None}


def normal(value: Any) -> Any:
    """Leave out what one of them alone gives of a nested object, and what is null."""
    if isinstance(value, dict):
        one_only = {"ncsStepVersion", "apiDownloadLink", "width", "height", "createdBy", "hidden"}
        return {
            name: normal(part)
            for name, part in value.items()
            if part is not None and name not in one_only and "-" not in name
        }
    return to_timestamp(value) or value


def in_pages(wiki: Wiki, row: Json) -> Json:
    """Put a page that lies under a folder or the like at the top of its space."""
    if row.get("parentType") in {None, "page"}:
        return row
    assert isinstance(wiki.content(row["id"]), Page)
    return {**row, "parentId": None, "parentType": None}
