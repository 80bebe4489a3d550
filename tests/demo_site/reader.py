"""A plain client of the demo site, for looking at it without the tap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.server import DemoSite

V2 = "/api/v2/"


class Reader:
    """Reads a site as a careful client does."""

    def __init__(self, site: DemoSite) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.auth = (site.email, site.api_token)

    def get(self, path: str, **params: Any) -> requests.Response:
        query = {name.replace("_", "-"): value for name, value in params.items()}
        return self.session.get(f"{self.site.base_url}{path}", params=query, timeout=10)

    def json(self, path: str, **params: Any) -> dict[str, Any]:
        response = self.get(path, **params)
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found

    def object(self, path: str, **params: Any) -> dict[str, Any]:
        return self.json(V2 + path, **params)

    def pages(self, path: str, **params: Any) -> Iterator[list[dict[str, Any]]]:
        found = self.object(path, **params)
        while True:
            yield found["results"]
            following = found["_links"].get("next")
            if following is None:
                return
            assert following.startswith("/wiki/api/v2/")
            host = self.site.base_url.removesuffix("/wiki")
            found = self.session.get(host + following, timeout=10).json()

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        return [row for page in self.pages(path, **params) for row in page]

    def ids(self, path: str, **params: Any) -> list[str]:
        return [row["id"] for row in self.rows(path, **params)]
