"""The facts about a site, found by reading alone and told without anything of what it holds."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.survey import MOST_REQUESTS, survey
from tap_confluence.survey.facts import as_json, as_text
from tap_confluence.tap import TapConfluence
from tests import running
from tests.datacenter.runs import ClockedDataCenter
from tests.demo_site import DemoSite, GatewaySite, Wiki
from tests.incremental.runs import ClockedSite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tap_confluence.survey.facts import Fact
    from tests.demo_site.loopback import LoopbackSite

COMMAND = [sys.executable, "-c", "from tap_confluence.survey import cli; cli()"]
LONGEST = 60.0
SIGN_IN = ("/rest/api/user/current", "/rest/api/server-information")
FOOTER = "replies in the list of all footer-comments"
INLINE = "replies in the list of all inline-comments"
ZONE = "time zone of dates in CQL"
RELATIVE = "relative dates in CQL"


def settings_of(site: LoopbackSite, **more: Any) -> dict[str, Any]:
    if isinstance(site, DemoSite):
        return running.settings_of(site, **more)
    assert isinstance(site, ClockedDataCenter)
    token = site.personal_access_token
    return {"base_url": site.base_url, "personal_access_token": token, **more}


def facts_of(site: LoopbackSite, *, thorough: bool = False, **more: Any) -> list[Fact]:
    with running.signals_left_alone():
        return survey(TapConfluence(config=settings_of(site, **more)), thorough=thorough)


def answers(site: LoopbackSite, *, thorough: bool = False, **more: Any) -> dict[str, str]:
    return {fact.fact: fact.answer for fact in facts_of(site, thorough=thorough, **more)}


def command(
    config: Mapping[str, Any], folder: Path, *more: str
) -> subprocess.CompletedProcess[str]:
    path = folder / "config.json"
    path.write_text(json.dumps(config))
    return subprocess.run(  # noqa: S603 - the command is ours
        [*COMMAND, "--config", str(path), *more],
        capture_output=True,
        check=False,
        env=running.clean_environment(),
        text=True,
        timeout=LONGEST,
    )


def held(site: LoopbackSite) -> set[str]:
    """Return the titles, names, e-mail addresses, ids, keys and addresses of a site."""
    wiki = site.wiki
    contents = [content for collection in wiki.contents() for content in collection]
    contents += [*wiki.footer_comments, *wiki.inline_comments]
    people = [user for user in wiki.users if user.account_id]
    return {
        *(content.id for content in contents),
        *(content.title for content in contents),
        *(str(space.num) for space in wiki.spaces),
        *(space.key for space in wiki.spaces),
        *(space.name for space in wiki.spaces),
        *(text for user in people for text in (user.account_id, user.name, user.email)),
        *(text for group in wiki.groups for text in (group.id, group.name)),
        *(text for label in wiki.labels for text in (str(label.num), label.name)),
        site.base_url,
        "127.0.0.1",
    } - {""}


def told(text: str, secrets: set[str]) -> list[str]:
    return [s for s in secrets if s in text and re.search(rf"(?<!\w){re.escape(s)}(?!\w)", text)]


@pytest.fixture(scope="module")
def wiki() -> Wiki:
    return Wiki.seeded(pages=120, seed=7)


@pytest.fixture(scope="module")
def cloud(wiki: Wiki) -> Iterator[ClockedSite]:
    with ClockedSite(wiki) as site:
        yield site


@pytest.fixture
def fresh() -> Iterator[ClockedSite]:
    with ClockedSite(Wiki.seeded(pages=40, seed=5)) as site:
        yield site


def test_it_tells_the_manners_of_a_cloud_site(cloud: ClockedSite) -> None:
    found = answers(cloud)

    footer, inline = [*cloud.wiki.footer_comments], [*cloud.wiki.inline_comments]
    for fact, comments in ((FOOTER, footer), (INLINE, inline)):
        replies = sum(comment.parent is not None for comment in comments)
        assert found[fact] == f"yes ({replies} of {len(comments)} rows)"
    expected = {
        "251 rows of a list": "refused (400)",
        "lists are sorted by version.createdAt": "yes, 115 rows",
        "status=deleted of /api/v2/pages": "0",
        ZONE: "UTC+00:00",
        RELATIVE: "right to a few minutes, in whatever time zone",
        "search for a type that does not exist": (
            f"refused (400), naming {len(cloud.wiki.custom_types)} types of custom content"
        ),
        "250 rows of a search that expands versions": "limit becomes 200, 97 rows",
        "60 rows of a search that expands bodies": "limit becomes 50, 50 rows",
        "archived pages in the lists of labels": "yes",
        "trashed pages in the lists of labels": "yes",
        "trashing changes version.createdAt": "no sign of it: 0 of 3 are dated later",
        "versions that come with a page": "50 of 320, and says so",
        "archived pages among descendants": "yes",
        "folders among descendants of a page": "yes, with the pages in them",
        "GET /rest/api/group": "200",
        "GET /rest/api/space/{key}/watch": "200",
        "GET /rest/api/content": "404",
        "headers about rate limits": "none",
    }
    assert expected == {fact: found[fact] for fact in expected}
    assert "spaceId" in found["fields of custom content"]


def test_it_finds_out_that_lists_of_comments_have_no_replies(wiki: Wiki) -> None:
    with ClockedSite(wiki, replies_in_lists=False) as site:
        found = answers(site)

    assert {found[FOOTER][:3], found[INLINE][:3]} == {"no "}


def test_it_finds_replies_without_the_help_of_a_search(wiki: Wiki) -> None:
    with ClockedSite(wiki, replies_in_lists=False) as site:
        site.faults.forbid("/rest/api/content/search", 403)
        found = answers(site, thorough=True)

    assert {found[FOOTER][:3], found[INLINE][:3]} == {"no "}
    assert found[ZONE] == found[RELATIVE] == "not known (403)"


@pytest.mark.parametrize(
    ("statuses", "archived", "trashed"),
    [(["current"], "no", "no"), (["current", "archived"], "yes", "no")],
)
def test_it_tells_what_the_lists_of_labels_leave_out(
    cloud: ClockedSite, statuses: list[str], archived: str, trashed: str
) -> None:
    cloud.faults.label_side_statuses = statuses
    try:
        found = answers(cloud)
    finally:
        cloud.faults.clear()

    assert found["archived pages in the lists of labels"] == archived
    assert found["trashed pages in the lists of labels"] == trashed


def test_it_compares_the_lists_with_the_search(cloud: ClockedSite) -> None:
    wiki = cloud.wiki
    found = answers(cloud, thorough=True)

    current = sum(page.status == "current" for page in wiki.pages)
    assert found["count of type page"].endswith(f", {current} listed")
    footer, inline = len([*wiki.footer_comments]), len([*wiki.inline_comments])
    assert found["count of type comment"].endswith(f", {footer} and {inline} listed")


def test_it_counts_no_further_than_it_is_asked_to() -> None:
    with ClockedSite(Wiki.seeded(pages=300, seed=3)) as site:
        current = sum(page.status == "current" for page in site.wiki.pages)
        found, exact = answers(site), answers(site, thorough=True)

    assert found["count of type page"].endswith(", 250 or more listed")
    assert exact["count of type page"].endswith(f", {current} listed")


@pytest.mark.parametrize(
    ("version", "release", "blog_posts", "users"),
    [
        ("7.19.4", "that does not tell its release (404)", "refused (400)", "404"),
        ("9.2.1", "9.2.1", "finds some", "200"),
    ],
)
def test_it_tells_the_manners_of_a_data_center(
    wiki: Wiki, version: str, release: str, blog_posts: str, users: str
) -> None:
    with ClockedDataCenter(wiki, version=version, time_zone="Asia/Kathmandu") as site:
        found = answers(site)

    expected = {
        "site": f"Confluence Data Center {release}",
        "scan of type page, status current": "finds some",
        "scan of type page, status archived": "finds some",
        "scan of type page, status trashed": "finds some",
        "scan of type blogpost, status current": blog_posts,
        "60 rows of a list that expands bodies": "limit becomes 50, 50 rows",
        "where the next link of a lowered page leads": "further: it skips rows",
        "restrictions expanded in a list": "yes, and the users in it have limit",
        "offset of times": "+05:45",
        ZONE: "UTC+05:45",
        RELATIVE: "right to a few minutes, in whatever time zone",
        "GET /rest/api/user/list": users,
        "GET /rest/experimental/content/{page}/version": "200",
        "GET /rest/api/content/{page}/version": "404",
    }
    assert expected == {fact: found[fact] for fact in expected}


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "America/St_Johns"])
def test_it_tells_any_time_zone(wiki: Wiki, zone: str) -> None:
    with ClockedDataCenter(wiki, time_zone=zone) as site:
        found = answers(site)

    assert found[ZONE] == f"UTC{found['offset of times']}"


def test_it_tells_links_that_skip_nothing(wiki: Wiki) -> None:
    with ClockedDataCenter(wiki) as site:
        site.faults.next_skips_rows = False
        site.faults.tells_nested_limits = False
        found = answers(site)

    assert found["where the next link of a lowered page leads"] == "behind the last row"
    assert found["restrictions expanded in a list"] == "yes, and the users in it have no limit"


@pytest.mark.parametrize("thorough", [False, True])
def test_it_only_gets(wiki: Wiki, *, thorough: bool) -> None:
    for site in (ClockedSite(wiki), ClockedDataCenter(wiki)):
        with site:
            facts_of(site, thorough=thorough)
            assert {request.method for request in site.requests} == {"GET"}
            assert thorough or len(site.requests) <= MOST_REQUESTS + len(SIGN_IN)


@pytest.mark.parametrize("thorough", [False, True])
def test_it_tells_nothing_of_what_the_site_holds(wiki: Wiki, *, thorough: bool) -> None:
    for site in (ClockedSite(wiki), ClockedDataCenter(wiki)):
        with site:
            facts = facts_of(site, thorough=thorough)
            # What the paths and our own words have in common with the titles is theirs.
            ours = {fact.fact for fact in facts} | {fact.how for fact in facts}
            secrets = {s for s in held(site) if not told(" ".join(ours), {s})}
            assert len(secrets) > 300
            assert told("\n".join(as_text(facts)), secrets) == []
            assert told("\n".join(as_json(facts)), secrets) == []


def test_the_command_prints_a_page_and_says_where_to_send_it(
    fresh: ClockedSite, tmp_path: Path
) -> None:
    done = command(settings_of(fresh), tmp_path)

    assert done.returncode == 0, done.stderr
    note, facts_, _ending = done.stdout.split("\n\n")
    facts = facts_.splitlines()
    assert all(re.fullmatch(r"[^:]+: .+ \(.+\)", fact) for fact in facts)
    assert "holds no content" in note
    assert "attach it to an issue of the project" in note
    assert told(done.stdout + done.stderr, {fresh.base_url, fresh.wiki.users[0].name}) == []


def test_the_command_writes_json(fresh: ClockedSite, tmp_path: Path) -> None:
    done = command(settings_of(fresh), tmp_path, "--format", "json", "--thorough")

    page = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert {frozenset(fact) for fact in page["facts"]} == {
        frozenset({"fact", "answer", "how", "expected"})
    }
    assert "holds no content" in page["note"]


def test_it_ends_with_what_differs_from_what_is_expected_and_nothing_else() -> None:
    wiki = Wiki.seeded(pages=60, seed=7)
    with ClockedSite(wiki, replies_in_lists=False) as site:
        site.faults.forbid("/rest/api/template/page", 404)
        facts = facts_of(site)

    lines = as_text(facts)
    found = {fact.fact: fact.answer for fact in facts}
    assert lines[lines.index("Differs from what is expected:") + 1 :] == [
        f"- {FOOTER}: {found[FOOTER]}; expected: yes",
        f"- {INLINE}: {found[INLINE]}; expected: yes",
        "- GET /rest/api/template/page: 404; expected: 200",
    ]


def test_of_a_site_as_others_are_it_says_so_at_the_end(fresh: ClockedSite) -> None:
    assert as_text(facts_of(fresh))[-1] == "All is as it is expected."


def test_what_is_not_known_does_not_differ(fresh: ClockedSite) -> None:
    fresh.faults.forbid("(?!/rest/api/(user/current|server-information)).*", 403)

    facts = facts_of(fresh)

    assert any(fact.answer.startswith("not known") for fact in facts)
    assert not [f for f in facts if f.expected and f.answer.startswith("not known")]


def test_without_a_connection_it_fails_in_one_line(fresh: ClockedSite, tmp_path: Path) -> None:
    done = command(settings_of(fresh, api_token="mistyped"), tmp_path)  # noqa: S106

    assert done.returncode == 1
    assert done.stdout == ""
    assert "does not accept the credentials" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("status", [401, 403, 410, 500])
@pytest.mark.parametrize("site_class", [ClockedSite, ClockedDataCenter])
def test_it_survives_every_refusal(
    wiki: Wiki, site_class: type[ClockedSite | ClockedDataCenter], status: int
) -> None:
    with site_class(wiki) as site:
        site.faults.forbid(f"(?!{'|'.join(SIGN_IN)}).*", status)
        found = answers(site)

    unknown = {fact for fact, answer in found.items() if answer == f"not known ({status})"}
    assert {ZONE, RELATIVE, "search for a type that does not exist"} <= unknown
    assert len(unknown) > 15
    assert found["GET /rest/api/group"] == str(status)
    assert len(found) > 30


@pytest.mark.parametrize("kind", ["reset", "cut-off", "not-json", "bad-json", "wrong-shape", "503"])
@pytest.mark.parametrize("site_class", [ClockedSite, ClockedDataCenter])
def test_it_survives_odd_answers(
    wiki: Wiki, site_class: type[ClockedSite | ClockedDataCenter], kind: str
) -> None:
    reasons = {"reset": "no answer", "cut-off": "no answer", "503": "503"}
    with site_class(wiki) as site:
        site.faults.fail_next(1000, kind, "/api/v2")
        for path in ("content", "search", "group", "space"):
            site.faults.fail_next(1000, kind, f"/rest/api/{path}")
        found = answers(site)

    assert found[ZONE] == f"not known ({reasons.get(kind, 'an odd answer')})"
    assert len(found) > 30


def test_it_survives_a_time_out(wiki: Wiki) -> None:
    with ClockedSite(wiki) as site:
        site.faults.fail_next(1, "slow", "/api/v2/labels", delay=1.5)
        found = answers(site, request_timeout=0.5)

    assert found["archived pages in the lists of labels"] == "not known (no answer)"
    assert found["trashed pages in the lists of labels"] == "yes"


def test_it_survives_an_empty_site() -> None:
    empty = Wiki(1)
    for site in (ClockedSite(empty), ClockedDataCenter(empty)):
        with site:
            found = answers(site)
        assert found[ZONE] == found[RELATIVE] == "not known (no page)"
        assert found["count of type page"].startswith("search 0, 0 ")


def test_it_names_the_headers_of_rate_limits(fresh: ClockedSite) -> None:
    fresh.faults.quota(100_000)
    fresh.faults.fail_next(1, "429-retry-after", "/rest/api/template", retry_after=0)
    found = answers(fresh)

    assert found["headers about rate limits"] == (
        "Retry-After a number; X-RateLimit-Limit a number; X-RateLimit-Remaining a number; "
        "X-RateLimit-Reset a time with seconds"
    )
    assert found["answers 429"].startswith("1 of ")


def test_it_goes_on_when_the_site_wants_too_long_a_pause(fresh: ClockedSite) -> None:
    fresh.faults.fail_next(1000, "429-retry-after", "/api/v2", retry_after=4000)
    found = answers(fresh)

    assert found["251 rows of a list"] == "not known (the site wants too long a pause)"
    assert found["GET /rest/api/group"] == "200"


def test_it_works_through_the_gateway() -> None:
    with GatewaySite(Wiki.seeded(pages=12, seed=5)) as gateway, running.signals_left_alone():
        gateway.tokens.scopes -= {"read:comment:confluence"}
        tap = TapConfluence(config=running.settings_through(gateway))
        facts = survey(tap, thorough=False)
    found = {fact.fact: fact.answer for fact in facts}

    assert found["site"] == "Confluence Cloud through the gateway"
    assert found[FOOTER] == found[INLINE] == "not known (401)"
    assert found["251 rows of a list"] == "refused (400)"
