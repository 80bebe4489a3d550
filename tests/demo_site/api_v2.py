"""The v2 API: from a path and a query to an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.demo_site import answers, queries
from tests.demo_site.chance import mix
from tests.demo_site.errors import ApiError, NoSuchPath, v2_envelope
from tests.demo_site.finder import Finder
from tests.demo_site.listing import Listing
from tests.demo_site.listings import Listings
from tests.demo_site.paging import Cursor, Order, page_of
from tests.demo_site.rows import Rows
from tests.demo_site.singles import Single, Singles

if TYPE_CHECKING:
    from tests.demo_site.faults import Faults
    from tests.demo_site.queries import Query
    from tests.demo_site.store import Store

ROOT = "/api/v2/"


@dataclass(frozen=True)
class Reply:
    """A status, the JSON to write, headers, and what it costs against a quota of points."""

    status: int
    payload: Any
    headers: dict[str, str] = field(default_factory=dict)
    points: int = 1


class ApiV2:
    """Answers v2 requests from one wiki.

    Args:
        wiki: The wiki.
        faults: The manners of the site that concern answers.
        base_url: What `_links.base` says.
    """

    def __init__(self, wiki: Store, faults: Faults, base_url: str) -> None:
        self._wiki = wiki
        self._faults = faults
        self._base_url = base_url
        find, rows = Finder(wiki), Rows(wiki)
        listings = {made.path: made for made in Listings(wiki, rows, find, faults).all()}
        of_families = {made.path: made for made in answers.endpoints(wiki, find)}
        listings |= {p: made for p, made in of_families.items() if isinstance(made, Listing)}
        singles = {made.path: made for made in Singles(wiki, rows, find, listings, faults).all()}
        self.endpoints: dict[str, Listing | Single] = {**of_families, **listings, **singles}
        self._routes = {tuple(path.split("/")): made for path, made in self.endpoints.items()}

    def route(self, path: str) -> tuple[Listing | Single, str] | None:
        """Find the endpoint of a path that starts with `/api/v2/`, and the id in the path."""
        parts = path.removeprefix(ROOT).split("/")
        id_ = ""
        if len(parts) > 1:
            id_, parts[1] = parts[1], "{id}"
        found = self._routes.get(tuple(parts))
        return None if found is None else (found, id_)

    def answer(self, path: str, raw_query: str, *, anonymous: bool = False) -> Reply:
        """Answer a request.

        Raises:
            NoSuchPath: There is no such endpoint.
        """
        routed = self.route(path)
        if routed is None:
            raise NoSuchPath
        endpoint, id_ = routed
        try:
            with self._wiki.lock:
                if isinstance(endpoint, Listing):
                    return self._list(endpoint, id_, path, raw_query, anonymous=anonymous)
                if anonymous:
                    return Reply(404, v2_envelope(404, "Not Found"))
                found = endpoint.answer(id_, queries.read(raw_query, endpoint.params))
        except ApiError as error:
            return Reply(error.status, v2_envelope(error.status, error.title))
        if isinstance(found, dict) and "_links" in found:
            found["_links"]["base"] = self._base_url
        return Reply(200, found, points=2)

    def _list(
        self, listing: Listing, id_: str, path: str, raw_query: str, *, anonymous: bool
    ) -> Reply:
        query = queries.read(raw_query, listing.known_params())
        order = Order(query.get("sort", listing.default_sort))
        cursor: Cursor | None = query.get("cursor")
        if cursor is not None and cursor.order != order.name:
            raise ApiError(400, f"The cursor belongs to another sort order: {cursor.order}")
        walk, row = listing.open(id_, query)
        limit = query.get("limit", listing.default_limit)
        if self._faults.limit_cap is not None:
            limit = min(limit, self._faults.limit_cap)
        if anonymous:
            return self._envelope([], path, query, None)
        if cursor is not None and cursor.pause:
            return self._envelope([], path, query, cursor.resumed())
        try:
            items, following = page_of(walk, order, cursor, limit)
        except TypeError as error:
            raise ApiError(400, "The cursor does not fit the sort order") from error
        if following is not None and cursor is None and self._faults.empty_pages:
            following = following.paused()
        if cursor is not None and self._faults.repeats_cursor(path):
            following = cursor
        return self._envelope([row(item) for item in items], path, query, following)

    def _envelope(
        self, results: list[Any], path: str, query: Query, following: Cursor | None
    ) -> Reply:
        links = {"base": self._base_url}
        if following is None:
            return Reply(200, {"results": results, "_links": links}, points=1 + len(results))
        encoded = following.encode()
        kept = [part for part in query.raw.split("&") if part and not part.startswith("cursor=")]
        # Live sites put the cursor anywhere in the query, and leave its padding unescaped.
        kept.insert(mix(len(encoded), following.num) % (len(kept) + 1), f"cursor={encoded}")
        target = f"/wiki{path}?{'&'.join(kept)}"
        link = f'<{target}>; rel="next", <{self._base_url}>; rel="base"'
        payload = {"results": results, "_links": {"next": target, **links}}
        return Reply(200, payload, {"Link": link}, 1 + len(results))
