"""What real sites have answered comes out of the tap with every field in its record.

The answers are no part of the project: see `tests/reference.py`. For each field that the record
does not have where the answer has it, a table here says where it is, or why it is left out.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from tap_confluence.http import ListRequest, collect, get_page
from tap_confluence.rest_v1 import records, search
from tap_confluence.tap import TapConfluence
from tap_confluence.timestamps import to_timestamp
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.demo_site.troubles import json_reply
from tests.reference import REFERENCE, reference
from tests.running import run_tap, settings_of, signals_left_alone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from aiohttp import web

    from tests.running import Json, Run

Fields = dict[str, Any]
Query = dict[str, list[str]]
Answers = dict[str, "Json | Callable[[Query], Json]"]
"""What is answered to some paths: the same each time, or what goes by the query."""

RECORDED = "samples/recorded"
NOTHING: Json = {"results": [], "start": 0, "limit": 250, "size": 0, "_links": {}}

OF_THE_PARENT = "is the parent's, whose id the record carries"
OF_PEOPLE = "said of people in the stream `users`; the record has their id"
OF_SPACES = "said of spaces in the stream `spaces`; the record has their id"
NAVIGATION = "where to ask the API for more, which no record has"
MADE_FOR_SEARCH = "how a search shows what it finds"
TWICE = "is there a second time, in a field that is kept"
KIND = "the stream says which kind it is"


def recorded(name: str) -> Json:
    return reference(f"{RECORDED}/{name}.json")


class Recorded:
    """Answers some paths with what was recorded."""

    answers: Answers

    def recorded_answer(self, path: str, raw_query: str) -> web.Response | None:
        answer = self.answers.get(path)
        if answer is None:
            return None
        return json_reply(200, answer(parse_qs(raw_query)) if callable(answer) else answer)


class RecordedCloud(Recorded, DemoSite):
    """A site of the cloud with recorded answers."""

    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        found = self.recorded_answer(path, raw_query)
        return super()._respond(request, path, raw_query) if found is None else found


class RecordedDataCenter(Recorded, DataCenterSite):
    """A self-hosted site with recorded answers."""

    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        found = self.recorded_answer(path, raw_query)
        return super()._respond(request, path, raw_query) if found is None else found


@pytest.fixture(scope="module")
def cloud() -> Iterator[RecordedCloud]:
    with RecordedCloud(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


@pytest.fixture(scope="module")
def data_center() -> Iterator[RecordedDataCenter]:
    with RecordedDataCenter(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


def from_cloud(site: RecordedCloud, answers: Answers, *streams: str) -> Run:
    site.answers = answers
    return finished(run_tap(settings_of(site), streams=streams))


def from_data_center(site: RecordedDataCenter, answers: Answers, *streams: str) -> Run:
    site.answers = answers
    return finished(run_tap(settings_there(site), streams=streams))


def settings_there(site: RecordedDataCenter) -> Json:
    token = {"base_url": site.base_url, "personal_access_token": site.personal_access_token}
    return {**token, "anchor_date": "2000-01-01"}


def finished(run: Run) -> Run:
    assert run.exit_status == 0, run.complaints
    return run


def once(answer: Json, **asked: str) -> Callable[[Query], Json]:
    """Answer what asks for this, and nothing to whoever asks for something else."""

    def answered(query: Query) -> Json:
        is_it = all(query.get(name, [""])[0] == value for name, value in asked.items())
        return answer if is_it else NOTHING

    return answered


def not_the_trash(answer: Json) -> Callable[[Query], Json]:
    """Answer nothing to whoever asks for what is in the trash alone."""
    return lambda query: NOTHING if query.get("status") == ["trashed"] else answer


def fields_of(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield each value that is in a value, with its path; of what is empty, itself."""
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from fields_of(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for number, part in enumerate(value):
            yield from fields_of(part, f"{path}.{number}")
    else:
        yield path, value


def lost(row: Json, record: Json, left_out: Mapping[str, str] | None = None) -> Fields:
    """Return the fields of a row that its record does not have, but for those of the table."""
    there = dict(fields_of(record))
    return {
        path: value
        for path, value in fields_of(row)
        if not any(fnmatchcase(path, pattern) for pattern in left_out or ())
        and (path not in there or there[path] != value)
    }


def by(key: str, rows: list[Json]) -> dict[str, Json]:
    return {str(row[key]): row for row in rows}


@pytest.mark.parametrize(
    ("sample", "path", "stream"),
    [
        ("cloud_v2_pages_list", "/api/v2/pages", "pages"),
        ("cloud_v2_blogposts_list", "/api/v2/blogposts", "blog_posts"),
        ("cloud_v2_attachments_list", "/api/v2/attachments", "attachments"),
        ("cloud_v2_footer_comments_list", "/api/v2/footer-comments", "page_footer_comments"),
        ("cloud_v2_inline_comments_list", "/api/v2/inline-comments", "page_inline_comments"),
        ("cloud_v2_spaces_list", "/api/v2/spaces", "spaces"),
    ],
)
def test_a_list_of_cloud_comes_out_whole(
    cloud: RecordedCloud, sample: str, path: str, stream: str
) -> None:
    answer = recorded(sample)

    run = from_cloud(cloud, {path: not_the_trash(answer)}, stream)

    rows, written = by("id", answer["results"]), by("id", run.records[stream])
    assert written.keys() == rows.keys()
    assert {id_: lost(row, written[id_]) for id_, row in rows.items()} == {id_: {} for id_ in rows}


@pytest.mark.parametrize(
    ("sample", "path", "stream", "field"),
    [
        ("cloud_v2_pages_list", "/api/v2/pages", "pages", "version.ncsStepVersion"),
        ("cloud_v2_pages_list", "/api/v2/pages", "pages", "sourceTemplateEntityId"),
        ("cloud_v2_pages_list", "/api/v2/pages", "pages", "_links.edituiv2"),
        ("cloud_v2_blogposts_list", "/api/v2/blogposts", "blog_posts", "version.ncsStepVersion"),
        (
            *("cloud_v2_footer_comments_list", "/api/v2/footer-comments", "page_footer_comments"),
            "resolutionStatus",
        ),
        (
            *("cloud_v2_inline_comments_list", "/api/v2/inline-comments", "page_inline_comments"),
            "properties.inline-marker-ref",
        ),
    ],
)
def test_a_field_that_no_description_has_is_kept(
    cloud: RecordedCloud, sample: str, path: str, stream: str, field: str
) -> None:
    run = from_cloud(cloud, {path: not_the_trash(recorded(sample))}, stream)

    assert any(dict(fields_of(record)).get(field) for record in run.records[stream])


def test_a_comment_with_its_body_comes_out_whole(cloud: RecordedCloud) -> None:
    comment = recorded("cloud_v2_footer_comment_single")
    base = comment["_links"].pop("base")
    answer = {"results": [comment], "_links": {"base": base}}

    run = from_cloud(cloud, {"/api/v2/footer-comments": answer}, "page_footer_comments")

    [written] = run.records["page_footer_comments"]
    assert lost(comment, written) == {}


def item_and_details(sample: str, path: str) -> tuple[Json, Answers]:
    """Return an item with its details, and the answers that list it and give it alone."""
    item = recorded(sample)
    listed = {k: v for k, v in item.items() if not (isinstance(v, dict) and "results" in v)}
    answer = {"results": [listed], "_links": {"base": item["_links"]["base"]}}
    return item, {path: not_the_trash(answer), f"{path}/{item['id']}": item}


def test_the_details_of_a_page_come_out_whole(cloud: RecordedCloud) -> None:
    page, answers = item_and_details("cloud_v2_page_with_includes_and_body_format", "/api/v2/pages")
    streams = ("pages", "page_versions", "page_content_properties")

    run = from_cloud(cloud, answers, *streams)

    included = ("labels", "likes", "operations", "properties", "versions")
    left_out = {f"{name}.*": "records of streams of their own" for name in included}
    assert lost(page, run.records["pages"][0], {**left_out, "_links.base": NAVIGATION}) == {}
    versions, properties = page["versions"]["results"], page["properties"]["results"]
    for row, written in zip(versions, run.records["page_versions"], strict=True):
        assert lost(row, written, {"page.*": OF_THE_PARENT}) == {}
        # The whole text would come with each version of the page.
        assert "page" not in written
    for row, written in zip(properties, run.records["page_content_properties"], strict=True):
        assert lost(row, written) == {}


def test_a_list_of_properties_comes_out_whole(cloud: RecordedCloud) -> None:
    page, answers = item_and_details("cloud_v2_page_with_includes_and_body_format", "/api/v2/pages")
    answer = recorded("cloud_v2_page_properties_list")
    del page["properties"]
    answers[f"/api/v2/pages/{page['id']}/properties"] = answer

    run = from_cloud(cloud, answers, "page_content_properties")

    written = by("id", run.records["page_content_properties"])
    for row in answer["results"]:
        assert lost(row, written[row["id"]]) == {}


def test_the_details_of_an_attachment_come_out_whole(cloud: RecordedCloud) -> None:
    attachment, answers = item_and_details(
        "cloud_v2_attachment_with_includes", "/api/v2/attachments"
    )

    run = from_cloud(cloud, answers, "attachments", "attachment_versions")

    [written] = run.records["attachments"]
    assert written["collaborators"] == attachment["collaborators"]
    [version], [row] = run.records["attachment_versions"], attachment["versions"]["results"]
    assert lost(row, version, {"attachment.*": OF_THE_PARENT}) == {}
    assert "attachment" not in version


def test_the_details_of_a_space_come_out_whole(cloud: RecordedCloud) -> None:
    space, answers = item_and_details("cloud_v2_space_with_includes_access_class", "/api/v2/spaces")
    asked: list[Query] = []

    def rest(query: Query) -> Json:
        asked.append(query)
        return NOTHING

    answers[f"/api/v2/spaces/{space['id']}/permissions"] = rest

    run = from_cloud(cloud, answers, "spaces", "space_labels", "space_permissions")

    assert (
        lost(
            space,
            run.records["spaces"][0],
            {
                **{
                    f"{name}.*": "records of streams of their own"
                    for name in ("labels", "permissions")
                },
                "properties.*": "records of `space_properties`",
                "operations.*": "what the account that asks may do",
                "_links.base": NAVIGATION,
            },
        )
        == {}
    )
    for stream in ("labels", "permissions"):
        written = by("id", run.records[f"space_{stream}"])
        rows = by("id", space[stream]["results"])
        assert written.keys() == rows.keys()
        assert all(lost(row, written[id_]) == {} for id_, row in rows.items())
    kinds = {row["principal"]["type"] for row in run.records["space_permissions"]}
    assert "access-class" in kinds
    [query] = asked
    assert query["cursor"] == [space["permissions"]["meta"]["cursor"]]


def test_an_audit_record_without_an_account_passes_with_its_date(cloud: RecordedCloud) -> None:
    row = recorded("cloud_v1_audit_record_as_airbyte_expects")
    answers: Answers = {"/rest/api/audit": once({**NOTHING, "results": [row]}, start="0")}

    run = from_cloud(cloud, answers, "audit_records")

    [written] = run.records["audit_records"]
    assert lost(row, written, {"creationDate": "as `createdAt`"}) == {}
    assert (written["createdAt"], written["authorId"]) == ("2023-06-06T04:45:12.358Z", None)
    assert run.state["bookmarks"]["audit_records"]["replication_key_value"] == written["createdAt"]


PEOPLE: dict[str, str] = dict.fromkeys(("history.createdBy.*", "version.by.*"), OF_PEOPLE)
OF_CONTENT: dict[str, str] = {
    **PEOPLE,
    "type": KIND,
    "_expandable.*": NAVIGATION,
    "*._expandable.*": NAVIGATION,
    "*._links.*": NAVIGATION,
    **dict.fromkeys(("_links.self", "_links.base", "_links.context"), NAVIGATION),
    "_links.collection": NAVIGATION,
    "history.latest": "true of all that lists give",
}
"""What of content on Data Center is in no record, and why."""

SPACE = {"space.*": OF_SPACES, "container.*": OF_SPACES}

MOVED = {
    "history.createdDate": "createdAt",
    "version.when": "version.createdAt",
    "space.id": "spaceId",
    "_links.edit": "_links.editui",
    "extensions.position": "position",
    "extensions.mediaType": "mediaType",
    "extensions.fileSize": "fileSize",
    "extensions.comment": "comment",
    "history.createdBy.userKey": "authorId",
    "version.by.userKey": "version.authorId",
}
"""Where a record has what Data Center has elsewhere."""


def lost_of_v1(row: Json, record: Json, left_out: Mapping[str, str] | None = None) -> Fields:
    """Return the fields of a row of Data Center that its record has nowhere."""
    there = dict(fields_of(record))
    return {
        path: value
        for path, value in fields_of(row)
        if not any(fnmatchcase(path, p) for p in (*OF_CONTENT, *(left_out or ())))
        and not (MOVED.get(path, path) in there and _same(value, there[MOVED.get(path, path)]))
    }


def _same(value: object, written: object) -> bool:
    """Whether a value is written as v2 has it: times in UTC, ids as text, no position as null."""
    if value == "none":
        return written is None
    return written in {value, str(value), to_timestamp(value)}


def as_page(sample: str) -> Json:
    row = recorded(sample)
    page: Json = row.get("content", row)
    return page


@pytest.mark.parametrize(
    "sample",
    [
        "dc_page_history_position_none",
        "dc_page_position_version_hidden",
        "dc_search_row_page_offset0530",
    ],
)
def test_a_page_of_data_center_comes_out_whole(
    data_center: RecordedDataCenter, sample: str
) -> None:
    page = as_page(sample)
    scanned = once({**NOTHING, "results": [page]}, type="page", status="current")

    run = from_data_center(data_center, {"/rest/api/content/scan": scanned}, "pages")

    [written] = run.records["pages"]
    assert lost_of_v1(page, written, SPACE) == {}


def test_times_of_any_zone_are_written_in_utc() -> None:
    page = records.page(as_page("dc_search_row_page_offset0530"))
    file = records.attachment(recorded("dc9_attachment_plain_id_offset"))

    assert page["createdAt"] == page["modifiedAt"] == "2024-02-27T09:49:06.032Z"
    assert file["modifiedAt"] == "2025-12-01T12:46:01.473Z"


def test_a_page_of_which_nothing_is_spelled_out_has_its_position() -> None:
    page = recorded("dc9_attachment_plain_id_offset")["container"]

    written = records.page(page)

    assert lost_of_v1(page, written, {"position": TWICE}) == {}
    assert written["position"] == 0


@pytest.mark.parametrize(
    "sample", ["cloud_v1_child_comments_list", "cloud_v1_content_list_operations"]
)
def test_older_rows_of_v1_come_out_whole(sample: str) -> None:
    left_out = {
        "childTypes.*": NAVIGATION,
        "macroRenderedOutput": "empty",
        "extensions.location": "the stream says which",
        "extensions._expandable.*": NAVIGATION,
        "operations.*": "what the account that asks may do",
    }

    for row in recorded(sample)["results"]:
        written = records.comment(row) if row["type"] == "comment" else records.page(row)
        assert lost_of_v1(row, written, left_out) == {}


def test_older_spaces_of_v1_come_out_whole() -> None:
    left_out = {
        "permissions.*": "v2 lists them in a way of its own; records of `space_permissions`",
        **dict.fromkeys(("icon.width", "icon.height", "icon.isDefault"), "v2 has the path alone"),
        "description.*.embeddedContent": "empty",
    }
    spaces = recorded("cloud_v1_spaces_list")["results"]

    for space in (*spaces, recorded("cloud_v1_space_permissions_subjects")):
        assert lost_of_v1(space, records.space(space), left_out) == {}


ON_ATTACHMENTS = {
    **dict.fromkeys(("metadata.mediaType", "metadata.comment"), TWICE),
    "id": "begins with `att`, as on Cloud",
    "position": "-1: files have none",
    "container.*": OF_THE_PARENT,
}


@pytest.mark.parametrize(
    ("sample", "id_", "author"),
    [
        ("dc9_attachment_plain_id_offset", "att247046787", "2c9f81f87be2b373017e241b5e8b0001"),
        ("dc_attachment_anonymous_att_prefix", "att1", None),
    ],
)
def test_an_attachment_of_data_center_comes_out_whole(
    data_center: RecordedDataCenter, sample: str, id_: str, author: str | None
) -> None:
    file = recorded(sample)
    page = {**as_page("dc_page_position_version_hidden"), **file.get("container", {})}
    page["children"] = {"attachment": {**NOTHING, "results": [file], "size": 1}}
    scanned = once({**NOTHING, "results": [page]}, type="page")

    run = from_data_center(data_center, {"/rest/api/content/scan": scanned}, "attachments")

    [written] = run.records["attachments"]
    assert (written["id"], written["version"]["authorId"]) == (id_, author)
    assert lost_of_v1(file, written, ON_ATTACHMENTS) == {}
    assert written["pageId"] == page["id"]


def test_who_has_no_key_is_nobody() -> None:
    file = recorded("dc_attachment_anonymous_att_prefix")

    assert records.version(file["version"])["authorId"] is None


def test_a_user_of_data_center_comes_out_whole(data_center: RecordedDataCenter) -> None:
    answer = recorded("dc_user_list")

    run = from_data_center(data_center, {"/rest/api/user/list": answer}, "users")

    [row], [written] = answer["results"], run.records["users"]
    table = {"type": "known: all who are listed", "userKey": "is the `accountId`"}
    left_out = {**table, "_links.*": NAVIGATION, "_expandable.*": NAVIGATION}
    assert lost(row, written, left_out) == {}
    assert written["accountId"] == row["userKey"]


def test_a_list_of_users_that_leads_to_itself_ends(data_center: RecordedDataCenter) -> None:
    answer = recorded("dc_user_list_limit_0_next_to_itself")
    before = len(data_center.requests)

    run = from_data_center(data_center, {"/rest/api/user/list": answer}, "users")

    asked = [r for r in data_center.requests[before:] if r.path == "/rest/api/user/list"]
    assert "users" not in run.records
    assert len(asked) < 5


def test_a_page_of_a_search_that_leads_back_only_is_the_last(
    data_center: RecordedDataCenter,
) -> None:
    path = "/rest/api/content/search"
    data_center.answers = {path: recorded("dc_search_next_without_id_limit")}
    with signals_left_alone():
        client = TapConfluence(config=settings_there(data_center)).run.client

    [row] = collect(client, ListRequest(path, {"limit": "1"}, "search"))

    written = records.attachment(row)
    assert (written["id"], written["title"], written["status"]) == ("att1", row["title"], None)


def test_a_search_tells_how_much_it_finds_and_where_it_goes_on(cloud: RecordedCloud) -> None:
    answer = recorded("cloud_v1_search_site")
    cloud.answers = {search.SITE_SEARCH: answer}
    with signals_left_alone():
        tap = TapConfluence(config=settings_of(cloud))

    assert search.counts(tap.run.reader, "type=page", tag="search") == [answer["totalSize"]]
    page = get_page(
        tap.run.client, ListRequest(search.SITE_SEARCH, {"cql": "type = page"}, "search")
    )
    assert page.next is not None
    [cursor] = parse_qs(answer["_links"]["next"])["cursor"]
    assert page.next.params["cursor"] == cursor
    assert page.items == answer["results"]


NOT_READ = {
    "cloud_v1_content_search_go": "has `<string>` in place of values",
}
"""The recorded answers that no test here reads, and why."""


def test_every_recorded_answer_is_read() -> None:
    there = {path.stem for path in (REFERENCE / RECORDED).glob("*.json")} if REFERENCE else set()
    if not there:
        pytest.skip("no recorded answers are at hand")
    read = set(re.findall(r'"((?:cloud|dc)\w*_\w+)"', Path(__file__).read_text()))

    assert there <= read
    assert there & NOT_READ.keys() == NOT_READ.keys()
