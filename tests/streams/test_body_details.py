"""What pages link to, include and carry as properties is read from bodies in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.body_truth import STREAMS
from tests.demo_site.datacenter import DataCenterSite
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

LINKS, INCLUDES, ROWS = OF_NO_MODEL = STREAMS


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.seeded(pages=24, seed=7)


@pytest.fixture
def data_center(wiki: Wiki) -> Iterator[DataCenterSite]:
    with DataCenterSite(wiki) as site:
        yield site


def settings_of_data_center(site: DataCenterSite, **more: object) -> Json:
    token = {"base_url": site.base_url, "personal_access_token": site.personal_access_token}
    return {**token, "anchor_date": "2000-01-01", **more}


def assert_complete(run: Run, site: DemoSite | DataCenterSite) -> None:
    assert run.exit_status == 0
    truth = site.truth()
    for stream in STREAMS:
        assert truth[stream]
        assert set(run.keys(stream)) == truth[stream], stream
        assert len(run.keys(stream)) == len(truth[stream])
    versions = {page.id: page.version for page in site.wiki.pages}
    for stream in STREAMS:
        for row in run.records[stream]:
            assert row["versionNumber"] == versions[row["pageId"]]
            assert row["modifiedAt"]


@pytest.mark.parametrize("body_format", ["storage", "none", "view"])
@pytest.mark.parametrize("others", [(), ("pages", "page_versions")])
def test_all_that_bodies_hold_is_told(
    site: DemoSite, body_format: str, others: tuple[str, ...]
) -> None:
    run = run_tap(settings_of(site, body_format=body_format), streams=(*STREAMS, *others))

    assert_complete(run, site)
    if others:
        assert set(run.keys("page_versions")) == site.truth()["page_versions"]
        wanted = [] if body_format == "none" else [body_format]
        assert all(list(page["body"]) == wanted for page in run.records["pages"])


@pytest.mark.parametrize("body_format", ["storage", "none", "view"])
@pytest.mark.parametrize("others", [(), ("pages", "page_versions")])
def test_so_it_is_on_data_center(
    data_center: DataCenterSite, body_format: str, others: tuple[str, ...]
) -> None:
    config = settings_of_data_center(data_center, body_format=body_format)

    run = run_tap(config, streams=(*STREAMS, *others))

    assert_complete(run, data_center)
    for page in run.records.get("pages", ()):
        assert list(page["body"]) == ([] if body_format == "none" else [body_format])


def test_it_takes_no_request_more(site: DemoSite) -> None:
    def asked(*streams: str) -> list[str]:
        before = len(site.requests)
        run_tap(settings_of(site), streams=streams)
        return sorted(request.path for request in site.requests[before:])

    assert asked("pages", *STREAMS) == asked("pages")


def test_rows_say_what_the_bodies_say(site: DemoSite, wiki: Wiki) -> None:
    page = next(page for page in wiki.pages if page.status == "current")
    target = next(other for other in wiki.pages if other is not page)
    body = (
        f'<p><a href="{site.base_url}/spaces/ENG/pages/{target.id}/x">see <b>this</b></a></p>'
        '<ac:structured-macro ac:name="excerpt-include"><ac:parameter ac:name=""><ac:link>'
        '<ri:page ri:space-key="HR" ri:content-title="Terms" /></ac:link></ac:parameter>'
        '<ac:parameter ac:name="name">short</ac:parameter></ac:structured-macro>'
        '<ac:structured-macro ac:name="details"><ac:rich-text-body><table><tbody><tr>'
        "<th>Owner</th><td><em>Ops</em></td></tr></tbody></table></ac:rich-text-body>"
        "</ac:structured-macro>"
    )
    wiki.given_bodies[page.num, "storage"] = body

    run = run_tap(settings_of(site), streams=STREAMS)

    def of_page(stream: str) -> list[dict[str, Any]]:
        shared = {"pageId", "versionNumber", "modifiedAt"}
        rows = [row for row in run.records[stream] if row["pageId"] == page.id]
        return [{k: v for k, v in row.items() if k not in shared} for row in rows]

    address = f"{site.base_url}/spaces/ENG/pages/{target.id}/x"
    terms = {"targetId": None, "targetSpaceKey": "HR", "targetTitle": "Terms"}
    there = {"targetId": target.id, "targetSpaceKey": "ENG", "targetTitle": None}
    assert of_page(LINKS) == [
        {"position": 1, "kind": "page", **there, "url": address, "text": "see this"},
        {
            "position": 2,
            "kind": "page",
            **terms,
            "url": f"{site.base_url}/display/HR/Terms",
            "text": "Terms",
        },
    ]
    assert of_page(INCLUDES) == [
        {"position": 1, "macro": "excerpt-include", **terms, "excerptName": "short"}
    ]
    assert of_page(ROWS) == [
        {
            "position": 1,
            "table": 1,
            "macroId": None,
            "key": "Owner",
            "value": "Ops",
            "valueMarkdown": "*Ops*",
        }
    ]


def test_only_what_changed_is_told_again(site: DemoSite, wiki: Wiki) -> None:
    first = run_tap(settings_of(site), streams=("pages", *STREAMS))
    page = next(page for page in wiki.pages if page.status == "current")
    body = '<p><a href="https://example.com/">out</a></p>'
    wiki.given_bodies[page.num, "storage"] = body
    wiki.edit_page(page.id)

    run = run_tap(settings_of(site), first.state, streams=("pages", *STREAMS))

    [link] = [row for row in run.records[LINKS] if row["pageId"] == page.id]
    assert (link["kind"], link["url"]) == ("url", "https://example.com/")
    assert link["versionNumber"] == page.version
    assert {row["pageId"] for row in run.records[LINKS]} <= {key[0] for key in run.keys("pages")}
    assert len(run.records[LINKS]) < len(first.records[LINKS])


def test_a_stream_that_is_selected_later_is_filled_in(site: DemoSite) -> None:
    first = run_tap(settings_of(site), streams=("pages",))

    run = run_tap(settings_of(site), first.state, streams=("pages", LINKS))

    assert set(run.keys(LINKS)) == site.truth()[LINKS]
