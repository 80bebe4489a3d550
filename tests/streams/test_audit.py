"""The audit log: every record once, under the same id each time, oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.clock import DAY_MS, epoch_ms, iso
from tests.demo_site.datacenter import DataCenterSite
from tests.running import run_tap, settings_of
from tests.schemas.contract import Contract, HeldAgainstTheApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

AUDIT = "audit_records"
Site = DemoSite | DataCenterSite


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "audit_records": Contract(
            ("AuditRecord",),
            added={
                "id": "made of what the record says",
                "createdAt": "made of the creation date",
                "authorId": "made of the author",
                "affectedObject.id": "only Data Center has it",
            },
            left_out={"creationDate": "as createdAt"}
            | dict.fromkeys(
                (
                    *("author.operations", "author.username", "author.userKey", "author.accountId"),
                    *("author.accountType", "author.externalCollaborator", "author.publicName"),
                    *("author.isExternalCollaborator", "author.isGuest"),
                ),
                "said of users in the stream of users",
            ),
            api="v1",
        ),
    }


@pytest.fixture(params=[DemoSite, DataCenterSite])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with request.param(Wiki.seeded(pages=20, seed=3)) as site:
        yield site


def settings(site: Site, **more: Any) -> Json:
    """The settings that sign in to a site of either kind."""
    if isinstance(site, DemoSite):
        return settings_of(site, **more)
    token = {"base_url": site.base_url, "personal_access_token": site.personal_access_token}
    return {**token, "anchor_date": "2000-01-01", **more}


def read(site: Site, state: Json | None = None, **more: Any) -> Run:
    return run_tap(settings(site, **more), state, streams=(AUDIT,))


def moments(run: Run) -> list[str]:
    return [record["createdAt"] for record in run.records.get(AUDIT, [])]


def when(site: Site) -> list[str]:
    return sorted(iso(event.at) for event in site.wiki.audit.events)


def asked(site: Site) -> int:
    return site.count("/rest/api/audit") + site.count("/rest/auditing")


@pytest.mark.parametrize("page_size", [250, 3, 1])
def test_every_record_is_written_once_and_oldest_first(site: Site, page_size: int) -> None:
    run = read(site, page_size=page_size)

    assert run.exit_status == 0, run.complaints
    assert moments(run) == when(site)
    assert len(set(run.keys(AUDIT))) == len(site.wiki.audit.events)
    assert set(run.keys(AUDIT)) == site.truth()[AUDIT]


def test_records_that_say_the_same_of_the_same_moment_have_ids_of_their_own(site: Site) -> None:
    at = epoch_ms("2024-02-03T04:05:06.007Z")
    for _ in range(17):
        site.wiki.audit.note(at, "Twin", None)

    run, again = read(site, page_size=3), read(site, page_size=250)

    twins = [record["id"] for record in run.records[AUDIT] if record["summary"] == "Twin"]
    assert len(set(twins)) == 17
    assert run.keys(AUDIT) == again.keys(AUDIT)


def test_the_ids_are_the_same_for_those_who_changed_their_name(site: Site) -> None:
    first = read(site)

    for row in site.wiki.users[:4]:
        object.__setattr__(row, "name", f"{row.name} the Second")

    assert read(site).keys(AUDIT) == first.keys(AUDIT)


def test_a_quiet_day_costs_one_request(site: Site) -> None:
    state = read(site).state
    before = asked(site)
    last = max(event.at for event in site.wiki.audit.events)
    new = site.wiki.audit.note(last + DAY_MS, "Space removed", None)

    run = read(site, state)

    assert asked(site) - before == 1
    assert iso(new.at) == moments(run)[-1]
    assert run.state["bookmarks"][AUDIT]["replication_key_value"] == iso(new.at)


def test_what_is_logged_while_it_is_read_shifts_nothing(site: Site) -> None:
    old = when(site)
    log, count = site.wiki.audit, 0

    def log_more(_number: int, path: str) -> None:
        nonlocal count
        if "audit" in path:
            count += 1
            log.note(epoch_ms("2025-01-01T00:00:00.000Z") + count, "Meanwhile", None)

    site.faults.before_request = log_more
    run = read(site, page_size=2)
    site.faults.before_request = None

    assert [moment for moment in moments(run) if moment < "2025"] == old
    both = set(run.keys(AUDIT)) | set(read(site, run.state).keys(AUDIT))
    assert both == site.truth()[AUDIT]


def test_a_run_that_fails_goes_on_where_it_was(site: Site) -> None:
    page_size = 5 if isinstance(site, DemoSite) else 20
    last_but_one = _requests_of_a_whole_run(site, page_size=page_size) - 1
    number = 0

    def fail_late(_number: int, path: str) -> None:
        nonlocal number
        number += "audit" in path
        if number == last_but_one:
            site.faults.forbid("/rest/.*audit.*", 400)

    site.faults.before_request = fail_late
    failed = read(site, page_size=page_size)
    site.faults.clear()

    assert failed.exit_status == 1
    assert 0 < len(moments(failed)) < len(site.wiki.audit.events)
    rest = read(site, failed.state)
    assert len(rest.keys(AUDIT)) < len(site.wiki.audit.events)
    assert set(failed.keys(AUDIT)) | set(rest.keys(AUDIT)) == site.truth()[AUDIT]


def test_one_moment_may_have_more_records_than_an_answer(site: Site) -> None:
    at = epoch_ms("2024-02-03T04:05:06.007Z")
    for place in range(30):
        site.wiki.audit.note(at, "Import", None, f"Space {place}")

    run = read(site, page_size=4)

    assert sorted(moments(run)) == when(site)
    assert set(run.keys(AUDIT)) == site.truth()[AUDIT]


def test_a_site_that_does_not_heed_the_span_is_paged_through(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = site.wiki.audit
    everything = log.newest_first
    monkeypatch.setattr(log, "newest_first", lambda _first, _last: everything(0, 1 << 60))

    run = read(site, page_size=20)

    assert moments(run) == when(site)
    assert set(run.keys(AUDIT)) == site.truth()[AUDIT]


def test_a_site_that_gives_the_oldest_first_loses_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(site, DataCenterSite):
        pytest.skip("its cursors are made for the other order")
    log = site.wiki.audit
    newest_first = log.newest_first
    monkeypatch.setattr(log, "newest_first", lambda first, last: newest_first(first, last)[::-1])

    assert set(read(site, page_size=5).keys(AUDIT)) == site.truth()[AUDIT]


def test_only_what_is_after_the_start_date_is_read(site: Site) -> None:
    middle = when(site)[60][:10]

    run = read(site, anchor_date=middle)

    assert moments(run) == [moment for moment in when(site) if moment >= middle]


def test_filters_do_not_concern_it(site: Site) -> None:
    key = next(iter(site.wiki.spaces)).key

    assert set(read(site, space_keys=[key]).keys(AUDIT)) == site.truth()[AUDIT]


def test_an_empty_log_is_complete_and_has_no_bookmark(site: Site) -> None:
    site.wiki.audit.events.clear()

    run = read(site)

    assert run.exit_status == 0
    assert not run.records
    assert "replication_key_value" not in run.state["bookmarks"].get(AUDIT, {})


def test_an_account_that_is_no_administrator_is_told_so(site: Site) -> None:
    site.faults.forbid("/rest/.*audit.*", 403)

    run = read(site)

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert "'audit_records' needs the right of a Confluence administrator" in complaint


def test_it_is_not_read_unless_it_is_selected(site: Site) -> None:
    run = run_tap(settings(site))

    assert AUDIT not in run.records
    assert asked(site) == 0


def _requests_of_a_whole_run(site: Site, **more: Any) -> int:
    before = asked(site)
    read(site, **more)
    return asked(site) - before
