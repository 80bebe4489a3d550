"""The settings that say how to send requests, and what to write."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

TRANSPORT: tuple[th.Property[Any], ...] = (
    th.Property(
        "page_size",
        th.IntegerType(minimum=1, maximum=250),
        title="Page size",
        default=250,
        description="Items to ask for in one list request.",
    ),
    th.Property(
        "max_concurrency",
        th.IntegerType(minimum=1, maximum=100),
        title="Maximum concurrency",
        default=8,
        description="Requests in flight at the same time.",
    ),
    th.Property(
        "requests_per_second",
        th.NumberType(exclusive_minimum=0),
        title="Requests per second",
        description=(
            "A ceiling on the request rate. When absent, the pace follows the site's answers."
        ),
    ),
    th.Property(
        "max_retries",
        th.IntegerType(minimum=0, maximum=20),
        title="Maximum retries",
        default=5,
        description=(
            "How often a request is repeated after a server error, a time-out, a broken "
            "connection or an unreadable answer, before the run gives up."
        ),
    ),
    th.Property(
        "request_timeout",
        th.NumberType(exclusive_minimum=0),
        title="Request timeout",
        default=120,
        description=(
            "Seconds to wait for the site to answer, and to go on with an answer. One that takes "
            "ten times as long, or brings less than 1 KB a second meanwhile, counts as failed; a "
            "file may take any time."
        ),
    ),
    th.Property(
        "max_rate_limit_wait",
        th.NumberType(minimum=0),
        title="Maximum rate limit wait",
        default=3600,
        description=(
            "Longest pause, in seconds, that the site may impose by its rate limit. When it asks "
            "for more, the run writes its state and stops."
        ),
    ),
    th.Property(
        "verify_ssl",
        th.BooleanType,
        title="Verify TLS",
        default=True,
        description="Whether to verify the site's TLS certificate.",
    ),
    th.Property(
        "ca_bundle",
        th.StringType,
        title="CA bundle",
        description="Path of a PEM file of certificate authorities to trust.",
    ),
    th.Property(
        "user_agent",
        th.StringType,
        title="User agent",
        description="The User-Agent header. Defaults to the tap's name and version.",
    ),
    th.Property(
        "emit_activate_version_messages",
        th.BooleanType,
        title="Emit ACTIVATE_VERSION messages",
        default=True,
        description=(
            "Whether a run ends with an ACTIVATE_VERSION message for each stream that was read in "
            "full and without error, by which a target removes the rows that are gone."
        ),
    ),
)
