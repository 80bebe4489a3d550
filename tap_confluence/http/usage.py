"""What requests cost: their number, and the points of Atlassian's quota."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

POINTS_PER_OBJECT: Mapping[str, int] = dict.fromkeys(
    ("group", "membersByGroupId", "permissions", "role-assignments", "user", "users-bulk"), 2
)
"""What an object costs of the points quota, by the last word of its path; others cost one
(https://developer.atlassian.com/cloud/confluence/rate-limiting/)."""


@dataclass
class Usage:
    """What a part of the run has cost.

    Attributes:
        requests: Requests sent, those included that failed.
        points: Points of the hourly quota that Atlassian counts for apps.
        retries: Requests that were repeated after a failure.
        limited: Requests that were answered 429.
    """

    requests: int = 0
    points: int = 0
    retries: int = 0
    limited: int = 0

    def __str__(self) -> str:
        """Say it in words."""
        return (
            f"{self.requests} requests ({self.points} points of quota), "
            f"{self.retries} retries, {self.limited} rate-limited"
        )


def points_of(path: str, body: Mapping[str, Any]) -> int:
    """Return the points of the hourly quota that an answer costs.

    Args:
        path: What was asked.
        body: The answer.
    """
    results = body.get("results")
    objects = len(results) if isinstance(results, list) else 1
    return 1 + POINTS_PER_OBJECT.get(path.rsplit("/", 1)[-1], 1) * objects
