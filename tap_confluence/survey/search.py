"""How the search of a site behaves, on Cloud as on Data Center."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from tap_confluence.cloud.api.custom_types import TYPE_NAME
from tap_confluence.rest_v1.search import CONTENT_SEARCH, SITE_SEARCH
from tap_confluence.survey.asker import OK, pick
from tap_confluence.survey.facts import Question, UnansweredError
from tap_confluence.timestamps import to_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.survey.asker import Asker, Reply, Row


SETTLED = timedelta(minutes=5)
"""The age from which on a change is found by every search."""

QUARTER = timedelta(minutes=15)
WESTERNMOST, EASTERNMOST = -48, 56
"""Offsets from UTC in quarters of an hour: of Baker Island and of Kiribati."""

BEYOND = 200
"""Quarters of an hour: more than any time zone is ahead."""

CAPS = (
    ("nothing", "", 250, "page"),
    ("versions", "version", 250, "page"),
    ("bodies", "body.storage", 60, "comment"),
)
"""What is expanded, how many are asked for, and of what."""


class SearchSurvey:
    """Asks about searches.

    Args:
        asker: Asks the site.
    """

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    def questions(self) -> Iterator[Question]:
        """Get the questions."""
        yield Question(
            "time zone of dates in CQL",
            "which minutes of lastmodified find a page, against the time of its version",
            self._time_zone,
        )
        yield Question(
            "relative dates in CQL",
            'lastmodified >= now("-Nm") on both sides of it',
            self._relative,
            ("right",),
        )
        yield Question(
            "search for a type that does not exist",
            f"{SITE_SEARCH}?cql=type=bogustype",
            self._bogus,
            ("refused (400), naming",),
        )
        for name, expand, limit, kind in CAPS:
            yield Question(
                f"{limit} rows of a search that expands {name}",
                f"{CONTENT_SEARCH}?cql=type={kind}",
                partial(self._cap, expand, limit, kind),
            )

    def types(self) -> list[str]:
        """Get the types of custom content that the refusal of a search names."""
        message = self._bogus_reply().body.get("message")
        return sorted(set(TYPE_NAME.findall(message))) if isinstance(message, str) else []

    def total(self, kind: str) -> int:
        """Get how many of a type a search says there are.

        Raises:
            UnansweredError: It does not say.
        """
        total = self._asker.get(SITE_SEARCH, {"cql": f"type={kind}", "limit": "1"}).body.get(
            "totalSize"
        )
        if not isinstance(total, int):
            message = "no totalSize"
            raise UnansweredError(message)
        return total

    def _bogus_reply(self) -> Reply:
        return self._asker.ask_whether(SITE_SEARCH, {"cql": "type=bogustype"})

    def _bogus(self) -> str:
        status = self._bogus_reply().status
        if status == OK:
            return "finds something or nothing (200)"
        return f"refused ({status}), naming {len(self.types())} types of custom content"

    def _cap(self, expand: str, limit: int, kind: str) -> str:
        params = {"cql": f"type={kind}", "limit": str(limit)}
        reply = self._asker.get(CONTENT_SEARCH, {**params, "expand": expand} if expand else params)
        return cap_of(reply, limit)

    def _page(self) -> tuple[str, datetime]:
        """Find the newest page that is not too new, and when it changed.

        Raises:
            UnansweredError: There is none.
        """
        reply = self._asker.get(
            CONTENT_SEARCH,
            {"cql": "type=page order by lastmodified desc", "expand": "version", "limit": "25"},
        )
        last = self._asker.client.site_time() - SETTLED
        for row in reply.rows:
            timestamp, id_ = _timestamp(row), str(row.get("id"))
            if timestamp and id_.isdecimal() and timestamp < last:
                return id_, timestamp
        message = "no page"
        raise UnansweredError(message)

    def _is_found(self, id_: str, bound: str) -> bool:
        cql = f"type=page and id={id_} and lastmodified >= {bound}"
        return bool(self._asker.get(CONTENT_SEARCH, {"cql": cql, "limit": "1"}).rows)

    def _time_zone(self) -> str:
        id_, timestamp = self._page()

        def is_found(quarters: int) -> bool:
            return self._is_found(id_, f'"{timestamp + quarters * QUARTER:%Y-%m-%d %H:%M}"')

        if is_found(BEYOND):
            return "dates do not matter"
        found, missed = WESTERNMOST - 1, EASTERNMOST + 1
        # Most likely they are in UTC.
        for guess in (0, 1):
            if found < guess < missed:
                found, missed = (guess, missed) if is_found(guess) else (found, guess)
        while missed - found > 1:
            middle = (found + missed) // 2
            found, missed = (middle, missed) if is_found(middle) else (found, middle)
        if found < WESTERNMOST:
            return "that of no place on earth: the page is not found by its date"
        hours, minutes = divmod(abs(found) * 15, 60)
        return f"UTC{'-' if found < 0 else '+'}{hours:02}:{minutes:02}"

    def _relative(self) -> str:
        id_, timestamp = self._page()
        age = int((self._asker.client.site_time() - timestamp) / timedelta(minutes=1))
        before = self._is_found(id_, f'now("-{age + 3}m")')
        after = self._is_found(id_, f'now("-{max(age - 3, 0)}m")')
        answers = {
            (True, False): "right to a few minutes, in whatever time zone",
            (True, True): "not right: they find what is older",
            (False, False): "not right: they miss what is newer",
        }
        return answers.get((before, after), "not right: later dates find more")


def cap_of(reply: Reply, asked: int) -> str:
    """Say how many rows a page has of those asked for."""
    found, said = len(reply.rows), reply.body.get("limit")
    rows = f"{found} row{'' if found == 1 else 's'}"
    if is_number(said) and said != asked:
        return f"limit becomes {said}, {rows}"
    if found >= asked:
        return "as many as asked for"
    if reply.next_place:
        return f"{rows}, and more follow"
    return f"no limit is told, but there are only {rows}"


def _timestamp(row: Row) -> datetime | None:
    try:
        return datetime.fromisoformat(to_timestamp(pick(row, "version", "when")) or "")
    except ValueError:
        return None


def is_number(value: Any) -> bool:
    """Tell whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)
