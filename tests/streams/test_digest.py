"""A digest tells what is new, in few bytes, and when in doubt takes it for new."""

from __future__ import annotations

import json

import pytest

from tap_confluence.streams.digest import BUCKETS, OverlapDigest, TrashDigest

MOMENT = "2026-01-01T00:00:00.000Z"
LATER = "2026-01-02T00:00:00.000Z"


def trash_of(*item_ids: str, moment: str = MOMENT) -> TrashDigest:
    digest = TrashDigest()
    for item_id in item_ids:
        digest.add(item_id, moment)
    return digest


def overlap_of(*item_ids: str) -> OverlapDigest:
    digest = OverlapDigest()
    for item_id in item_ids:
        digest.add(item_id, MOMENT)
    return digest


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


def test_the_overlap_is_recognised() -> None:
    loaded = OverlapDigest.load(overlap_of(*ids(5)).dump())

    assert loaded is not None
    assert all(loaded.has(item_id, MOMENT) for item_id in ids(5))


def test_what_was_not_written_is_never_recognised() -> None:
    digest = overlap_of(*ids(200))

    assert not any(digest.has(f"other {item_id}", MOMENT) for item_id in ids(2000))
    assert not any(digest.has(item_id, LATER) for item_id in ids(200))


def test_a_crowded_overlap_recognises_nothing() -> None:
    digest = overlap_of(*ids(100 * BUCKETS))

    assert not any(digest.has(item_id, MOMENT) for item_id in ids(100 * BUCKETS))


@pytest.mark.parametrize("kind", [TrashDigest, OverlapDigest])
@pytest.mark.parametrize("count", [1, 10, 10_000])
def test_the_size_has_a_bound_whatever_the_number_of_items(
    kind: type[TrashDigest | OverlapDigest], count: int
) -> None:
    digest = kind()
    for item_id in ids(count):
        digest.add(item_id, MOMENT)

    assert 0 < len(digest.dump()) < 400


@pytest.mark.parametrize("text", [None, 7, {}, "?", "AAAA", "ä"])
def test_what_is_no_digest_is_none(text: object) -> None:
    assert TrashDigest.load(text) is None


def test_an_empty_trash_is_not_an_unknown_one() -> None:
    assert trash_of().dump() == ""
    assert TrashDigest.load("") is not None
