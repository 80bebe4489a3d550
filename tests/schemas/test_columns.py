"""Each column that is declared is filled by some record of a Cloud or a Data Center site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.datacenter import runs as datacenter
from tests.demo_site import DemoSite, Wiki
from tests.running import everything, run_tap, settings_of
from tests.schemas.samples import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.running import Run

READABLE: dict[str, Any] = {"body_markdown": True, "body_text": True, "version_bodies": True}
FETCHED: dict[str, Any] = {"attachment_max_bytes": 200_000, "attachment_text": True}
NOT_SHOWN = {
    "custom_content.customContentId": "nothing of an app lies in something of an app here",
    "page_includes.targetId": "bodies include pages by their titles here",
    **{
        f"{owner}_restrictions.reason": "given where a site fails; tests of the failures have it"
        for owner in ("page", "blog_post", "folder", "whiteboard", "database", "embed")
    },
}
"""Columns that the records of the two sites leave empty, each with the reason."""


def runs_of_all_streams(wiki: Wiki, folder: Path) -> Iterator[Run]:
    with DemoSite(wiki) as site:
        config = settings_of(site, attachment_download_dir=str(folder), **READABLE, **FETCHED)
        yield run_tap(config, catalog=everything())
    with datacenter.ClockedDataCenter(wiki) as site:
        all_streams = datacenter.only(*datacenter.discovered())
        yield datacenter.sync(site, catalog=all_streams, **READABLE)


def filled(records: list[dict[str, Any]]) -> set[str]:
    return {name for record in records for name, value in record.items() if value is not None}


def test_each_column_is_filled_by_some_record(tmp_path: Path) -> None:
    found: dict[str, set[str]] = {stream: set() for stream in SCHEMAS}
    wiki = Wiki.seeded(pages=24, seed=6)
    notes = next(file for file in wiki.attachments if file.media_type == "text/plain")
    notes.data, notes.size = b"Notes", 5
    for run in runs_of_all_streams(wiki, tmp_path):
        assert run.exit_status == 0, run.complaints
        for stream, records in run.records.items():
            found[stream] |= filled(records)

    assert {
        f"{stream}.{column}"
        for stream, schema in SCHEMAS.items()
        for column in schema["properties"]
        if column not in found[stream]
    } == set(NOT_SHOWN)
