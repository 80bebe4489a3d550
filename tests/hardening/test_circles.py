"""What leads back to where one has been is not followed for ever."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import Wiki
from tests.hardening.distortion import Answer, Distortion
from tests.hardening.odd_sites import MOST_REQUESTS, OddCloud, OddDataCenter, settings_for
from tests.running import everything, only, run_tap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.running import Run

Row = dict[str, Any]


@dataclass(frozen=True)
class Rewritten(Distortion):
    """Changes all objects in what it answers."""

    rewrite: Callable[[str, Row], object] = lambda *_: None

    def of(self, target: str, answer: Answer) -> Answer:
        try:
            payload = json.loads(answer.body)
        except ValueError:
            return answer
        for row in list(_objects(payload)):
            self.rewrite(target, row)
        return Answer(answer.status, answer.headers, json.dumps(payload).encode())


@dataclass(frozen=True)
class Stuck(Distortion):
    """Gives the first page of a list at each place of it, and leads on to ever new ones."""

    pages: dict[str, Row] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def of(self, target: str, answer: Answer) -> Answer:
        path = target.partition("?")[0]
        if path != self.under:
            return answer
        page = self.pages.setdefault(path, json.loads(answer.body))
        cursor = f"content:false:{next(self.numbers)}"
        page = {**page, "_links": {"next": f"?cursor={cursor}"}, "nextCursor": cursor}
        return Answer(200, answer.headers, json.dumps(page).encode())


def _objects(payload: Any) -> Iterator[Row]:
    values = payload if isinstance(payload, list) else []
    if isinstance(payload, dict):
        yield payload
        values = list(payload.values())
    for value in values:
        yield from _objects(value)


@pytest.fixture
def cloud() -> Iterator[OddCloud]:
    with OddCloud(Wiki.plain(pages=12, seed=7)) as site:
        yield site


@pytest.fixture
def data_center() -> Iterator[OddDataCenter]:
    with OddDataCenter(Wiki.plain(pages=12, seed=7)) as site:
        yield site


def run_on(site: OddCloud | OddDataCenter, distortion: Distortion, **more: Any) -> Run:
    site.distortion = distortion
    run = run_tap(settings_for(site, **more), catalog=everything())
    assert len(site.requests) < MOST_REQUESTS
    assert "Traceback" not in run.stderr
    return run


@pytest.mark.parametrize("distance", [0, 1, 2])
def test_comments_that_are_on_each_other_are_on_nothing_that_is_wanted(
    data_center: OddDataCenter, distance: int
) -> None:
    comments = sorted(comment.id for comment in data_center.wiki.footer_comments)[:3]
    on = {c: comments[(n + distance) % len(comments)] for n, c in enumerate(comments)}

    def rewrite(_: str, row: Row) -> None:
        if row.get("type") == "comment":
            row["container"] = {"id": on.get(str(row.get("id")), comments[0]), "type": "comment"}

    key = next(iter(data_center.wiki.spaces)).key
    run = run_on(data_center, Rewritten(0, 1.0, (), rewrite=rewrite), space_keys=[key])

    assert run.exit_status == 0
    assert not run.keys("page_footer_comments")
    assert run.keys("pages")


@pytest.mark.parametrize("distance", [0, 1])
def test_custom_content_that_is_on_itself_is_on_nothing_that_is_wanted(
    cloud: OddCloud, distance: int
) -> None:
    contents = sorted(content.id for content in cloud.wiki.custom_content)
    on = {c: contents[(n + distance) % len(contents)] for n, c in enumerate(contents)}

    def rewrite(_: str, row: Row) -> None:
        if str(row.get("id")) in on:
            for name in ("pageId", "blogPostId", "spaceId"):
                row.pop(name, None)
            row["customContentId"] = on[str(row["id"])]

    key = next(iter(cloud.wiki.spaces)).key
    run = run_on(cloud, Rewritten(0, 1.0, (), rewrite=rewrite), space_keys=[key])

    assert run.exit_status == 0
    assert not run.keys("custom_content")
    assert run.keys("pages")


def test_replies_that_answer_each_other_are_read_once(cloud: OddCloud) -> None:
    cloud.replies_in_lists = False

    def rewrite(target: str, row: Row) -> None:
        asked = re.match(r"/api/v2/\w+-comments/(\w+)/children", target)
        if asked and isinstance(row.get("results"), list):
            row["results"] = [{"id": asked[1]}, *row["results"]]

    run = run_on(cloud, Rewritten(0, 1.0, (), rewrite=rewrite))

    truth = cloud.truth()["page_footer_comments"]
    assert set(run.keys("page_footer_comments")) == truth


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v2/pages", "/api/v2/attachments", "/api/v2/labels", "/api/v2/spaces"),
        *("/api/v2/footer-comments", "/rest/api/group"),
    ],
)
def test_a_list_of_the_cloud_that_begins_anew_ends_the_run(cloud: OddCloud, path: str) -> None:
    assert_out_of_reach(run_on(cloud, Stuck(0, 1.0, (), path)), path)


@pytest.mark.parametrize("path", ["/rest/api/content/scan", "/rest/api/space", "/rest/api/group"])
def test_a_list_of_data_center_that_begins_anew_ends_the_run(
    data_center: OddDataCenter, path: str
) -> None:
    data_center.faults.caps = {"bare": 5, "expand": 5, "body": 5, "export": 5}
    assert_out_of_reach(run_on(data_center, Stuck(0, 1.0, (), path)), path)


def test_a_scan_whose_cursor_comes_again_is_not_taken_for_whole(
    data_center: OddDataCenter,
) -> None:
    data_center.faults.caps = {"bare": 5, "expand": 5, "body": 5, "export": 5}

    def rewrite(target: str, row: Row) -> None:
        if "/content/scan" in target and "nextCursor" in row and row["nextCursor"]:
            row["nextCursor"] = "content:false:1"

    run = run_on(data_center, Rewritten(0, 1.0, (), rewrite=rewrite))

    assert_out_of_reach(run, "/rest/api/content/scan")


AUDIT = {OddCloud: "/rest/api/audit", OddDataCenter: "/rest/auditing/1.0/events"}


@dataclass(frozen=True)
class StuckLog(Distortion):
    """Gives the first page of the audit log whatever is asked for, as if it led on for ever."""

    pages: dict[str, Row] = field(default_factory=dict)

    def of(self, target: str, answer: Answer) -> Answer:
        path = target.partition("?")[0]
        if path != self.under:
            return answer
        page = self.pages.setdefault(path, json.loads(answer.body))
        if "entities" not in page:
            page = {**page, "_links": {"next": f"{path}?start=4"}}
        return Answer(200, answer.headers, json.dumps(page).encode())


@pytest.mark.parametrize("kind", [OddCloud, OddDataCenter])
def test_an_audit_log_that_leads_in_a_circle_is_said_to_be_incomplete(
    kind: type[OddCloud | OddDataCenter],
) -> None:
    with kind(Wiki.seeded(pages=12, seed=7)) as site:
        whole = run_tap(settings_for(site), streams=("audit_records",))
        assert len(whole.keys("audit_records")) > 20
        site.distortion = StuckLog(0, 1.0, (), AUDIT[kind])

        run = run_tap(settings_for(site, page_size=2), streams=("audit_records",))

        assert run.exit_status == 0
        found = set(run.keys("audit_records"))
        assert found
        assert found < set(whole.keys("audit_records"))
        [line] = [line for line in run.log if "WARNING" in line]
        assert "The audit log leads in a circle" in line
        assert "'audit_records' is incomplete" in line
        assert not run.state["bookmarks"].get("audit_records", {}).get("replication_key_value")
        site.distortion = None
        rest = run_tap(settings_for(site), run.state, only("audit_records"))
        assert set(rest.keys("audit_records")) == set(whole.keys("audit_records"))


def assert_out_of_reach(run: Run, path: str) -> None:
    """The run has failed with one line about the list, and takes nothing for deleted."""
    assert run.exit_status == 1
    [complaint] = run.complaints
    assert path in complaint
    assert "out of reach" in complaint
    assert run.activated == set()
