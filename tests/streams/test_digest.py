"""A digest tells what is new, in few bytes, and when in doubt takes it for new."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tap_confluence.streams.state.digest import OverlapDigest, TrashDigest
from tests.demo_site import DemoSite, Wiki
from tests.running import run_tap, settings_of

MOMENT = "2026-01-01T00:00:00.000Z"
LATER = "2026-01-02T00:00:00.000Z"


def trash_of(*item_ids: str, moment: str = MOMENT) -> TrashDigest:
    digest = TrashDigest()
    for item_id in item_ids:
        digest.add(item_id, moment)
    return digest


def marks(*item_ids: str, moment: str = MOMENT) -> set[int]:
    return {OverlapDigest.mark(item_id, moment) for item_id in item_ids}


def reloaded_overlap(marks: set[int]) -> OverlapDigest:
    loaded = OverlapDigest.load(json.loads(json.dumps(OverlapDigest(marks).dump())))
    assert loaded is not None
    return loaded


def ids(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def reloaded_trash(digest: TrashDigest) -> TrashDigest:
    loaded = TrashDigest.load(json.loads(json.dumps(digest.dump())))
    assert loaded is not None
    return loaded


def test_nothing_is_new_in_the_same_trash() -> None:
    before = reloaded_trash(trash_of(*ids(1000)))

    now = trash_of(*reversed(ids(1000)))

    assert not any(now.may_be_new(item_id, MOMENT, before) for item_id in ids(1000))


def test_one_new_item_is_told_from_a_thousand_old_ones() -> None:
    before = reloaded_trash(trash_of(*ids(1000)))

    now = trash_of(*ids(1000), "new")

    assert [i for i in [*ids(1000), "new"] if now.may_be_new(i, MOMENT, before)] == ["new"]


def test_all_new_items_are_new_however_many() -> None:
    before = reloaded_trash(trash_of(*ids(50)))

    now = trash_of(*ids(500))

    assert all(now.may_be_new(item_id, MOMENT, before) for item_id in ids(500)[50:])


def test_an_item_that_came_back_with_another_date_is_new() -> None:
    before = reloaded_trash(trash_of("1"))

    now = trash_of("1", moment=LATER)

    assert now.may_be_new("1", LATER, before)


def test_what_was_purged_does_not_hide_what_is_new() -> None:
    before = reloaded_trash(trash_of(*ids(300)))

    now = trash_of(*ids(300)[::2], "new")

    assert now.may_be_new("new", MOMENT, before)


@pytest.mark.parametrize("count", [0, 1, 5, 750, 5000])
def test_an_overlap_that_is_the_same_is_recognised_whatever_its_size(count: int) -> None:
    before = reloaded_overlap(marks(*ids(count)))

    assert before.common(marks(*ids(count))) == marks(*ids(count))


@pytest.mark.parametrize("number", range(200))
def test_a_few_that_differ_are_told_from_thousands_that_do_not(number: int) -> None:
    same = marks(*(f"{number}-{item_id}" for item_id in ids(1000)))
    gone = marks(f"{number}-gone", f"{number}-edited", f"{number}-moved")
    new = marks(f"{number}-new") | marks(f"{number}-edited", moment=LATER)

    assert reloaded_overlap(same | gone).common(same | new) == same


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    same=st.integers(0, 1000),
    gone=st.integers(0, 60),
    new=st.integers(0, 60),
    seed=st.integers(0, 10**6),
)
def test_what_was_not_written_is_never_recognised(
    same: int, gone: int, new: int, seed: int
) -> None:
    kept, purged, added = (
        marks(*(f"{seed}-{kind}-{item_id}" for item_id in ids(count)))
        for kind, count in (("same", same), ("gone", gone), ("new", new))
    )

    assert reloaded_overlap(kept | purged).common(kept | added) <= kept


def test_an_item_that_comes_twice_is_there_once() -> None:
    [mark] = marks("1")

    assert OverlapDigest([mark, mark]).dump() == OverlapDigest([mark]).dump()


@pytest.mark.parametrize("count", [1, 10, 10_000])
def test_the_size_has_a_bound_whatever_the_number_of_items(count: int) -> None:
    assert 0 < len(trash_of(*ids(count)).dump()) < 400
    assert 0 < len(OverlapDigest(marks(*ids(count))).dump()) < 480


@pytest.mark.parametrize("text", [None, 7, {}, "?", "AAAA", "ä"])
def test_what_is_no_digest_is_none(text: object) -> None:
    assert TrashDigest.load(text) is None


def test_an_empty_trash_is_not_an_unknown_one() -> None:
    assert trash_of().dump() == ""
    assert TrashDigest.load("") is not None


def test_the_trash_is_digested_once_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    digested: list[str] = []
    add = TrashDigest.add

    def note(digest: TrashDigest, item_id: str, timestamp: str | None) -> None:
        digested.append(item_id)
        add(digest, item_id, timestamp)

    monkeypatch.setattr(TrashDigest, "add", note)
    with DemoSite(Wiki.seeded(pages=12, seed=5)) as site:
        for _ in range(3):
            site.wiki.trash_page()
        run_tap(settings_of(site), streams=("pages", "page_versions"))
        trashed = [page.id for page in site.wiki.pages if page.status == "trashed"]

    assert trashed
    assert sorted(digested) == sorted(trashed)
