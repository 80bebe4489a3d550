"""The demo site gives out views, states, templates and its audit log as Confluence does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUIRED_OF_AUDIT_RECORDS = {
    *("affectedObject", "associatedObjects", "author", "category", "changedValues"),
    *("creationDate", "description", "remoteAddress", "summary", "sysAdmin"),
}
REQUIRED_OF_TEMPLATES = {"_links", "description", "labels", "name", "templateId", "templateType"}


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=20, seed=3)) as site:
        yield site


def get(site: DemoSite, path: str, **params: Any) -> requests.Response:
    sign_in = (site.email, site.api_token)
    return requests.get(f"{site.base_url}{path}", params=params, auth=sign_in, timeout=10)


def test_the_rest_of_the_wiki_is_what_it_would_be_without() -> None:
    wiki = Wiki.seeded(pages=20, seed=3)
    wiki.usage.states.clear()

    assert [page.num for page in wiki.pages] == [
        page.num for page in Wiki.seeded(pages=20, seed=3).pages
    ]


def test_the_audit_log_comes_newest_first_and_by_offset(site: DemoSite) -> None:
    whole = get(site, "/rest/api/audit").json()["results"]
    page = get(site, "/rest/api/audit", start=3, limit=4).json()

    moments = [int(record["creationDate"]) for record in whole]
    assert moments == sorted(moments, reverse=True)
    assert page["results"] == whole[3:7]
    assert "start=7" in page["_links"]["next"]
    assert all(set(record) >= REQUIRED_OF_AUDIT_RECORDS for record in whole)


def test_both_ends_of_a_span_of_the_audit_log_belong_to_it(site: DemoSite) -> None:
    moments = sorted({event.at for event in site.wiki.audit.events})
    first, last = moments[3], moments[6]

    answer = get(site, "/rest/api/audit", startDate=first, endDate=last).json()

    assert {int(record["creationDate"]) for record in answer["results"]} == set(moments[3:7])


def test_data_center_pages_its_audit_log_by_cursor() -> None:
    with DataCenterSite(Wiki.seeded(pages=20, seed=3)) as site:
        headers = {"Authorization": f"Bearer {site.personal_access_token}"}
        url, entities, params = f"{site.base_url}/rest/auditing/1.0/events", [], {"limit": "7"}
        while True:
            answer = requests.get(url, params=params, headers=headers, timeout=10).json()
            entities += answer["entities"]
            if answer["pagingInfo"]["lastPage"]:
                break
            params["pageCursor"] = answer["pagingInfo"]["nextPageCursor"]

    assert len(entities) == len(site.wiki.audit.events)


def test_no_more_than_25_templates_come_at_once(site: DemoSite) -> None:
    answer = get(site, "/rest/api/template/page", limit=200).json()

    assert len(answer["results"]) == answer["limit"] == 25
    assert "start=25" in answer["_links"]["next"]
    assert all(set(template) >= REQUIRED_OF_TEMPLATES for template in answer["results"])


def test_a_space_lists_the_blueprints_of_the_site_too(site: DemoSite) -> None:
    key = next(iter(site.wiki.spaces)).key
    of_site = get(site, "/rest/api/template/blueprint").json()["results"]
    of_space = get(site, "/rest/api/template/blueprint", spaceKey=key).json()["results"]

    assert of_space[: len(of_site)] == of_site


def test_views_that_are_not_for_the_account_are_refused_with_a_reason(site: DemoSite) -> None:
    page = next(page for page in site.wiki.pages if page.status == "current")
    path = f"/rest/api/analytics/content/{page.id}/views"
    assert get(site, path).json() == {"id": page.num, "count": site.wiki.usage.views[page.num][0]}

    site.wiki.usage.unviewable.add(page.num)

    refused = get(site, path)
    assert (refused.status_code, refused.json()) == (403, {"reason": "ViewAnalyticsRestricted"})


def test_a_state_is_asked_for_by_the_status_of_the_page(site: DemoSite) -> None:
    archived = next(page for page in site.wiki.pages if page.status == "archived")
    path = f"/rest/api/content/{archived.id}/state"

    assert get(site, path).status_code == 404
    assert get(site, path, status="archived").status_code == 200
    assert get(site, path, status="trashed").status_code == 400


def test_levels_are_a_plain_array_and_a_page_without_one_is_not_found(site: DemoSite) -> None:
    levels = get(site, "/api/v2/classification-levels").json()
    page = next(p for p in site.wiki.pages if p.num not in site.wiki.usage.level_of)

    assert [level["order"] for level in levels] == list(range(len(levels)))
    answer = get(site, f"/api/v2/pages/{page.id}/classification-level")
    assert answer.status_code == 404
