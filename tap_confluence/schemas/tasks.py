"""Tasks: the action items in pages and blog posts."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.body import TASK_BODY
from tap_confluence.schemas.content import container_id, created_at, space_id
from tap_confluence.schemas.record import key, modified_at, record

TASK: dict[str, Any] = record(
    key("id", "Id of the task."),
    th.Property(
        "localId",
        th.StringType,
        description="Id of the task within the page or blog post that holds it.",
    ),
    space_id(),
    container_id("pageId", "page"),
    container_id("blogPostId", "blog post"),
    th.Property("status", th.StringType, description="`complete` or `incomplete`."),
    th.Property(
        "body",
        TASK_BODY,
        description="The text of the task. Null unless a representation was asked for.",
    ),
    th.Property(
        "createdBy",
        th.StringType,
        description="Account id of the user who created the task.",
    ),
    th.Property(
        "assignedTo",
        th.StringType,
        description="Account id of the user who is to do the task. Null when nobody is.",
    ),
    th.Property(
        "completedBy",
        th.StringType,
        description="Account id of the user who ticked the task off. Null until then.",
    ),
    created_at("task"),
    th.Property(
        "updatedAt",
        th.DateTimeType,
        description="Time of the last change, ISO 8601 in UTC. Null until the first.",
    ),
    th.Property(
        "dueAt",
        th.DateTimeType,
        description="Time by which the task is due, ISO 8601 in UTC. Null when it has no date.",
    ),
    th.Property(
        "completedAt",
        th.DateTimeType,
        description="Time at which the task was ticked off, ISO 8601 in UTC. Null until then.",
    ),
    modified_at("`updatedAt`, or `createdAt` while that is null"),
)
