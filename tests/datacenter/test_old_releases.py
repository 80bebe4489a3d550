"""Releases from 7.0 on: what they can tell is read, and what they lack is said in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cli.check import cli
from tests.datacenter.runs import ClockedDataCenter, discovered, only, truth_of
from tests.demo_site import Wiki
from tests.forked import run_forked
from tests.running import run_tap

if TYPE_CHECKING:
    from collections.abc import Iterator

UNTOLD = {"attachment_footer_comments", "audit_records", "space_permissions"}
"""What a 7.4 does not tell of."""

IN_PART = {"users", "content_inventory"}
"""What it tells of in part: users who are in a group or met; comments on files are not listed."""


@pytest.fixture
def old() -> Iterator[ClockedDataCenter]:
    with ClockedDataCenter(Wiki.seeded(pages=20, seed=7), version="7.4.17") as site:
        yield site


def settings(site: ClockedDataCenter, **more: Any) -> dict[str, Any]:
    signed_in = {"username": site.username, "password": site.password}
    return {"base_url": site.base_url, "anchor_date": "2000-01-01", **signed_in, **more}


def test_what_it_can_tell_is_read(old: ClockedDataCenter) -> None:
    readable = [name for name in discovered() if name not in UNTOLD]
    truth = truth_of(old)

    first = run_tap(settings(old), catalog=only(*readable))
    page = old.wiki.edit_page()
    second = run_tap(settings(old), first.state, only(*readable))

    assert (first.exit_status, second.exit_status) == (0, 0), first.stderr
    for name in readable:
        if name not in IN_PART:
            assert set(first.keys(name)) == truth[name], name
        assert set(first.keys(name)) <= truth[name], name
    assert (page,) in second.keys("pages")


def test_what_it_lacks_is_said_in_one_line(old: ClockedDataCenter) -> None:
    run = run_forked(settings(old), program=cli)

    assert run.exit_status == 0, run.stderr
    [line] = [line for line in run.stdout.splitlines() if "older than" in line and "lacks" in line]
    assert "older than 7.18" in line
    assert all(name in line for name in ("scans", "a list of users", *UNTOLD))
    assert "Connection successful, found" in run.stdout


@pytest.mark.parametrize(
    ("version", "since", "has"),
    [("7.13.0", "7.18", ["audit_records"]), ("7.19.0", "8.4", ["audit_records", "scans"])],
)
def test_what_it_has_is_not_said_to_be_lacking(version: str, since: str, has: list[str]) -> None:
    with ClockedDataCenter(Wiki.seeded(pages=12, seed=7), version=version) as site:
        run = run_forked(settings(site), program=cli)

    [line] = [line for line in run.stdout.splitlines() if "lacks" in line]
    assert f"older than {since}" in line
    assert not any(name in line for name in has)


def test_no_right_opens_an_audit_log_that_is_not_there(old: ClockedDataCenter) -> None:
    run = run_tap(settings(old), catalog=only("audit_records"))

    [complaint] = run.complaints
    assert "'audit_records' needs a release that has an audit log" in complaint


def test_of_one_that_tells_its_number_nothing_is_said() -> None:
    with ClockedDataCenter(Wiki.seeded(pages=12, seed=7)) as site:
        assert "lacks" not in run_forked(settings(site), program=cli).stdout


def test_a_token_that_it_cannot_take_is_explained(old: ClockedDataCenter) -> None:
    config = {"base_url": old.base_url, "personal_access_token": old.personal_access_token}

    run = run_tap(config)

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert "before 7.9" in complaint
    assert "'username' and 'password'" in complaint
