"""Runs that overlap know of each other, and the newer one has nothing deleted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tap_confluence.locks import StreamLocks
from tests.demo_site import DemoSite, Wiki
from tests.incremental.warehouse import Warehouse
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SITE = "https://acme.atlassian.net/wiki"
STREAMS = ("labels", "groups")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


def test_a_run_alone_meets_nobody() -> None:
    with StreamLocks(SITE, STREAMS) as locks:
        assert locks.met == set()


def test_a_run_meets_those_that_are_going_on_in_the_streams_that_both_read() -> None:
    with StreamLocks(SITE, ["labels", "pages"]), StreamLocks(SITE, STREAMS) as second:
        with StreamLocks(SITE, STREAMS) as third:
            assert third.met == {"labels", "groups"}
        assert second.met == {"labels"}


def test_a_run_meets_nobody_who_has_ended() -> None:
    with StreamLocks(SITE, STREAMS):
        pass

    with StreamLocks(SITE, STREAMS) as later:
        assert later.met == set()


def test_runs_of_different_sites_do_not_meet() -> None:
    with StreamLocks(SITE, STREAMS), StreamLocks("https://wiki.example.com", STREAMS) as other:
        assert other.met == set()


def test_the_run_that_takes_its_locks_later_has_the_higher_version() -> None:
    early = StreamLocks(SITE, STREAMS)
    with StreamLocks(SITE, STREAMS) as first, early:
        assert early.version >= first.version


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_where_nothing_can_be_written_the_folder_for_temporary_files_serves(
    folder: Path,
) -> None:
    folder.chmod(0o500)

    with StreamLocks(SITE, STREAMS), StreamLocks(SITE, STREAMS) as second:
        assert second.met == set(STREAMS)


def test_where_the_folder_cannot_be_made_the_one_for_temporary_files_serves(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = folder / "file"
    in_the_way.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(in_the_way))

    with StreamLocks(SITE, STREAMS), StreamLocks(SITE, STREAMS) as second:
        assert second.met == set(STREAMS)


def test_a_newer_run_has_nothing_deleted_that_an_older_one_may_write_again(
    site: DemoSite,
) -> None:
    settings = settings_of(site)
    with StreamLocks(site.base_url, ["labels"]):
        newer = run_tap(settings, streams=STREAMS)

    assert newer.exit_status == 0
    assert newer.activated == {"groups"}
    [line] = [line for line in newer.log if "another run" in line]
    assert line.startswith("WARNING")
    assert line.endswith(": labels")


def test_the_run_after_it_has_deleted_what_is_gone(site: DemoSite) -> None:
    with StreamLocks(site.base_url, STREAMS):
        during = run_tap(settings_of(site), streams=STREAMS)
    gone = site.wiki.remove_group(site.wiki.groups[0].id)

    after = run_tap(settings_of(site), streams=STREAMS)

    warehouse = Warehouse()
    for run in (during, after):
        warehouse.load(run)
    assert (gone,) in during.keys("groups")
    assert warehouse.keys("groups") == site.truth()["groups"]
