"""Tasks that the site of Cloud fails for, or only for their bodies, until it is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from tests.demo_site import Wiki
from tests.incremental.runs import ClockedSite
from tests.reconciliation.tables import Tables

if TYPE_CHECKING:
    from aiohttp import web

TASKS = "/api/v2/tasks"


def listed(tables: Tables) -> list[str]:
    """Return the tasks that the state lists as failed."""
    assert tables.state is not None
    return list(tables.state["bookmarks"]["tasks"].get("failed", {}))


@pytest.mark.parametrize("hours", [1, 30, 8 * 24])
@pytest.mark.parametrize("nights", [1, 3])
def test_a_task_gets_its_body_in_the_first_run_in_which_the_site_gives_it(
    cloud: Tables, hours: int, nights: int
) -> None:
    cloud.sync("tasks")
    task = str(next(iter(cloud.wiki.tasks)).num)
    cloud.site.faults.lists.poison(task, in_body=True)
    for _ in range(nights):
        cloud.pass_hours(hours)
        cloud.sync("tasks", max_retries=0)
    cloud.site.faults.lists.cure(task)

    cloud.pass_hours(3)
    cloud.sync("tasks")

    assert cloud.column("tasks", "body", task) is not None
    assert not listed(cloud)
    again = cloud.sync("tasks")
    assert task not in {row["id"] for row in again.rows("tasks")}


@pytest.mark.parametrize("in_body", [False, True])
def test_a_task_that_was_broken_from_the_first_comes_once_it_is_mended(
    cloud: Tables, *, in_body: bool
) -> None:
    cloud.sync("tasks")
    broken = cloud.wiki.add_task()
    cloud.site.faults.lists.poison(broken, in_body=in_body)
    cloud.pass_hours(1)
    later = cloud.wiki.add_task()
    cloud.pass_hours(1)
    assert later in {row["id"] for row in cloud.sync("tasks", max_retries=0).rows("tasks")}
    cloud.site.faults.lists.cure(broken)

    cloud.pass_hours(1)
    cloud.sync("tasks")

    assert cloud.column("tasks", "body", broken) is not None
    assert not cloud.wrong(["tasks"])


def test_a_broken_task_that_is_gone_is_no_longer_listed(cloud: Tables) -> None:
    cloud.sync("tasks")
    page = cloud.wiki.add_page("OPS")
    broken = cloud.wiki.add_task(page_id=page)
    cloud.site.faults.lists.poison(broken, in_body=True)
    cloud.pass_hours(1)
    cloud.sync("tasks", max_retries=0)
    assert listed(cloud) == [broken]

    cloud.wiki.purge_page(page)
    cloud.pass_hours(30)
    cloud.sync("tasks")

    assert not listed(cloud)
    assert not cloud.wrong(["tasks"])


def test_a_body_that_is_lost_as_a_run_looks_again_comes_with_the_next_run() -> None:
    with FailingLaterSite(Wiki.seeded(pages=12)) as site:
        tables = Tables(site)
        tables.sync("tasks")
        task = str(next(iter(tables.wiki.tasks)).num)
        tables.pass_hours(8 * 24)
        site.fails_for, site.lists = task, 0
        tables.sync("tasks", max_retries=0)
        assert site.lists > 1
        assert listed(tables) == [task]
        site.faults.lists.cure(task)

        tables.pass_hours(1)
        tables.sync("tasks")

        assert tables.column("tasks", "body", task) is not None
        assert not listed(tables)


class FailingLaterSite(ClockedSite):
    """A site that fails for the body of a task once it has given its tasks.

    Attributes:
        fails_for: The task.
        lists: How often the tasks were asked for.
    """

    fails_for: str | None = None
    lists = 0

    @override
    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        response = super()._respond(request, path, raw_query)
        if path.endswith(TASKS):
            self.lists += 1
            if self.fails_for:
                self.faults.lists.poison(self.fails_for, in_body=True)
        return response
