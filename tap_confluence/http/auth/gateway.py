"""Atlassian's API gateway: where a Cloud site lies on it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from tap_confluence.decoding import NotJSONError, decode
from tap_confluence.errors import SiteError
from tap_confluence.http.auth.few_tries import check_passing, in_few_tries
from tap_confluence.http.responses import (
    TransientError,
    is_out_of_reach,
    unreachable,
    why_unreadable,
)
from tap_confluence.http.transport.bounds import UnboundedAnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_confluence.http.transport.session import Session


def gateway_root(gateway_url: str, cloud_id: str) -> str:
    """Return the root of a site on the gateway."""
    return f"{gateway_url.rstrip('/')}/ex/confluence/{cloud_id}/wiki"


def find_cloud_id(site_root: str, session: Session, *, timeout: float = 60.0) -> str:
    """Ask a site for its id on the gateway. No credentials are needed, and none are sent.

    Args:
        site_root: Such as `https://acme.atlassian.net/wiki`.
        session: Sends the request.
        timeout: Seconds to wait for an answer.

    Raises:
        SiteError: The site does not tell.
    """
    parts = urlsplit(site_root)
    url = f"{parts.scheme}://{parts.netloc}/_edge/tenant_info"

    def ask() -> str:
        response = session.get(url, timeout=timeout, allow_redirects=False)
        check_passing(response)
        answer: Mapping[str, object] = decode(response.content)
        return str(answer["cloudId"])

    try:
        return in_few_tries(ask)
    except TransientError as error:
        message = f"{url} does not tell the id of the site ({error}). Try again later."
        raise SiteError(message) from None
    except (
        requests.RequestException,
        UnboundedAnswerError,
        NotJSONError,
        KeyError,
        TypeError,
    ) as error:
        if is_out_of_reach(error):
            raise SiteError(unreachable(url, error)) from error
        message = (
            f"{url} does not tell the id of the site ({why_unreadable(error)}). Check 'domain' or "
            "'base_url', or set 'cloud_id'."
        )
        raise SiteError(message) from error
