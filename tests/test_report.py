"""What a run reports at its end, and what somebody sees who looks on."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence import report
from tap_confluence.output import progress_line, turn
from tap_confluence.report import Report
from tests.datacenter import runs as datacenter
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.forked import run_forked
from tests.running import Run, only, run_tap, settings_of
from tests.terminal import SOON, Terminal, watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Json

COLUMNS = 80
SEEN = re.compile(r"\d\d:\d\d:\d\d (?!METRIC|Added|Skipping )")
LOGGED = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \| (DEBUG|INFO|WARNING|ERROR) +\| \S+ +\| "
)
CHILDREN = ("page_labels", "page_versions", "page_content_properties")

STRUCTURED_LOG = """
version: 1
disable_existing_loggers: false
formatters:
  structured:
    (): singer_sdk.logging.StructuredFormatter
handlers:
  stderr:
    class: logging.StreamHandler
    formatter: structured
    stream: ext://sys.stderr
root:
  level: INFO
  handlers: [stderr]
"""


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.seeded(pages=20, seed=7)


def line_of(run: Run, name: str) -> str:
    """The one line that a run reports of a stream, or of what it needed besides."""
    [line] = [line for line in run.log if line.startswith(f"INFO | tap-confluence | {name}: ")]
    return line.removeprefix(f"INFO | tap-confluence | {name}: ")


def completeness(run: Run) -> list[str]:
    return [line for line in run.log if "Completeness" in line]


def counts(site: DemoSite) -> int:
    """How often the site was asked to count its pages or its blog posts."""
    asked = [request.query.get("cql") for request in site.requests]
    return sum(query in (["type=page"], ["type=blogpost"]) for query in asked)


def current(wiki: Wiki) -> tuple[int, int]:
    """How many current pages and blog posts there are."""
    pages, posts = (
        sum(content.status == "current" for content in contents)
        for contents in (wiki.pages, wiki.blog_posts)
    )
    return pages, posts


def test_each_stream_has_one_line_with_the_rows_that_were_written(site: DemoSite) -> None:
    run = run_tap(settings_of(site))

    for schema in run.schemas:
        name = schema["stream"]
        rows = len(run.records.get(name, []))
        assert re.match(rf"{rows} rows\b", line_of(run, name)), name
    rows = sum(map(len, run.records.values()))
    assert line_of(run, "In all").startswith(f"{rows} rows, {len(site.requests)} requests (")


def test_what_is_not_selected_has_no_line(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=("groups",))

    assert re.match(
        r"\d+ rows, 1 requests \(\d+ points of quota\), 0 retries", line_of(run, "groups")
    )
    assert not [line for line in run.log if "| pages: " in line]
    assert line_of(run, "sign-in").startswith("2 requests")


def test_a_stream_that_costs_no_request_of_its_own_says_none(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=("pages", *CHILDREN))

    assert line_of(run, "page_labels") == f"{len(run.records['page_labels'])} rows"


def test_rows_that_a_stream_map_leaves_out_are_not_counted(site: DemoSite) -> None:
    maps = {"labels": {"__filter__": "False"}, "groups": {"name": "name"}}

    run = run_tap(settings_of(site, stream_maps=maps), streams=("labels", "groups"))

    assert line_of(run, "labels").startswith("0 rows")
    assert line_of(run, "groups").startswith(f"{len(run.records['groups'])} rows")


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_rows_of_batch_files_are_counted(site: DemoSite, tmp_path: Path, kind: str) -> None:
    batches = {
        "encoding": {"format": kind, "compression": "gzip"},
        "storage": {"root": tmp_path.as_uri()},
    }

    run = run_tap(settings_of(site, batch_config=batches), streams=("pages", "page_versions"))

    assert line_of(run, "pages").startswith(f"{len(site.truth()['pages'])} rows")
    assert line_of(run, "page_versions").startswith(f"{len(site.truth()['page_versions'])} rows")


def test_the_bookmark_is_told_before_and_after(site: DemoSite) -> None:
    first = run_tap(settings_of(site), streams=("pages", "groups"))
    before = first.state["bookmarks"]["pages"]["replication_key_value"]
    site.wiki.edit_page()
    second = run_tap(settings_of(site), state=first.state, streams=("pages", "groups"))
    after = second.state["bookmarks"]["pages"]["replication_key_value"]

    assert before < after
    assert f"bookmark none -> {before}, last whole" in line_of(first, "pages")
    assert f"bookmark {before} -> {after}, last whole" in line_of(second, "pages")
    assert "bookmark" not in line_of(second, "groups")


def test_skipped_items_are_told_by_reason(site: DemoSite) -> None:
    gone, forbidden, *_ = sorted({key[0] for key in site.truth()["page_versions"]})
    site.faults.forbid(f"/api/v2/pages/{gone}", 404)
    site.faults.forbid(f"/api/v2/pages/{forbidden}", 403)

    run = run_tap(settings_of(site), streams=("pages", *CHILDREN))

    assert run.exit_status == 0
    assert "skipped 1 forbidden, 1 gone" in line_of(run, "pages")
    assert [line for line in run.log if "Skipped 2 of 'pages': 1 forbidden, 1 gone" in line]


def test_an_item_that_the_site_fails_for_is_told_to_have_failed(wiki: Wiki) -> None:
    with DataCenterSite(wiki) as site:
        poisoned = min(int(key[0]) for key in site.truth()["pages"])
        site.faults.poison(str(poisoned))
        run = datacenter.sync(site, catalog=datacenter.only("pages"), max_retries=0)

    assert "skipped 1 failed" in line_of(run, "pages")


def test_a_failed_run_reports_too(site: DemoSite) -> None:
    site.faults.deny_scope("/api/v2/tasks")

    run = run_tap(settings_of(site), streams=("tasks", "groups"))

    assert run.exit_status == 1
    assert line_of(run, "tasks").startswith("0 rows, 1 requests")
    assert line_of(run, "In all")


def test_a_log_of_json_has_the_figures_as_fields(site: DemoSite, tmp_path: Path) -> None:
    (tmp_path / "log.yml").write_text(STRUCTURED_LOG)
    environment = {"SINGER_SDK_LOG_CONFIG": str(tmp_path / "log.yml")}
    gone = min(key[0] for key in site.truth()["page_versions"])
    site.faults.forbid(f"/api/v2/pages/{gone}", 404)

    run = run_forked(settings_of(site), catalog=only("pages", *CHILDREN), environment=environment)

    # The first lines are logged before the settings of the log are read.
    entries = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
    [pages] = [
        entry for entry in entries if entry["stream_name"] == "pages" and "rows" in entry["extra"]
    ]
    state = run.state["bookmarks"]["pages"]["replication_key_value"]
    cost = {"requests", "points", "retries", "rate_limited"}
    bookmarks = {"bookmark_from", "bookmark_to", "last_whole"}
    assert pages["extra"].keys() == {"rows", *cost, "skipped", *bookmarks}
    assert pages["extra"]["rows"] == len(run.records["pages"])
    assert pages["extra"]["skipped"] == {"gone": 1}
    assert pages["extra"]["bookmark_from"] is None
    assert pages["extra"]["bookmark_to"] == state
    [in_all] = [entry["extra"] for entry in entries if entry["message"].startswith("In all")]
    assert in_all["rows"] == sum(map(len, run.records.values()))
    assert in_all["requests"] == len(site.requests)
    assert in_all["pauses"] == 0


def test_a_first_run_is_compared_with_what_a_search_counts(site: DemoSite, wiki: Wiki) -> None:
    pages, posts = current(wiki)

    run = run_tap(settings_of(site), streams=("pages", "content_inventory"))

    assert [line.partition("Completeness: ")[2] for line in completeness(run)] == [
        f"{pages} current pages in this run, about {pages} by the site's search",
        f"{posts} current blog posts in this run, about {posts} by the site's search",
    ]
    assert pages < len(wiki.pages)


def test_what_lies_in_archived_spaces_is_counted_on_both_sides(site: DemoSite, wiki: Wiki) -> None:
    for space in wiki.spaces:
        space.status = "archived"
    pages, _ = current(wiki)

    run = run_tap(settings_of(site), streams=("content_inventory",))

    assert f"{pages} current pages in this run, about {pages} by" in completeness(run)[0]


def test_a_run_of_changes_asks_for_no_comparison(site: DemoSite) -> None:
    first = run_tap(settings_of(site), streams=("pages", "content_inventory"))
    asked = counts(site)

    second = run_tap(settings_of(site), state=first.state, streams=("pages", "content_inventory"))

    assert completeness(second) == []
    assert counts(site) == asked == 2


@pytest.mark.parametrize(
    ("streams", "more"),
    [
        (("pages",), {}),
        (("content_inventory",), {"content_statuses": ["archived"]}),
        (("content_inventory",), {"include_archived_spaces": False}),
    ],
    ids=["without the inventory", "without current pages", "of some spaces"],
)
def test_a_run_that_does_not_know_all_is_not_compared(
    site: DemoSite, streams: tuple[str, ...], more: Json
) -> None:
    run = run_tap(settings_of(site, **more), streams=streams)

    assert run.exit_status == 0
    assert completeness(run) == []


@pytest.mark.parametrize("kind", ["scope", "403", "500"])
def test_a_site_that_does_not_search_is_not_compared_and_the_run_is_good(
    site: DemoSite, kind: str
) -> None:
    if kind == "scope":
        site.faults.deny_scope("/rest/api/search")
    elif kind == "403":
        site.faults.forbid("/rest/api/search", 403)
    else:
        site.faults.fail_next(100, kind, "/rest/api/search")

    types = list(site.wiki.custom_types)
    config = settings_of(site, max_retries=0, custom_content_types=types)
    run = run_tap(config, streams=("content_inventory",))

    assert run.exit_status == 0
    assert completeness(run) == []
    assert run.activated == {"content_inventory"}


def test_data_center_is_compared_too(wiki: Wiki) -> None:
    pages, _ = current(wiki)

    with DataCenterSite(wiki) as site:
        run = datacenter.sync(site, catalog=datacenter.only("content_inventory"))

    assert f"{pages} current pages in this run, about {pages} by" in completeness(run)[0]


def test_on_a_terminal_the_report_is_a_table(site: DemoSite, tmp_path: Path) -> None:
    gone = min(key[0] for key in site.truth()["page_versions"])
    site.faults.forbid(f"/api/v2/pages/{gone}", 404)
    terminal = Terminal()

    run = watch(tmp_path, settings_of(site), only("pages", *CHILDREN), terminal)

    assert run.exit_status == 0
    assert {message["type"] for message in run.messages} >= {"SCHEMA", "RECORD", "STATE"}
    [start] = [i for i, line in enumerate(terminal.lines) if line.startswith("stream ")]
    shown = terminal.lines[start:-1]
    assert shown[0].split() == ["stream", "rows", "requests", "bookmark", "whole", "skipped"]
    assert [line.split()[0] for line in shown[1:]] == [
        *("page_content_properties", "page_labels", "page_versions", "pages", "sign-in", "in")
    ]
    assert shown[4].split()[1] == str(len(run.records["pages"]))
    after = run.state["bookmarks"]["pages"]["replication_key_value"]
    moment = after[: len("2024-01-31T00:00")].replace("T", " ")
    whole = run.state["bookmarks"]["pages"]["reconciliation"]["lastWholeRead"]
    assert shown[4].split()[3:] == [*moment.split(), whole[: len("2024-01-31")], "1", "gone"]
    assert shown[6].split() == [
        *("in", "all", f"{sum(map(len, run.records.values())):,}", str(len(site.requests))),
        *("1", "gone"),
    ]
    assert max(map(len, shown)) <= COLUMNS
    assert "In all: " in terminal.lines[-1]
    assert not [line for line in terminal.lines if "| pages: " in line]


def test_on_a_terminal_a_line_below_the_log_tells_how_far_the_run_is(
    site: DemoSite, tmp_path: Path
) -> None:
    terminal = Terminal()
    seen: list[bool] = []

    def hold(_: int, path: str) -> None:
        if path == "/api/v2/tasks":
            seen.append(terminal.wait_for("requests"))

    site.faults.before_request = hold
    run = watch(tmp_path, settings_of(site), only("groups", "labels", "tasks"), terminal)

    assert seen == [True]
    assert re.search(r"\r\d[\d,]* rows in \d\d:\d\d, \d+ requests", terminal.text)
    assert run.exit_status == 0
    assert set(run.records) == {"groups", "labels", "tasks"}
    start = next(i for i, line in enumerate(terminal.lines) if line.startswith("stream "))
    for line in [*terminal.lines[:start], terminal.lines[-1]]:
        assert SEEN.match(line), line


def test_whoever_configures_the_log_gets_lines_on_a_terminal_as_well(
    site: DemoSite, tmp_path: Path
) -> None:
    (tmp_path / "log.yml").write_text(STRUCTURED_LOG)
    terminal = Terminal()
    log = {"SINGER_SDK_LOG_CONFIG": str(tmp_path / "log.yml")}

    watch(tmp_path, settings_of(site), only("groups"), terminal, **log)

    entries: list[Any] = [json.loads(line) for line in terminal.lines if line.startswith("{")]
    assert [entry for entry in entries if entry["message"].startswith("groups: ")]
    assert "rows in" not in terminal.text


def test_a_warning_on_a_terminal_is_called_one(site: DemoSite, tmp_path: Path) -> None:
    gone = min(key[0] for key in site.truth()["page_versions"])
    site.faults.forbid(f"/api/v2/pages/{gone}", 404)
    terminal = Terminal()

    watch(tmp_path, settings_of(site), only("pages", *CHILDREN), terminal)

    told = [line for line in terminal.lines if "Skipped 1 of 'pages'" in line]
    assert [SEEN.sub("", line) for line in told] == ["WARNING: Skipped 1 of 'pages': 1 gone"]


def test_who_wants_to_debug_sees_all_of_the_log_on_a_terminal(
    site: DemoSite, tmp_path: Path
) -> None:
    terminal = Terminal()

    watch(tmp_path, settings_of(site), only("groups"), terminal, TAP_CONFLUENCE_LOGLEVEL="DEBUG")

    assert [line for line in terminal.lines if "| METRIC: " in line and LOGGED.match(line)]


def test_without_a_terminal_nothing_is_drawn(site: DemoSite) -> None:
    run = run_forked(settings_of(site), catalog=only("groups"))

    assert "\r" not in run.stderr
    assert all(LOGGED.match(line) for line in run.stderr.splitlines())


def test_who_wants_warnings_only_gets_no_report(site: DemoSite, tmp_path: Path) -> None:
    terminal = Terminal()

    watch(tmp_path, settings_of(site), only("groups"), terminal, TAP_CONFLUENCE_LOGLEVEL="WARNING")

    assert terminal.text == ""


def test_the_log_tells_how_far_a_stream_is_and_how_long_it_will_still_take(
    site: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once(monkeypatch)
    held = asked_late(site, r"/api/v2/pages/\d+", monkeypatch)

    run = run_tap(settings_of(site, max_concurrency=1), catalog=only("pages", "page_versions"))

    found = len([page for page in site.wiki.pages if page.status == "current"])
    said = rf"pages: \d+ of about {found} items, about \d+ s left$"
    assert held
    assert any(re.search(said, line) for line in progress(run))


def test_what_has_changed_is_counted_when_it_is_listed(
    site: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run_tap(settings_of(site), catalog=only("pages", "page_versions"))
    for page in [page for page in site.wiki.pages if page.status == "current"][:5]:
        site.wiki.edit_page(page.id)
    at_once(monkeypatch)
    before = len(site.requests)
    asked_late(site, r"/api/v2/pages/\d+", monkeypatch)

    run = run_tap(settings_of(site, max_concurrency=1), first.state, only("pages", "page_versions"))

    assert any(re.search(r"pages: [1-5] of 5 items", line) for line in progress(run))
    assert not [r for r in site.requests[before:] if "cql" in r.query], "nothing was asked for it"


@pytest.mark.parametrize("deployment", [DemoSite, DataCenterSite])
def test_of_groups_it_is_known_how_many_there_are(
    deployment: type[DemoSite | DataCenterSite], monkeypatch: pytest.MonkeyPatch
) -> None:
    with deployment(Wiki.plain()) as site:
        at_once(monkeypatch)
        asked_late(site, r"/rest/api/group/.+", monkeypatch)
        config = settings_of(site) if isinstance(site, DemoSite) else datacenter.settings_of(site)

        run = run_tap({**config, "max_concurrency": 1}, catalog=only("group_members"))

    assert any(re.search(r"group_members: \d+ of \d+ items, about", line) for line in progress(run))


def test_where_nobody_counts_it_says_what_is_known(
    site: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.faults.break_path("/rest/api/search", "500")
    at_once(monkeypatch)
    asked_late(site, r"/api/v2/pages/\d+", monkeypatch)

    run = run_tap(settings_of(site, max_concurrency=1), catalog=only("pages", "page_versions"))

    assert any(re.search(r"pages: \d+ items$", line) for line in progress(run))
    assert run.exit_status == 0


def asked_late(
    site: DemoSite | DataCenterSite, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Have the site answer what matches a pattern once somebody looks on, and list it."""
    looked, held, look = threading.Condition(), [], Report.look
    looks = 0

    def counted(self: Report) -> tuple[int, str]:
        nonlocal looks
        with looked:
            looks += 1
            looked.notify_all()
        return look(self)

    def hold(_: int, path: str) -> None:
        if re.fullmatch(pattern, path):
            held.append(path)
            with looked:
                enough = looks + 1
                looked.wait_for(lambda: looks >= enough, SOON)

    monkeypatch.setattr(Report, "look", counted)
    site.faults.before_request = hold
    return held


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the log tell without delay what it tells each minute."""
    monkeypatch.setattr(progress_line, "SECONDS_BETWEEN_LINES", 0.01)
    for module in (turn, report):
        monkeypatch.setattr(module, "FEW_SECONDS", 0.0)


def progress(run: Run) -> list[str]:
    return [line for line in run.log if "So far: " in line]
