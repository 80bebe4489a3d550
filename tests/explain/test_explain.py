"""What `tap-confluence-check --explain` says of one item, held against what a run brings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cli.check import cli
from tap_confluence.explain import Outcome, explain
from tap_confluence.tap import TapConfluence
from tests.datacenter import runs as datacenter
from tests.demo_site import DataCenterSite, DemoSite, GatewaySite, Wiki
from tests.demo_site.datacenter.extent import is_listed
from tests.demo_site.model import Attachment, BlogPost, Comment, Content, CustomContent, Page
from tests.explain.sites import Site, config_of, first_page, truth_of
from tests.filtered_truth import combinations
from tests.forked import run_forked
from tests.running import (
    everything,
    only,
    run_tap,
    settings_through,
    signals_left_alone,
)

if TYPE_CHECKING:
    from tests.running import Json, Run

TROUBLESHOOTING = Path(__file__).parents[2] / "docs" / "troubleshooting.md"

COMBINATIONS = 12
MOST_REQUESTS = 16
"""What an explanation may cost where no filter asks for more."""


def explained(
    site: Site,
    *item_ids: str,
    state: Json | None = None,
    catalog: Json | None = None,
    **settings: Any,
) -> list[tuple[Outcome, list[str]]]:
    with signals_left_alone():
        tap = TapConfluence(config=config_of(site, **settings), state=state, catalog=catalog)
    return [explain(tap.run, item_id) for item_id in item_ids]


def lines_of(site: Site, item_id: str, **settings: Any) -> list[str]:
    [(_, lines)] = explained(site, item_id, **settings)
    return lines


def command(site: Site, *arguments: str, **files: Json | None) -> Run:
    return run_forked(config_of(site), *arguments, program=cli, **files)


def stream_of(content: Content) -> str:
    """The stream that a content is a row of."""
    match content:
        case Page():
            return "pages"
        case BlogPost():
            return "blog_posts"
        case Attachment():
            return "attachments"
        case CustomContent():
            return "custom_content"
        case Comment(container=container):
            kinds = {Page: "page", BlogPost: "blog_post", Attachment: "attachment"}
            on = kinds.get(type(container), "custom_content")
            return f"{on}_{'inline' if content.inline else 'footer'}_comments"
    raise AssertionError(content)


def some_contents(wiki: Wiki, number: int) -> list[Content]:
    """A few of each kind and status, others for each number."""
    chosen: dict[tuple[str, str], Content] = {}
    for place, content in enumerate(c for contents in wiki.contents() for c in contents):
        if (place + number) % 3 == 0:
            chosen[stream_of(content), content.status] = content
    return list(chosen.values())


@pytest.mark.each_value
@pytest.mark.parametrize("number", range(COMBINATIONS))
def test_what_is_explained_as_extracted_is_what_the_filters_leave(site: Site, number: int) -> None:
    wiki = site.wiki
    filters = combinations(wiki, COMBINATIONS, seed=3)[number]
    on_server = isinstance(site, DataCenterSite)
    truth = truth_of(site, **filters)
    contents = [c for c in some_contents(wiki, number) if not on_server or is_listed(c)]
    spaces = list(wiki.spaces)

    catalog = datacenter.only(*datacenter.discovered()) if on_server else everything()
    told = explained(
        site, *(c.id for c in contents), *(s.key for s in spaces), catalog=catalog, **filters
    )

    expected = [(c.id,) in truth[stream_of(c)] for c in contents]
    expected += [(str(s.num),) in truth["spaces"] for s in spaces]
    assert [outcome is Outcome.EXTRACTED for outcome, _ in told] == expected


def test_a_tree_item_is_explained_as_its_stream_has_it(cloud: DemoSite) -> None:
    items = [item for items in cloud.wiki.tree_items.values() for item in items]
    truth = cloud.truth()

    told = explained(cloud, *(item.id for item in items), catalog=everything())

    assert {item.status for item in items} > {"current"}
    assert [outcome is Outcome.EXTRACTED for outcome, _ in told] == [
        (item.id,) in truth[f"{item.type}s"] for item in items
    ]


def test_it_says_where_an_item_is_and_what_lets_it_through(site: Site) -> None:
    page = first_page(site.wiki)
    space = site.wiki.spaces[page.space]

    [(outcome, lines)] = explained(site, page.id, space_keys=["ENG"], exclude_labels=["no-such"])

    assert outcome is Outcome.EXTRACTED
    assert lines[0].startswith(f'Page {page.id} "{page.title}": current, last modified ')
    assert f"- in space ENG ({space.name}, id {space.num}): global, current" in lines
    assert "- filter space_keys: passes" in lines
    assert "- filter exclude_labels: passes" in lines
    assert lines[-1] == "Extracted: the next run writes it to 'pages'."


def test_each_filter_that_leaves_an_item_out_is_named(site: Site) -> None:
    page = first_page(site.wiki, status="archived")
    filters: Json = {"space_keys": ["OPS"], "labels": ["no-such"], "content_statuses": ["current"]}

    [(outcome, lines)] = explained(site, page.id, **filters)

    assert outcome is Outcome.LEFT_OUT
    failing = {line.split()[2].rstrip(":") for line in lines if line.endswith("does not pass")}
    # What is elsewhere is not asked for its labels.
    assert {"space_keys", "content_statuses"} <= failing <= {*filters}
    assert all(name in lines[-1] for name in failing)


def test_a_comment_is_judged_by_what_it_is_on(site: Site) -> None:
    comment = next(c for c in site.wiki.inline_comments if isinstance(c.container, Page))

    [(outcome, lines)] = explained(
        site, comment.id, exclude_space_keys=[site.wiki.spaces[comment.container.space].key]
    )

    assert outcome is Outcome.LEFT_OUT
    assert f"- on page {comment.container.id}, {comment.container.status}" in lines
    assert "- filter exclude_space_keys: does not pass" in lines


def test_what_is_older_than_the_anchor_is_not_extracted(site: Site) -> None:
    page = first_page(site.wiki)

    [(outcome, lines)] = explained(site, page.id, anchor_date="2031-01-01")

    assert outcome is Outcome.LEFT_OUT
    [line] = [line for line in lines if line.startswith("- date: ")]
    assert line.startswith("- date: before 2031-01-01T00:00:00.000Z (anchor_date)")
    assert lines[-1] == "Not extracted: it is older than 'pages' starts."


def test_the_state_tells_what_an_earlier_run_has_written(site: Site) -> None:
    state = run_tap(config_of(site), streams=("pages",)).state
    page = first_page(site.wiki)

    [(outcome, lines)] = explained(site, page.id, state=state)

    bookmark = state["bookmarks"]["pages"]["replication_key_value"]
    assert outcome is Outcome.WRITTEN
    assert [line for line in lines if f"date: not after the bookmark {bookmark}" in line]
    [(outcome, _)] = explained(site, page.id, state=state, space_keys=["ENG"])
    assert outcome is Outcome.EXTRACTED, "with other filters the stream starts over"


def test_what_the_state_lists_as_failed_is_tried_again(site: Site) -> None:
    state = run_tap(config_of(site), streams=("pages",)).state
    page = first_page(site.wiki)
    state["bookmarks"]["pages"]["failed"] = {page.id: "2026-01-01T00:00:00.000Z"}

    [(outcome, lines)] = explained(site, page.id, state=state)

    assert outcome is Outcome.EXTRACTED
    assert [line for line in lines if "stream pages: selected, listed as failed" in line]


@pytest.mark.parametrize("kind", [DemoSite, DataCenterSite])
def test_a_change_after_the_bookmark_is_extracted(kind: type[Site]) -> None:
    with kind(Wiki.plain()) as site:
        edited, trashed = (p for p in list(site.wiki.pages)[2:4])
        state = run_tap(config_of(site), streams=("pages",)).state
        site.wiki.edit_page(edited.id)
        site.wiki.trash_page(trashed.id)

        told = explained(site, edited.id, trashed.id, state=state)

        assert [outcome for outcome, _ in told] == [Outcome.EXTRACTED, Outcome.EXTRACTED]
        assert "it has come to be trashed since" in "".join(told[1][1])
        run = run_tap(config_of(site), state, streams=("pages",))
        assert {(edited.id,), (trashed.id,)} <= set(run.keys("pages"))


def test_what_is_not_selected_is_not_extracted(site: Site) -> None:
    page = first_page(site.wiki)
    catalog = (datacenter if isinstance(site, DataCenterSite) else _Cloud).only("spaces")

    [(outcome, lines)] = explained(site, page.id, catalog=catalog)

    assert outcome is Outcome.LEFT_OUT
    assert lines[-1] == "Not extracted: 'pages' is not selected."


class _Cloud:
    only = staticmethod(only)


def test_an_attachment_is_found_with_and_without_its_letters(site: Site) -> None:
    file = next(a for a in site.wiki.attachments if is_listed(a))

    with_letters, without = explained(site, file.id, str(file.num))

    assert with_letters == without
    assert with_letters[1][0].startswith(f'Attachment {file.id} "{file.title}"')


def test_a_file_that_is_on_nothing_is_extracted_unless_there_are_filters() -> None:
    wiki = Wiki.plain()
    lost = next(iter(wiki.attachments))
    wiki.change(lost, lambda file: setattr(file, "container", None))
    with DemoSite(wiki) as site:
        [(without, _)] = explained(site, lost.id)
        [(with_filter, lines)] = explained(site, lost.id, exclude_labels=["no-such"])

    assert (without, with_filter) == (Outcome.EXTRACTED, Outcome.LEFT_OUT)
    assert (
        lines[-1] == "Not extracted: it does not pass what it is on, which is gone or not visible."
    )


def test_what_hides_is_listed_once(site: Site) -> None:
    state = run_tap(config_of(site), streams=("pages", "page_versions")).state
    trashed = first_page(site.wiki, status="trashed")
    before = len(site.requests)

    [(outcome, _)] = explained(site, trashed.id, state=state)

    assert outcome is Outcome.WRITTEN
    assert len(site.requests) - before <= MOST_REQUESTS


def test_a_space_is_found_by_its_key_and_its_id(site: Site) -> None:
    personal = next(space for space in site.wiki.spaces if space.type == "personal")

    by_key, by_id = explained(site, personal.key, str(personal.num))

    assert by_key == by_id
    assert by_key[1][0].startswith(f'Space {personal.num} "{personal.name}"')


@pytest.mark.parametrize("item_id", ["999999999", "att999999999", "NOSUCHSPACE"])
def test_an_unknown_id_is_one_line(site: Site, item_id: str) -> None:
    done = command(site, "--explain", item_id)

    assert done.exit_status == Outcome.LEFT_OUT
    [line] = done.stdout.splitlines()
    assert f"Nothing has the id {item_id} " in line
    assert done.stderr == ""


def test_what_is_forbidden_or_fails_is_told_from_what_is_not_there(site: Site) -> None:
    page, other = list(site.wiki.pages)[3:5]
    site.faults.forbid(rf"/(api/v2/pages|rest/api/content)/{page.id}", 403)
    site.faults.forbid(rf"/(api/v2/pages|rest/api/content)/{other.id}", 500)

    forbidden, failed = explained(site, page.id, other.id, max_retries=0)

    assert (forbidden[0], failed[0]) == (Outcome.LEFT_OUT, Outcome.LEFT_OUT)
    [line] = forbidden[1]
    assert f"forbids this account to see {page.id} (403" in line
    [line] = failed[1]
    assert f"fails for {other.id}" in line


def test_a_missing_scope_is_named() -> None:
    with GatewaySite(Wiki.plain()) as gateway:
        gateway.tokens.scopes -= {"read:comment:confluence"}
        comment = next(iter(gateway.wiki.footer_comments))
        with signals_left_alone():
            tap = TapConfluence(config=settings_through(gateway))

        outcome, [line] = explain(tap.run, comment.id)

    assert outcome is Outcome.LEFT_OUT
    assert "lacks the scope for: footer comment, inline comment" in line


def test_restrictions_are_told_as_far_as_the_site_tells_them(site: Site) -> None:
    restricted = {num for num, found in site.wiki.restrictions.items() if found}
    page = next(p for p in site.wiki.pages if p.num in restricted and p.status == "current")
    users = {
        r.principal_id
        for r in site.wiki.restrictions[page.num]
        if r.operation == "read" and r.principal_type == "user"
    }

    [line] = [line for line in lines_of(site, page.id) if "signed in as" in line]

    assert "may read it" in line
    assert not users or f"{len(users)} user" in line
    site.faults.forbid(rf"/rest/api/content/{page.id}/restriction.*", 403)
    [line] = [line for line in lines_of(site, page.id) if "signed in as" in line]
    assert line.endswith("the site does not tell whether it is restricted (403)")


def test_an_explanation_costs_a_few_requests(site: Site) -> None:
    contents = [c for c in some_contents(site.wiki, 0) if is_listed(c)]
    for item_id in [*(c.id for c in contents), "999999999", "ENG"]:
        before = len(site.requests)
        explained(site, item_id)

        assert len(site.requests) - before <= MOST_REQUESTS, item_id


def test_the_command_ends_with_what_becomes_of_the_item(site: Site) -> None:
    page = first_page(site.wiki)
    state = run_tap(config_of(site), streams=("pages",)).state

    extracted = command(site, "--explain", page.id)
    written = command(site, "--explain", page.id, state=state)
    left_out = run_forked(config_of(site, space_keys=["OPS"]), "--explain", page.id, program=cli)

    ends = [done.exit_status for done in (extracted, left_out, written)]
    assert ends == [Outcome.EXTRACTED, Outcome.LEFT_OUT, Outcome.WRITTEN]
    assert extracted.stdout.splitlines()[-1].startswith("Extracted:")
    assert "space_keys" in left_out.stdout.splitlines()[-1]


def test_the_documents_show_what_the_command_says(cloud: DemoSite) -> None:
    _, _, section = TROUBLESHOOTING.read_text().partition("\n## Why something is missing\n")
    [example] = re.findall(r"^```text\n\$ (.+?)\n(.+?)^```", section, re.DOTALL | re.MULTILINE)[:1]
    typed, shown = example
    item_id = typed.rpartition(" ")[2]

    lines = lines_of(cloud, item_id, space_keys=["ENG"], anchor_date="2024-01-01")

    assert typed == f"tap-confluence-check --config config.json --explain {item_id}"
    said = [
        line.replace(cloud.base_url, "https://your-company.atlassian.net/wiki") for line in lines
    ]
    assert shown.splitlines() == said
