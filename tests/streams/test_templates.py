"""Templates of the site and of its spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATES = "templates"
OF_NO_MODEL = frozenset({"templates"})


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=20, seed=3)) as site:
        yield site


def test_each_template_has_one_row_though_spaces_list_those_of_the_site(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=(TEMPLATES,))

    assert sorted(run.keys(TEMPLATES)) == sorted(site.truth()[TEMPLATES])
    assert run.activated == {TEMPLATES}


def test_a_row_names_its_space_and_none_if_it_is_of_the_site(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=(TEMPLATES,))

    usage, ids = site.wiki.usage, {space.key: str(space.num) for space in site.wiki.spaces}
    owner_of = {
        template["templateId"]: key
        for lists in (usage.templates, usage.blueprints)
        for key, templates in lists.items()
        for template in templates
    }
    for record in run.records[TEMPLATES]:
        key = owner_of[record["templateId"]]
        assert (record["spaceKey"] or "") == key
        assert record["spaceId"] == ids.get(key)
        assert "space" not in record


def test_bodies_come_as_those_of_pages_do(site: DemoSite) -> None:
    run = run_tap(settings_of(site, body_text=True), streams=(TEMPLATES,))

    for record in run.records[TEMPLATES]:
        assert list(record["body"]) == ["storage"]
        assert set(record["body"]["storage"]) == {"representation", "value"}
        assert record["name"] in record["bodyText"]


def test_no_bodies_are_asked_for_when_none_are_wanted(site: DemoSite) -> None:
    run = run_tap(settings_of(site, body_format="none"), streams=(TEMPLATES,))

    assert {str(record["body"]) for record in run.records[TEMPLATES]} == {"{}"}
    assert not [request for request in site.requests if "expand" in request.query]


def test_only_the_wanted_spaces_are_asked_for_beside_the_site(site: DemoSite) -> None:
    space = next(iter(site.wiki.spaces))

    run = run_tap(settings_of(site, space_keys=[space.key]), streams=(TEMPLATES,))

    assert {record["spaceKey"] for record in run.records[TEMPLATES]} == {None, space.key}
    asked = [r.query.get("spaceKey") for r in site.requests if "/template/" in r.path]
    assert {key for keys in asked if keys for key in keys} == {space.key}


def test_a_space_whose_templates_are_forbidden_is_skipped(site: DemoSite) -> None:
    usage = site.wiki.usage
    key = next(key for key, templates in usage.templates.items() if key and templates)
    usage.private.add(key)

    run = run_tap(settings_of(site), streams=(TEMPLATES,))

    assert run.exit_status == 0
    hidden = {(t["templateId"],) for t in (*usage.templates[key], *usage.blueprints[key])}
    assert set(run.keys(TEMPLATES)) == site.truth()[TEMPLATES] - hidden
    assert [line for line in run.log if "Skipped 1 of 'templates'" in line]
    assert not run.activated
