"""Likes, watchers and roles, which change without changing the date of anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.running import only, run_tap, settings_of
from tests.schemas.contract import OWNER, Contract, HeldAgainstTheApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.model import Content
    from tests.running import Json

LIKES = {
    "page_likes": "pages",
    "blog_post_likes": "blog_posts",
    "footer_comment_likes": "footer_comments",
    "inline_comment_likes": "inline_comments",
}
PATHS = {
    "page_likes": r"/api/v2/pages/{id}",
    "blog_post_likes": r"/api/v2/blogposts/{id}",
    "footer_comment_likes": r"/api/v2/footer-comments/{id}/likes/users",
    "inline_comment_likes": r"/api/v2/inline-comments/{id}/likes/users",
    "page_watchers": r"/rest/api/content/{id}/notification/child-created",
}
ROLES = ("space_roles", "space_role_assignments")
OF_NO_MODEL = frozenset({"space_watchers", "page_watchers"})


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "page_likes": Contract(("Like",), added={"pageId": OWNER}),
        "blog_post_likes": Contract(("Like",), added={"blogPostId": OWNER}),
        "footer_comment_likes": Contract(("Like",), added={"commentId": OWNER}),
        "inline_comment_likes": Contract(("Like",), added={"commentId": OWNER}),
    }


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=20, seed=5)) as site:
        yield site


@pytest.fixture
def config(site: DemoSite) -> Json:
    return settings_of(site)


def liked(site: DemoSite, stream: str) -> Content:
    """A content that more people like than one answer holds."""
    contents: list[Content] = list(getattr(site.wiki, LIKES[stream]))
    return contents[3]


@pytest.mark.parametrize("stream", LIKES)
def test_likes_are_complete_beyond_the_first_answer(
    site: DemoSite, config: Json, stream: str
) -> None:
    run = run_tap(config, streams=(stream,))

    assert run.exit_status == 0
    assert set(run.keys(stream)) == site.truth()[stream]
    assert len(run.keys(stream)) == len(set(run.keys(stream)))
    popular = liked(site, stream).id
    assert sum(key[0] == popular for key in run.keys(stream)) >= 300


@pytest.mark.parametrize("stream", LIKES)
def test_a_like_on_an_old_item_is_seen_and_one_taken_back_is_gone(
    site: DemoSite, config: Json, stream: str
) -> None:
    first = run_tap(config, streams=(stream,))
    people, content = site.wiki.people, liked(site, stream)
    taken_back = people.likes(content)[-1]
    people.unlike(content, taken_back)
    people.like(content, "712020:just-now")

    second = run_tap(config, first.state, only(stream))

    assert (content.id, taken_back) in first.keys(stream)
    assert set(second.keys(stream)) == site.truth()[stream]
    assert second.activated == {stream}


def test_likes_come_with_the_other_details_of_a_first_run(site: DemoSite, config: Json) -> None:
    run_tap(config, streams=("pages", "page_versions", "page_likes"))

    assert site.requests.by_template()["/api/v2/pages/{id}"] == len(site.truth()["pages"])


def test_later_runs_ask_each_page_once_for_its_likes(site: DemoSite, config: Json) -> None:
    catalog = only("pages", "page_versions", "page_likes")
    first = run_tap(config, catalog=catalog)
    site.requests.clear()

    second = run_tap(config, first.state, catalog)

    assert set(second.keys("page_likes")) == site.truth()["page_likes"]
    changed = len({key[0] for key in second.keys("page_versions")})
    asked = site.requests.by_template()["/api/v2/pages/{id}"]
    assert asked == len(site.truth()["pages"]) + changed


@pytest.mark.parametrize("stream", PATHS)
def test_they_cost_one_request_an_item(site: DemoSite, config: Json, stream: str) -> None:
    run_tap(config, streams=(stream,))

    kind = "pages" if stream == "page_watchers" else LIKES[stream]
    second_answers = 2
    assert site.requests.by_template()[PATHS[stream]] <= (
        len(getattr(site.wiki, kind)) + second_answers
    )


@pytest.mark.parametrize(("status", "is_activated"), [(404, True), (403, False)])
def test_likes_of_a_page_that_is_gone_or_forbidden_are_left_out(
    site: DemoSite, config: Json, status: int, *, is_activated: bool
) -> None:
    page = liked(site, "page_likes").id
    site.faults.forbid(f"/api/v2/pages/{page}", status)

    run = run_tap(config, streams=("page_likes",))

    assert run.exit_status == 0
    assert set(run.keys("page_likes")) == {
        key for key in site.truth()["page_likes"] if key[0] != page
    }
    assert ("page_likes" in run.activated) is is_activated


@pytest.mark.parametrize("stream", ["page_watchers", "space_watchers"])
def test_watchers_are_complete_beyond_the_first_answer_and_there_once(
    site: DemoSite, config: Json, stream: str
) -> None:
    run = run_tap(config, streams=(stream,))

    assert run.exit_status == 0
    assert set(run.keys(stream)) == site.truth()[stream]
    assert len(run.keys(stream)) == len(set(run.keys(stream)))
    counts = [sum(k[0] == owner for k in run.keys(stream)) for owner, _ in run.keys(stream)]
    assert max(counts) > 200


def test_nobody_is_asked_for_who_watches_what_is_in_the_trash(site: DemoSite, config: Json) -> None:
    run_tap(config, streams=("page_watchers",))

    trashed = [page.id for page in site.wiki.pages if page.status == "trashed"]
    assert trashed
    assert [id_ for id_ in trashed if site.count(f"/rest/api/content/{id_}/")] == []


def test_who_no_longer_watches_is_gone(site: DemoSite, config: Json) -> None:
    first = run_tap(config, streams=("space_watchers",))
    space, watcher = first.keys("space_watchers")[0]
    site.wiki.people.unwatch(site.wiki.spaces[int(space)], watcher)

    second = run_tap(config, first.state, only("space_watchers"))

    assert (space, watcher) not in second.keys("space_watchers")
    assert second.activated == {"space_watchers"}


@pytest.mark.parametrize(
    ("stream", "path", "scope"),
    [
        ("page_likes", "/api/v2/pages/", "read:page:confluence"),
        ("footer_comment_likes", "/api/v2/footer-comments/", "read:comment:confluence"),
        ("page_watchers", "/rest/api/content/", "read:watcher:confluence"),
        ("space_watchers", "/rest/api/space/", "read:watcher:confluence"),
        ("space_roles", "/api/v2/space-roles", "read:space.permission:confluence"),
        ("space_role_assignments", "/api/v2/space-roles", "read:space.permission:confluence"),
    ],
)
def test_without_its_scope_a_stream_is_named_and_others_are_complete(
    site: DemoSite, config: Json, stream: str, path: str, scope: str
) -> None:
    site.faults.deny_scope(path)

    run = run_tap(config, streams=(stream, "spaces", "groups", "space_labels"))

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert f"'{stream}' needs the scope {scope}" in complaint
    for other in ("spaces", "groups", "space_labels"):
        assert set(run.keys(other)) == site.truth()[other]
        assert other in run.activated
    assert stream not in run.activated


def test_watchers_that_nobody_may_see_are_named(site: DemoSite, config: Json) -> None:
    site.faults.forbid("/rest/api/content/.+", 403)

    run = run_tap(config, streams=("page_watchers",))

    assert run.exit_status == 1
    assert "'page_watchers'" in run.complaints[0]


def test_roles_are_complete_beyond_what_comes_along_with_the_details(
    site: DemoSite, config: Json
) -> None:
    run = run_tap(config, streams=ROLES)

    assert run.exit_status == 0
    for stream in ROLES:
        assert set(run.keys(stream)) == site.truth()[stream]
        assert len(run.keys(stream)) == len(set(run.keys(stream)))
    assert site.requests.by_template()["/api/v2/spaces/{id}"] == len(site.truth()["spaces"])
    spaces_with_more = 1
    lists = site.requests.by_template()["/api/v2/spaces/{id}/role-assignments"]
    assert lists == spaces_with_more


def test_roles_that_do_not_come_along_with_the_details_are_listed(
    site: DemoSite, config: Json
) -> None:
    site.wiki.people.roles_come_along = False

    run = run_tap(config, streams=("space_role_assignments",))

    assert run.exit_status == 0
    assert set(run.keys("space_role_assignments")) == site.truth()["space_role_assignments"]


def test_a_site_without_roles_has_none(site: DemoSite, config: Json) -> None:
    site.wiki.people.role_mode = "PRE_ROLES"

    run = run_tap(config, streams=(*ROLES, "spaces", "space_labels"))

    assert run.exit_status == 0
    assert run.keys("space_roles") == run.keys("space_role_assignments") == []
    assert run.activated == {*ROLES, "spaces", "space_labels"}
    assert set(run.keys("space_labels")) == site.truth()["space_labels"]


@pytest.mark.parametrize("status", [403, 404])
def test_roles_that_are_hidden_are_not_taken_for_none(
    site: DemoSite, config: Json, status: int
) -> None:
    site.faults.forbid("/api/v2/space-roles", status)

    run = run_tap(config, streams=(*ROLES, "spaces"))

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert all(f"'{stream}'" in complaint for stream in ROLES)
    assert run.activated == {"spaces"}


@pytest.mark.parametrize("stream", ["page_likes", "page_watchers", "footer_comment_likes"])
def test_only_wanted_pages_are_asked(site: DemoSite, stream: str) -> None:
    run = run_tap(settings_of(site, space_keys=["OPS"]), streams=(stream,))

    [space] = [space for space in site.wiki.spaces if space.key == "OPS"]
    kinds = {"footer_comment_likes": site.wiki.footer_comments}
    wanted = {item.id for item in kinds.get(stream, site.wiki.pages) if item.space == space.num}
    assert run.exit_status == 0
    assert set(run.keys(stream)) == {key for key in site.truth()[stream] if key[0] in wanted}


@pytest.mark.parametrize("stream", ["space_watchers", "space_role_assignments"])
def test_only_wanted_spaces_are_asked(site: DemoSite, stream: str) -> None:
    run = run_tap(settings_of(site, space_keys=["OPS"]), streams=(stream,))

    [space] = [str(space.num) for space in site.wiki.spaces if space.key == "OPS"]
    assert run.exit_status == 0
    assert set(run.keys(stream)) == {key for key in site.truth()[stream] if key[0] == space}
