"""Asking again beside the requests of a run, for what signing in needs.

Runs that begin at the same moment ask for it at the same moment, so that they may be limited there.
"""

from __future__ import annotations

import itertools
import random
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

import backoff

from tap_confluence.http.rate_limit.headers import asked_wait
from tap_confluence.http.responses import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import requests

TRIES = 5

PASSES = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
"""Below 500, what says nothing about who asks."""

T = TypeVar("T")


def in_few_tries(call: Callable[[], T]) -> T:
    """Run a call, again while it raises TransientError, which the last try does raise."""
    return backoff.on_exception(_waits, TransientError, max_tries=TRIES, jitter=None, logger=None)(
        call
    )()


def check_passing(response: requests.Response) -> None:
    """Look at the status of an answer.

    Raises:
        TransientError: The other side limits, or fails in a way that may pass.
    """
    status = response.status_code
    if status in PASSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TransientError(str(status), asked_wait(response.headers))


def _waits() -> Generator[float, TransientError, None]:
    """Wait twice as long each time, or as long as the other side asks."""
    error = yield 0.0
    for attempt in itertools.count():
        wait = 2**attempt * random.uniform(0.7, 1.3)  # noqa: S311
        error = yield error.wait_before_retry(wait)
