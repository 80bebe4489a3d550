"""The demo site hands out files as Confluence does: by a redirect, to whoever has the token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.model import Attachment


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12)) as site:
        yield site


def ask(site: DemoSite, file: Attachment, **params: str) -> requests.Response:
    assert file.container is not None
    path = f"/rest/api/content/{file.container.id}/child/attachment/{file.id}/download"
    return requests.get(
        f"{site.base_url}{path}",
        params=params,
        auth=(site.email, site.api_token),
        allow_redirects=False,
        timeout=10,
    )


def a_file(site: DemoSite, status: str = "current") -> Attachment:
    file = next(each for each in site.wiki.attachments if each.status == "current")
    file.status, file.size = status, 1000
    return file


def test_a_file_is_got_by_a_redirect_to_another_host(site: DemoSite) -> None:
    file = a_file(site)

    answer = ask(site, file, version="1")

    assert answer.status_code == 302
    assert requests.get(answer.headers["Location"], timeout=10).content == site.media.content(
        file, 1
    )


def test_the_other_host_refuses_credentials_cookies_and_wrong_tokens(site: DemoSite) -> None:
    url = ask(site, a_file(site)).headers["Location"]

    assert requests.get(url, auth=("ana", "secret"), timeout=10).status_code == 400
    assert requests.get(url, cookies={"session": "1"}, timeout=10).status_code == 400
    assert requests.get(url.replace("token=", "token=x"), timeout=10).status_code == 403


def test_there_is_no_version_that_is_yet_to_come(site: DemoSite) -> None:
    assert ask(site, a_file(site), version="9999").status_code == 400


def test_what_is_in_the_trash_is_given_only_when_that_is_said(site: DemoSite) -> None:
    file = a_file(site, "trashed")

    assert ask(site, file).status_code == 404
    assert ask(site, file, status="trashed").status_code == 302


def test_the_links_of_browsers_refuse_api_tokens(site: DemoSite) -> None:
    url = f"{site.base_url}/download/attachments/1/a.png"

    assert requests.get(url, auth=(site.email, site.api_token), timeout=10).status_code == 401


def test_data_center_gives_a_file_at_its_link() -> None:
    with DataCenterSite(Wiki.seeded(pages=12)) as site:
        token = {"Authorization": f"Bearer {site.personal_access_token}"}
        file = next(each for each in site.wiki.attachments if each.status == "current")
        assert file.container is not None
        rows = requests.get(
            f"{site.base_url}/rest/api/content/{file.container.id}/child/attachment",
            headers=token,
            timeout=10,
        ).json()["results"]
        [row] = [each for each in rows if each["id"] == file.id]
        url = f"{site.base_url}{row['_links']['download']}"

        assert len(requests.get(url, headers=token, timeout=10).content) == file.size
        assert requests.get(url, timeout=10).status_code == 401
