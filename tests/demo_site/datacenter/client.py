"""A plain client of Data Center, for looking at it without the tap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from tests.demo_site.datacenter.site import DataCenterSite

Json = dict[str, Any]
CONTENT = "/rest/api/content"
SCAN = "/rest/api/content/scan"
SEARCH = "/rest/api/content/search"


class Client:
    """Reads a site in the ways that it offers."""

    def __init__(self, site: DataCenterSite) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {site.personal_access_token}"

    def get(self, path: str, **params: Any) -> requests.Response:
        return self.session.get(self.site.base_url + path, params=params, timeout=10)

    def json(self, path: str, **params: Any) -> Any:
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def linked(self, path: str, **params: Any) -> list[Json]:
        page = self.json(path, **params)
        rows: list[Json] = page["results"]
        while following := page["_links"].get("next"):
            page = self.json(following)
            rows += page["results"]
        return rows

    def counted(self, path: str, **params: Any) -> list[Json]:
        rows: list[Json] = []
        while found := self.json(path, **params, start=len(rows))["results"]:
            rows += found
        return rows
