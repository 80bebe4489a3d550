"""References in readable bodies lead to where they should, with hardly a request more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tap_confluence.http import Client
from tests.datacenter.runs import only
from tests.datacenter.runs import sync as sync_data_center
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.demo_site.datacenter.people import username
from tests.running import Run, run_tap, settings_of

if TYPE_CHECKING:
    from tap_confluence.http.client import Answer
    from tests.demo_site.model import User

USERS = "/api/v2/users-bulk"
WITH_BODIES = (
    *("pages", "blog_posts", "page_footer_comments", "page_inline_comments"),
    *("blog_post_footer_comments", "blog_post_inline_comments"),
)
READABLE: dict[str, Any] = {"body_markdown": True, "body_text": True}
ADDRESS = re.compile(r"\]\(([^)]*)\)")
MENTIONED = re.compile(r'ri:(?:account-id|userkey)="([^"]+)"')


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.seeded(pages=40, seed=7)


def records_of(run: Run) -> list[dict[str, Any]]:
    return [record for stream in WITH_BODIES for record in run.records[stream]]


def found(wiki: Wiki, account_id: str) -> User:
    return next(user for user in wiki.users if user.account_id == account_id)


def storage_of(record: dict[str, Any]) -> str:
    return str(record["body"]["storage"]["value"])


def test_people_pages_and_files_have_names_and_addresses(site: DemoSite, wiki: Wiki) -> None:
    run = run_tap(settings_of(site, **READABLE), streams=WITH_BODIES)

    assert run.exit_status == 0
    names = {user.account_id: user.name for user in wiki.users}
    keys = {str(space.num): space.key for space in wiki.spaces}
    mentions = 0
    for record in records_of(run):
        addresses = ADDRESS.findall(record["bodyMarkdown"])
        assert all(address.startswith(f"{site.base_url}/") for address in addresses)
        for account in MENTIONED.findall(storage_of(record)):
            mentions += 1
            assert f"{site.base_url}/people/{account}" in record["bodyMarkdown"]
            assert f"@{names[account]}" in record["bodyText"]
        assert "https://" not in record["bodyText"]
    assert mentions
    page = next(p for p in run.records["pages"] if "ri:content-title" in storage_of(p))
    space = f"{site.base_url}/display/{quote(keys[page['spaceId']], safe='~')}"
    assert f"({space}/" in page["bodyMarkdown"]
    page = next(p for p in run.records["pages"] if "ri:filename" in storage_of(p))
    assert f"({site.base_url}/download/attachments/{page['id']}/" in page["bodyMarkdown"]


def test_people_are_looked_up_together_and_once_a_run(site: DemoSite) -> None:
    run_tap(settings_of(site, **READABLE), streams=WITH_BODIES)

    assert 1 <= site.count(USERS) <= len(WITH_BODIES)
    assert site.count("/api/v2/spaces") == 0


def test_whoever_wants_no_readable_bodies_pays_for_no_look_up(site: DemoSite) -> None:
    run_tap(settings_of(site), streams=WITH_BODIES)
    run_tap(settings_of(site, **READABLE), streams=("page_versions", "page_labels"))

    assert site.count(USERS) == 0


@pytest.mark.parametrize("why", ["scope", "403", "404"])
def test_people_who_may_not_be_read_stay_ids_and_the_run_goes_on(site: DemoSite, why: str) -> None:
    if why == "scope":
        site.faults.deny_scope(USERS)
    else:
        site.faults.forbid(USERS, int(why))

    run = run_tap(settings_of(site, **READABLE), streams=WITH_BODIES)

    assert run.exit_status == 0
    assert {stream: set(run.keys(stream)) for stream in WITH_BODIES} == {
        stream: site.truth()[stream] for stream in WITH_BODIES
    }
    assert sum("read:user:confluence" in line for line in run.log) == 1
    assert site.count(USERS) == 1
    for record in records_of(run):
        for account in MENTIONED.findall(storage_of(record)):
            assert f"@{account}" in record["bodyText"]


def test_people_whom_the_site_does_not_know_stay_ids(site: DemoSite, wiki: Wiki) -> None:
    mentioned = run_tap(settings_of(site), streams=("pages",)).records["pages"]
    gone = next(a for page in mentioned for a in MENTIONED.findall(storage_of(page)))
    wiki.users[:] = [user for user in wiki.users if user.account_id != gone]

    run = run_tap(settings_of(site, **READABLE), streams=("pages",))

    texts = [page["bodyText"] for page in run.records["pages"] if gone in storage_of(page)]
    assert texts
    assert all(f"@{gone}" in text for text in texts)


@pytest.mark.parametrize("filters", [{}, {"exclude_space_keys": ["OPS"]}])
def test_a_page_that_does_not_tell_its_space_is_found_in_the_list_of_spaces(
    site: DemoSite, wiki: Wiki, monkeypatch: pytest.MonkeyPatch, filters: dict[str, Any]
) -> None:
    get = Client.get

    def get_without_links(client: Client, path: str, *arguments: Any, **more: Any) -> Answer:
        answer = get(client, path, *arguments, **more)
        if path == "/api/v2/pages":
            for page in answer.body["results"]:
                del page["_links"]
        return answer

    monkeypatch.setattr(Client, "get", get_without_links)

    run = run_tap(settings_of(site, **READABLE, **filters), streams=("pages",))

    # The filters have read them, if there are any.
    assert site.count("/api/v2/spaces") == 1
    keys = {str(space.num): space.key for space in wiki.spaces}
    linked = [page for page in run.records["pages"] if "ri:content-title" in storage_of(page)]
    assert linked
    for page in linked:
        assert f"/display/{keys[page['spaceId']]}/" in page["bodyMarkdown"]


def test_where_spaces_are_forbidden_too_links_to_pages_stay_names(
    site: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = Client.get

    def get_without_links(client: Client, path: str, *arguments: Any, **more: Any) -> Answer:
        answer = get(client, path, *arguments, **more)
        if path == "/api/v2/pages":
            for page in answer.body["results"]:
                page["_links"] = {"webui": None}
        return answer

    monkeypatch.setattr(Client, "get", get_without_links)
    site.faults.forbid("/api/v2/spaces", 403)

    run = run_tap(settings_of(site, **READABLE), streams=("pages",))

    assert run.exit_status == 0
    assert set(run.keys("pages")) == site.truth()["pages"]
    assert sum("Links to pages stay names" in line for line in run.log) == 1


def test_two_runs_write_the_same(site: DemoSite) -> None:
    config = settings_of(site, **READABLE)
    first, second = (run_tap(config, streams=WITH_BODIES) for _ in range(2))

    assert records_of(first) == records_of(second)


def test_data_center_is_asked_for_each_person_once(wiki: Wiki) -> None:
    with DataCenterSite(wiki) as site:
        run = sync_data_center(site, catalog=only(*WITH_BODIES), **READABLE)

    assert run.exit_status == 0
    people = {key: found(wiki, account) for account, key in site.user_keys.items()}
    asked = [r.query["key"][0] for r in run.requests if r.path == "/rest/api/user"]
    assert len(asked) == len(set(asked))
    mentioned = set()
    for record in records_of(run):
        for key in MENTIONED.findall(storage_of(record)):
            mentioned.add(key)
            profile = f"{site.base_url}/users/viewuserprofile.action?username="
            assert f"{profile}{quote(username(people[key]))}" in record["bodyMarkdown"]
            assert f"@{people[key].name}" in record["bodyText"]
        for address in ADDRESS.findall(record["bodyMarkdown"]):
            assert address.startswith(f"{site.base_url}/")
    assert mentioned == set(asked)


def test_data_center_that_shows_nobody_leaves_keys(wiki: Wiki) -> None:
    with DataCenterSite(wiki) as site:
        site.faults.forbid("/rest/api/user", 403)
        run = sync_data_center(site, catalog=only(*WITH_BODIES), **READABLE)

    assert run.exit_status == 0
    assert sum("Mentions stay keys" in line for line in run.log) == 1
    for record in records_of(run):
        for key in MENTIONED.findall(storage_of(record)):
            assert f"@{key}" in record["bodyText"]
