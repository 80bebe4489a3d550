"""People are looked up by their account ids, as many at a time as the site allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tap_confluence.cloud.api.user_lookup import MOST_IDS, USERS, look_up
from tap_confluence.errors import RefusedError, RetriesExhaustedError, ScopeError
from tap_confluence.http import Basic, Client, RateLimit, StopFlag
from tests.demo_site import DemoSite, Wiki
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


@pytest.fixture
def client(site: DemoSite) -> Client:
    credentials = Basic(site.email, site.api_token)
    return Client(site.base_url, credentials, RateLimit(), StopFlag(), max_retries=2)


def test_those_whom_the_site_knows_are_found(site: DemoSite, client: Client) -> None:
    accounts = sorted(site.wiki.accounts)

    users = look_up(client, [*accounts, "nobody"], tag="users")

    assert sorted(user["accountId"] for user in users) == accounts
    assert {request.method for request in site.requests} == {"POST"}
    assert client.usage["users"].requests == 1


@pytest.mark.parametrize(("ids", "requests"), [(0, 0), (1, 1), (MOST_IDS, 1), (MOST_IDS + 1, 2)])
def test_no_request_names_more_than_the_site_takes(
    site: DemoSite, client: Client, ids: int, requests: int
) -> None:
    assert look_up(client, [f"nobody-{number}" for number in range(ids)], tag="users") == []

    assert site.count(USERS) == requests


@pytest.mark.parametrize("kind", ["503", "reset", "not-json", "429"])
def test_a_question_that_failed_is_asked_again(site: DemoSite, client: Client, kind: str) -> None:
    site.faults.fail_next(1, kind, USERS)

    with waits_skipped():
        users = look_up(client, site.wiki.accounts[:1], tag="users")

    assert [user["accountId"] for user in users] == site.wiki.accounts[:1]
    assert site.count(USERS) == 2


def test_a_question_that_keeps_failing_is_given_up(site: DemoSite, client: Client) -> None:
    site.faults.fail_next(9, "500", USERS)

    with waits_skipped(), pytest.raises(RetriesExhaustedError):
        look_up(client, ["nobody"], tag="users")


def test_a_refusal_says_why(site: DemoSite, client: Client) -> None:
    site.faults.deny_scope(USERS)
    with pytest.raises(ScopeError):
        look_up(client, ["nobody"], tag="users")

    site.faults.clear()
    site.faults.forbid(USERS, 400)
    with pytest.raises(RefusedError):
        look_up(client, ["nobody"], tag="users")
