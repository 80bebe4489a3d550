"""The tasks in a storage body, which Data Center has no public API for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from tap_confluence.rest_v1 import records

if TYPE_CHECKING:
    from collections.abc import Mapping

BODY = "task-body"

_TOKEN = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<!--.*?-->"
    r"|<(?P<end>/?)ac:(?P<name>task(?:-list|-id|-status|-body)?)(?P<rest>[\s/][^>]*)?>",
    re.DOTALL,
)
_ASSIGNEE = re.compile(
    r"""<ri:user\s[^>]*?ri:(?:userkey|username|account-id)\s*=\s*["']([^"']+)["']"""
)
_DUE = re.compile(r"""<time\s[^>]*?datetime\s*=\s*["'](\d{4}-\d{2}-\d{2})["']""")


@dataclass
class ParsedTask:
    """A task as the body has it.

    Attributes:
        local_id: What tells it from the other tasks of the body.
        status: `complete` or `incomplete`.
        body: Its text in storage format, without tasks that lie under it.
    """

    local_id: str = ""
    status: str = "incomplete"
    body: str = ""

    @property
    def assignee(self) -> str | None:
        """Whose task it is: the first who is mentioned."""
        found = _ASSIGNEE.search(self.body)
        return unescape(found[1]) if found else None

    @property
    def due(self) -> str | None:
        """The day by which it is due, `YYYY-MM-DD`: the first that is mentioned."""
        found = _DUE.search(self.body)
        return found[1] if found else None


def tasks_in(storage: str) -> list[ParsedTask]:
    """Find the tasks in a storage body, in their order.

    The text is cut, not parsed as XML: it may hold entities and macros that no XML parser knows,
    and a task is to be kept as it was written. What is broken is left out.

    Args:
        storage: XHTML with macros. Tasks may lie within tasks.
    """
    if "<ac:task" not in storage:
        return []
    found: list[_OpenTask] = []
    within: list[_OpenTask] = []
    for token in _TOKEN.finditer(storage):
        name = token["name"]
        if name is None or (token["rest"] or "").endswith("/"):
            continue
        if name != "task":
            if within:
                within[-1].meet(token)
        elif not token["end"]:
            within.append(_OpenTask())
            found.append(within[-1])
        elif within:
            within.pop()
    return [each.task for each in found if each.task.local_id]


class _OpenTask:
    """A task whose end has not been met."""

    def __init__(self) -> None:
        self.task = ParsedTask()
        self._part = ""
        self._start = 0
        self._is_in_nested_list = False

    def meet(self, token: re.Match[str]) -> None:
        """Take note of a tag right in the task: the beginning or end of a part of it."""
        match token["name"], bool(token["end"]):
            case "task-list", False if self._part == BODY:
                self._cut(token)
                self._is_in_nested_list = True
            case "task-list", True if self._is_in_nested_list:
                self._begin(BODY, token)
                self._is_in_nested_list = False
            case name, False:
                self._begin(name, token)
            case name, True if name == self._part:
                self._cut(token)

    def _begin(self, part: str, token: re.Match[str]) -> None:
        self._part, self._start = part, token.end()

    def _cut(self, token: re.Match[str]) -> None:
        text = token.string[self._start : token.start()]
        match self._part:
            case "task-id":
                self.task.local_id = text.strip()
            case "task-status":
                self.task.status = text.strip() or self.task.status
            case "task-body":
                self.task.body += text
        self._part = ""


def task_record(item: Mapping[str, Any], found: ParsedTask) -> dict[str, Any]:
    """Turn a task in the body of an item into a record of `tasks`.

    Its number is unique on its page only, so that its id is that of the page and the number. When
    it was made, changed or ticked off is not known.
    """
    due = f"{found.due}T00:00:00.000Z" if found.due else None
    return {
        "id": f"{item['id']}-{found.local_id}",
        "localId": found.local_id,
        "spaceId": records.space_id(item),
        "status": found.status,
        "body": {"storage": {"representation": "storage", "value": found.body}},
        "assignedTo": found.assignee,
        "dueAt": due,
    }
