"""JSON that others read is read here, too, and becomes what every target takes."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.demo_site.troubles import SPELLINGS
from tests.running import only, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.running import Json

STREAMS = ("pages", "page_content_properties")
ODD = "Half \ud800, null \x00, tab\tand line\nfeed, U+FFFD \ufffd, 数 and 😀"
CLEAN = "Half \ufffd, null , tab\tand line\nfeed, U+FFFD \ufffd, 数 and 😀"
VALUES = {"no": "NaN", "high": ["Infinity", "-Infinity"], f"key {ODD}": {"\x00": ODD}}
AS_TEXTS = {"no": "NaN", "high": ["Infinity", "-Infinity"], f"key {CLEAN}": {"": CLEAN}}
AS_NUMBERS = {**AS_TEXTS, "no": None, "high": [None, None]}


@pytest.fixture(params=[DemoSite, DataCenterSite], ids=["cloud", "data_center"])
def odd(request: pytest.FixtureRequest) -> Iterator[DemoSite | DataCenterSite]:
    """A site with a page whose title, body and property hold what few would type."""
    wiki = Wiki.seeded(pages=12, seed=7)
    page = wiki.add_page(title=ODD)
    wiki.set_property(page, "odd", VALUES)
    wiki.set_body(page, f"<p>{ODD} &#0;&#x0; end</p>")
    with request.param(wiki) as site:
        yield site


def read(site: DemoSite | DataCenterSite, **more: Any) -> tuple[Json, Json]:
    """Return the odd page and its property, read by a run that gives nothing a second try."""
    run = run_tap(settings(site, max_retries=0, **more), catalog=only(*STREAMS))
    assert run.exit_status == 0, run.stderr
    assert set(run.keys("pages")) == site.truth()["pages"]
    [page] = (row for row in run.records["pages"] if row["title"] == CLEAN)
    [property_] = (row for row in run.records["page_content_properties"] if row["key"] == "odd")
    return page, property_


def settings(site: DemoSite | DataCenterSite, **more: Any) -> Json:
    if isinstance(site, DemoSite):
        return settings_of(site, **more)
    signed_in = {"base_url": site.base_url, "personal_access_token": site.personal_access_token}
    return {**signed_in, "anchor_date": "2000-01-01", **more}


@pytest.mark.parametrize("way", [None, *SPELLINGS])
def test_what_is_written_loosely_is_read(odd: DemoSite | DataCenterSite, way: str | None) -> None:
    odd.faults.spelling = way

    page, property_ = read(odd)

    assert page["body"]["storage"]["value"] == f"<p>{CLEAN} &#0;&#x0; end</p>"
    assert property_["value"] == (AS_NUMBERS if way == "no-numbers" else AS_TEXTS)


def test_no_null_character_comes_of_what_stands_for_one(odd: DemoSite | DataCenterSite) -> None:
    page, _ = read(odd, body_text=True, body_markdown=True)

    assert "end" in page["bodyText"]
    assert "\x00" not in page["bodyText"] + page["bodyMarkdown"]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_files_of_batches_hold_none(
    odd: DemoSite | DataCenterSite, kind: str, tmp_path: Path
) -> None:
    batches = {
        "encoding": {"format": kind, "compression": "gzip"},
        "storage": {"root": tmp_path.as_uri()},
    }
    run = run_tap(settings(odd, batch_config=batches), catalog=only(*STREAMS))

    assert run.exit_status == 0, run.stderr
    rows: list[Json] = []
    for file in tmp_path.iterdir():
        if kind == "jsonl":
            rows += map(json.loads, gzip.decompress(file.read_bytes()).splitlines())
        else:
            rows += pq.read_table(file).to_pylist()
    assert CLEAN in {row.get("title") for row in rows}
    assert AS_TEXTS in [
        row["value"] if kind == "jsonl" else json.loads(row["value"])
        for row in rows
        if row.get("key") == "odd"
    ]


def test_an_escaped_null_character_in_a_document_goes() -> None:
    wiki = Wiki.seeded(pages=12, seed=7)
    page = wiki.add_page(title=ODD)
    document = {"type": "doc", "content": [{"type": "text", "text": "a\x00b\\u0000c"}]}
    wiki.set_body(page, json.dumps(document), "atlas_doc_format")
    with DemoSite(wiki) as site:
        row, _ = _of(site, body_format="atlas_doc_format", body_text=True)

    assert json.loads(row["body"]["atlas_doc_format"]["value"])["content"][0]["text"] == (
        "ab\\u0000c"
    )
    assert row["bodyText"] == "ab\\u0000c"


def _of(site: DemoSite, **more: Any) -> tuple[Json, str]:
    run = run_tap(settings_of(site, max_retries=0, **more), catalog=only("pages"))
    assert run.exit_status == 0, run.stderr
    [row] = (row for row in run.records["pages"] if row["title"] == CLEAN)
    return row, run.stderr


@pytest.mark.parametrize("body", ["<p>%s</p>", "[" * 100_000])
def test_a_text_that_names_the_escape_is_kept(site: DemoSite, body: str) -> None:
    page = site.wiki.add_page(title=ODD)
    text = body.replace("%s", r"\u0000 and \\u0000")
    site.wiki.set_body(page, text)

    row, _ = _of(site)

    assert row["body"]["storage"]["value"] == text
