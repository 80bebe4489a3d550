"""The messages of a run: valid, in order, and no more of them than needed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tap_confluence.cloud import STREAMS
from tests.demo_site import DemoSite, Wiki
from tests.incremental.runs import CONTENT
from tests.running import Run, everything, only, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=60, seed=7)) as site:
        yield site


@pytest.fixture(scope="module")
def run(site: DemoSite) -> Run:
    """One run of all streams, which the tests of this module look at."""
    return run_tap(settings_of(site), catalog=everything())


@pytest.fixture(scope="module")
def replies_apart() -> Iterator[Run]:
    """The same of a site whose lists of comments are without replies."""
    with DemoSite(Wiki.seeded(pages=30, seed=3), replies_in_lists=False) as site:
        yield run_tap(settings_of(site), catalog=everything())


def test_every_record_is_as_its_schema_says(run: Run, replies_apart: Run) -> None:
    for each in (run, replies_apart):
        validators: dict[str, Draft202012Validator] = {}
        for message in each.messages:
            if message["type"] == "SCHEMA":
                Draft202012Validator.check_schema(message["schema"])
                validators[message["stream"]] = Draft202012Validator(message["schema"])
            elif message["type"] == "RECORD":
                validators[message["stream"]].validate(message["record"])


def test_there_is_one_schema_message_a_stream(run: Run) -> None:
    names = [schema["stream"] for schema in run.schemas]

    assert sorted(names) == sorted(stream.name for stream in STREAMS)


def test_keys_and_bookmarks_are_declared(run: Run) -> None:
    declared = {entry["tap_stream_id"]: entry for entry in only()["streams"]}

    for schema in run.schemas:
        stream = declared[schema["stream"]]
        assert schema["key_properties"] == stream["key_properties"]
        bookmark = [stream["replication_key"]] if "replication_key" in stream else []
        assert schema.get("bookmark_properties", []) == bookmark


def test_every_time_of_change_is_written_the_same_way(run: Run) -> None:
    moments = {
        record["modifiedAt"]
        for stream in STREAMS
        for record in run.records[stream.name]
        if "modifiedAt" in record
    }

    assert len(moments) > 100
    assert all(MOMENT.fullmatch(moment) for moment in moments)


@pytest.mark.parametrize(
    ("parent", "owner", "child"),
    [
        ("pages", "pageId", "page_versions"),
        ("pages", "pageId", "page_labels"),
        ("pages", "pageId", "page_content_properties"),
        ("blog_posts", "blogPostId", "blog_post_versions"),
        ("attachments", "attachmentId", "attachment_versions"),
        ("spaces", "spaceId", "space_permissions"),
    ],
)
def test_the_children_of_an_item_are_written_right_before_it(
    run: Run, parent: str, owner: str, child: str
) -> None:
    family = [m for m in run.messages if m["type"] == "RECORD" and m["stream"] in {parent, child}]
    unclaimed: set[str] = set()

    for message in family:
        if message["stream"] == child:
            unclaimed.add(message["record"][owner])
        else:
            assert unclaimed <= {message["record"]["id"]}
            unclaimed.clear()
    assert not unclaimed


def test_details_carry_the_time_of_change_of_what_they_belong_to(run: Run) -> None:
    modified = {record["id"]: record["modifiedAt"] for record in run.records["pages"]}

    for child in ("page_versions", "page_content_properties"):
        for record in run.records[child]:
            assert record["modifiedAt"] == modified[record["pageId"]]


def test_a_reply_carries_the_comment_it_answers_and_the_page_it_is_on(replies_apart: Run) -> None:
    comments = replies_apart.records["page_footer_comments"]
    pages = {comment["id"]: comment["pageId"] for comment in comments}
    replies = [comment for comment in comments if comment.get("parentCommentId")]

    assert replies
    for reply in replies:
        assert reply["pageId"] == pages[reply["parentCommentId"]]


def test_the_state_does_not_grow_with_the_wiki(run: Run, site: DemoSite) -> None:
    for state in run.states:
        assert "partitions" not in json.dumps(state)
    assert len(json.dumps(run.state)) < 0.01 * len(run.stdout)
    assert set(run.state["bookmarks"]) <= {stream.name for stream in STREAMS}
    ids = {key[0] for key in site.truth()["pages"]}
    entries = run.state["bookmarks"].values()
    # That tells the highest id there is.
    others = [{k: v for k, v in each.items() if k != "reconciliation"} for each in entries]
    assert not ids & set(re.findall(r"\d{5,}", json.dumps(others)))


def test_streams_read_in_full_end_with_an_activate_version_message(run: Run) -> None:
    full = {e["tap_stream_id"] for e in only()["streams"] if "replication_key" not in e}
    # No run meets all people there are.
    full.remove("users")
    versions = {m["stream"]: m["version"] for m in run.messages if m["type"] == "ACTIVATE_VERSION"}

    assert set(versions) == full
    [version] = set(versions.values())
    for message in run.messages:
        if message["type"] == "RECORD":
            has_version = message["stream"] in {*full, *CONTENT, "tasks"}
            assert message.get("version") == (version if has_version else None)


def test_nothing_of_a_stream_comes_after_its_activate_version_message(run: Run) -> None:
    closed: set[str] = set()
    for message in run.messages:
        if message["type"] == "RECORD":
            assert message["stream"] not in closed
        elif message["type"] == "ACTIVATE_VERSION":
            assert message["stream"] not in closed
            closed.add(message["stream"])


def test_activate_version_messages_may_be_turned_off(site: DemoSite) -> None:
    run = run_tap(settings_of(site, emit_activate_version_messages=False), streams=("groups",))

    assert run.activated == set()
    assert all("version" not in m for m in run.messages if m["type"] == "RECORD")


def test_contexts_hold_the_id_of_the_owner_and_nothing_else(site: DemoSite) -> None:
    from tap_confluence.streams.parents import ParentStream  # noqa: PLC0415

    contexts: list[dict[str, Any]] = []
    generate = ParentStream.generate_child_contexts

    def listen(stream: ParentStream, record: Any, context: Any) -> Any:
        for child_context in generate(stream, record, context):
            contexts.append(dict(child_context))
            yield child_context

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ParentStream, "generate_child_contexts", listen)
        run_tap(settings_of(site), streams=("pages", "page_versions", "space_labels"))

    assert contexts
    assert {tuple(context) for context in contexts} == {("pageId",), ("spaceId",)}
