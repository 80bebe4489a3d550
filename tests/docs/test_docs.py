"""Every document that follows from the code is as the code has it."""

from __future__ import annotations

import re
from difflib import unified_diff

import pytest

from tests.docs import facts
from tests.docs.documents import DOCUMENTS, PROJECT
from tests.docs.markdown import fill, table

SHOWN = 30
"""Lines of a difference that are shown."""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_says_what_the_code_says(name: str) -> None:
    path = PROJECT / name
    there = path.read_text() if path.exists() else ""
    wanted = DOCUMENTS[name]()

    if there != wanted:
        lines = unified_diff(there.splitlines(), wanted.splitlines(), name, "the code", n=1)
        shown = "\n".join([*lines][:SHOWN])
        pytest.fail(f"{name} is not what the code says: run make docs\n{shown}", pytrace=False)


def test_the_cost_of_every_stream_that_is_left_out_is_told() -> None:
    costs = facts.costs_alone()

    assert [*costs] == [stream.name for stream in facts.left_out()]
    assert all(first and idle for (first, idle), _ in costs.values())
    assert {name for name, (_, there) in costs.items() if there != facts.NO_COST} == {
        name for name in costs if name in facts.data_center_streams()
    }


def test_the_checklists_name_files_that_are_there() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text()
    named = re.findall(r"`((?:tap_confluence|tests|docs|plugins|orchestrate)/[\w/.-]*)`", text)

    assert named
    assert [name for name in named if not (PROJECT / name).exists()] == []


def test_generated_parts_stand_between_marks_in_the_comments_of_three_languages() -> None:
    document = "a\n<!-- generated: x -->\n<!-- end -->\n  # generated: y\nold\n  # end\n"

    filled = fill(document + "%% generated: z\n%% end\n", {"x": "X\n", "y": "Y\n", "z": "Z\n"})

    assert filled == (
        "a\n<!-- generated: x -->\nX\n<!-- end -->\n  # generated: y\nY\n  # end\n"
        "%% generated: z\nZ\n%% end\n"
    )


def test_a_part_without_a_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="There are places for"):
        fill("<!-- generated: x -->\n<!-- end -->\n", {"x": "", "y": ""})


def test_a_cell_of_a_table_may_hold_the_line_between_cells() -> None:
    assert table(("a", "b"), [("1|2", "3")]) == "| a | b |\n|---|---|\n| 1\\|2 | 3 |\n"
