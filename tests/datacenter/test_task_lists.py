"""Tasks are found in bodies, however these are written."""

from __future__ import annotations

import pytest

from tap_confluence.datacenter.api.task_parser import tasks_in


def task(number: int, body: str, status: str = "incomplete") -> str:
    return (
        f"<ac:task>\n<ac:task-id>{number}</ac:task-id>\n"
        f"<ac:task-uuid>7f0c-{number}</ac:task-uuid>\n"
        f"<ac:task-status>{status}</ac:task-status>\n"
        f"<ac:task-body>{body}</ac:task-body>\n</ac:task>"
    )


def listed(*tasks: str) -> str:
    return f"<ac:task-list>{''.join(tasks)}</ac:task-list>"


def test_tasks_with_all_that_is_known_of_them() -> None:
    ana = '<ac:link><ri:user ri:userkey="2c9d" /></ac:link>'
    body = f'<span class="placeholder-inline-tasks">{ana} ask <time datetime="2026-01-31" /></span>'

    first, second = tasks_in(f"<p>To do:</p>{listed(task(1, body), task(2, 'Done', 'complete'))}")

    assert (first.local_id, first.status, first.body) == ("1", "incomplete", body)
    assert (first.assignee, first.due) == ("2c9d", "2026-01-31")
    assert (second.local_id, second.status, second.body) == ("2", "complete", "Done")
    assert (second.assignee, second.due) == (None, None)


def test_tasks_under_tasks_do_not_lend_each_other_their_words() -> None:
    inner = listed(task(2, 'Inner <ri:user ri:userkey="b" />'))
    storage = listed(task(1, f"Outer {inner} rest"), task(3, "Last"))

    outer, nested, last = tasks_in(storage)

    assert (outer.local_id, outer.body, outer.assignee) == ("1", "Outer  rest", None)
    assert (nested.local_id, nested.assignee) == ("2", "b")
    assert (last.local_id, last.body) == ("3", "Last")


def test_entities_and_macros_stay_as_they_are() -> None:
    body = 'R&amp;D&nbsp;&mdash; <ac:structured-macro ac:name="status"/>'

    [found] = tasks_in(listed(task(1, body)))

    assert found.body == body


@pytest.mark.parametrize(
    "storage",
    [
        "",
        "<p>No task</p>",
        f"<ac:plain-text-body><![CDATA[{listed(task(1, 'x'))}]]></ac:plain-text-body>",
        f"<!-- {listed(task(1, 'x'))} -->",
        "<ac:task-list><ac:task/></ac:task-list>",
        "<ac:task-list><ac:task><ac:task-id></ac:task-id></ac:task></ac:task-list>",
    ],
)
def test_what_is_no_task_is_none(storage: str) -> None:
    assert tasks_in(storage) == []


def test_a_body_that_breaks_off_keeps_what_is_whole() -> None:
    storage = listed(task(1, "Whole"))[: -len("</ac:task-list>")] + "<ac:task><ac:task-id>2"

    assert [found.local_id for found in tasks_in(storage)] == ["1"]


def test_ends_without_beginnings_are_passed_over() -> None:
    storage = f"</ac:task></ac:task-list></ac:task-body>{listed(task(1, 'x'))}"

    assert [found.local_id for found in tasks_in(storage)] == ["1"]


def test_a_long_body_takes_no_time() -> None:
    storage = "<ac:task><ac:task-body>" * 20_000

    assert tasks_in(storage) == []
