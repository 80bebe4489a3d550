"""A run ends with a STATE message, behind everything that it has read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.running import only, run_tap

if TYPE_CHECKING:
    from tests.demo_site import DemoSite


def test_records_come_out_also_when_the_state_says_nothing_new(
    site: DemoSite, config: dict[str, Any]
) -> None:
    edited = site.wiki.complete_task()
    first = run_tap(config, catalog=only("tasks"))

    second = run_tap(config, first.state, only("tasks"))

    # Tasks of the overlap are read again.
    assert edited in {task for (task,) in second.keys("tasks")}
    before, after = (run.state["bookmarks"]["tasks"] for run in (first, second))
    assert before["replication_key_value"] == after["replication_key_value"]
    assert second.messages[-1]["type"] == "STATE"
