"""Edits and additions leave the evidence as it is, and whatever has no date changes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.streams.reconciliation import PLACES
from tap_confluence.streams.state.evidence import Evidence, Sightings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.running import Json

THEN, LATER, NOW = (f"2026-07-0{day}T00:00:00.000Z" for day in (1, 2, 3))
BEFORE = "2026-06-01T00:00:00.000Z"


def a_page(number: int, *, modified: str = BEFORE, version: int = 2, **more: Any) -> Json:
    links = {"webui": f"/spaces/ENG/pages/{number}/Title+of+{number}"}
    return {
        "id": str(number),
        "status": "current",
        "spaceId": "7",
        "parentId": "1",
        "modifiedAt": modified,
        "version": {"number": version},
        "_links": links,
        **more,
    }


PAGES = [a_page(number) for number in (10, 20, 30)]


def seen(pages: list[Json], before: Evidence | None, began: str = NOW) -> Sightings:
    found = Sightings(began, before, PLACES)
    for page in pages:
        found.add(page)
    return found


THEN_SEEN = seen(PAGES, None, THEN).evidence

HARMLESS: dict[str, Callable[[], list[Json]]] = {
    "nothing": lambda: PAGES,
    "another order": lambda: PAGES[::-1],
    "an edit": lambda: [*PAGES[1:], a_page(10, modified=LATER, version=3)],
    "an edit that renames": lambda: [
        *PAGES[1:],
        a_page(10, modified=LATER, _links={"webui": "/spaces/ENG/pages/10/Other"}),
    ],
    "a new one": lambda: [*PAGES, a_page(25, modified=LATER, version=1)],
    "a new one that was edited": lambda: [*PAGES, a_page(40, modified=LATER, version=3)],
    "a new one that was edited, with a low id": lambda: [
        *PAGES,
        a_page(5, modified=LATER, version=3, createdAt=LATER),
    ],
}

UNDATED: dict[str, Callable[[], list[Json]]] = {
    "one purged": lambda: PAGES[1:],
    "all purged": list,
    "one in the trash": lambda: [*PAGES[1:], a_page(10, status="trashed")],
    "one moved": lambda: [*PAGES[1:], a_page(10, parentId="2")],
    "one in another space": lambda: [*PAGES[1:], a_page(10, spaceId="8")],
    "a space with another key": lambda: [
        a_page(n, _links={"webui": f"/spaces/NEW/pages/{n}/T"}) for n in (10, 20, 30)
    ],
    "one restored": lambda: [*PAGES, a_page(15)],
    "an old one with a high id, seen for the first time": lambda: [*PAGES, a_page(99, version=1)],
    "one purged for one restored": lambda: [*PAGES[1:], a_page(11)],
    "one edited out of sight, and seen again": lambda: [*PAGES, a_page(15, modified=LATER)],
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_has_a_date_is_no_difference(what: str) -> None:
    assert not seen(HARMLESS[what](), THEN_SEEN).differs


@pytest.mark.parametrize("what", UNDATED)
def test_what_has_none_is_one(what: str) -> None:
    assert seen(UNDATED[what](), THEN_SEEN).differs


def test_without_an_earlier_look_there_is_no_telling() -> None:
    assert seen(PAGES, None).differs


def test_what_is_made_during_a_look_is_compared_by_the_next_but_one() -> None:
    late = a_page(40, modified=NOW, version=1)
    second = seen([*PAGES, late], THEN_SEEN, LATER).evidence

    assert second.count == len(PAGES)
    assert not seen([*PAGES, late], second).differs


@pytest.mark.parametrize("edited", [10, 20, 30])
def test_an_edit_during_a_look_hides_nothing(edited: int) -> None:
    others = [page for page in PAGES if page["id"] != str(edited)]
    second = seen([*others, a_page(edited, modified=NOW, version=3)], THEN_SEEN, LATER).evidence

    assert not seen([*others, a_page(edited, modified=NOW, version=4)], second).differs


def test_evidence_comes_through_the_state_as_it_is() -> None:
    assert Evidence.load(json.loads(json.dumps(THEN_SEEN.dump()))) == THEN_SEEN


@pytest.mark.parametrize("size", [1, 1000])
def test_evidence_takes_some_hundred_bytes_of_whatever_there_is(size: int) -> None:
    many = seen([a_page(10**11 + number) for number in range(size)], None).evidence

    assert many.count == size
    assert len(json.dumps(many.dump())) < 130


@pytest.mark.parametrize(
    "change",
    [{"began": "x"}, {"began": None}, {"count": "3"}, {"sum": "xyz"}, {"highestId": None}],
)
def test_evidence_that_cannot_be_read_is_none(change: Json) -> None:
    assert Evidence.load({**THEN_SEEN.dump(), **change}) is None


@pytest.mark.parametrize("value", [None, "x", 3, []])
def test_evidence_that_is_no_object_is_none(value: object) -> None:
    assert Evidence.load(value) is None
