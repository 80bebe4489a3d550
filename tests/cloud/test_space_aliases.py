"""Spaces that were renamed: the settings take the alias that the browser shows, and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cli.check import cli
from tests.demo_site import DemoSite, Wiki
from tests.filtered_truth import filtered_truth
from tests.forked import run_forked
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMS = ("spaces", "pages", "page_labels", "page_footer_comments", "attachments")
ALIAS = "Engineering2"


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=40, seed=5)) as site:
        space_of(site, "ENG").alias = ALIAS
        yield site


def space_of(site: DemoSite, key: str) -> Any:
    return next(space for space in site.wiki.spaces if space.key == key)


def assert_brings(site: DemoSite, given: dict[str, Any], same: dict[str, Any]) -> None:
    """Make sure that settings bring what others leave of the wiki."""
    run = run_tap(settings_of(site, **given), streams=STREAMS)

    assert run.exit_status == 0, run.complaints
    truth = filtered_truth(site.wiki, **same)
    for stream in STREAMS:
        assert set(run.keys(stream)) == truth[stream], stream


@pytest.mark.each_value
@pytest.mark.parametrize("spelling", [ALIAS, ALIAS.upper(), ALIAS.lower(), "ENG", "eng"])
@pytest.mark.parametrize("name", ["space_keys", "exclude_space_keys"])
def test_a_space_is_named_by_its_alias_or_its_key(site: DemoSite, name: str, spelling: str) -> None:
    assert_brings(site, {name: [spelling]}, {name: ["ENG"]})


def test_aliases_and_keys_may_be_mixed(site: DemoSite) -> None:
    assert_brings(site, {"space_keys": [ALIAS, "OPS"]}, {"space_keys": ["ENG", "OPS"]})
    assert_brings(
        site,
        {"space_keys": [ALIAS, "OPS"], "exclude_space_keys": [ALIAS]},
        {"space_keys": ["OPS"]},
    )


@pytest.mark.parametrize("name", ["space_keys", "exclude_space_keys"])
def test_a_key_is_never_the_alias_of_another_space(site: DemoSite, name: str) -> None:
    space_of(site, "ENG").alias = "OPS"

    assert_brings(site, {name: ["OPS"]}, {name: ["OPS"]})
    assert_brings(site, {name: ["OPS", "ENG"]}, {name: ["OPS", "ENG"]})


def test_a_name_that_is_neither_is_still_refused(site: DemoSite) -> None:
    run = run_tap(settings_of(site, space_keys=[ALIAS, "Engineering3"]), streams=STREAMS)

    assert (run.exit_status, run.stdout) == (1, "")
    [complaint] = run.complaints
    assert "There is no space 'Engineering3', or" in complaint


def test_a_run_by_alias_goes_on_where_the_last_one_ended(site: DemoSite) -> None:
    config = settings_of(site, space_keys=[ALIAS])
    first = run_tap(config, streams=("pages",))

    second = run_tap(config, first.state)

    assert first.records["pages"]
    assert "pages" not in second.records


def test_the_check_counts_what_an_alias_selects(site: DemoSite) -> None:
    by_alias, by_key = (
        run_forked(settings_of(site, space_keys=[name]), program=cli) for name in (ALIAS, "ENG")
    )

    assert by_alias.exit_status == 0, by_alias.stderr
    assert by_alias.stdout == by_key.stdout
