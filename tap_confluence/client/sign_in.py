"""The check that the site is a Confluence and accepts the credentials."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import (
    ForbiddenError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    SignInError,
    SiteError,
)

if TYPE_CHECKING:
    from tap_confluence.client.session import Client

logger = logging.getLogger("tap-confluence")

CURRENT_USER = "/rest/api/user/current"
TAG = "sign-in"


def check_sign_in(client: Client) -> None:
    """Make sure of the site and the account before anything is read.

    A site that is open to the public answers wrong credentials with 200, as nobody; so the account
    must be known by name. A root without the context path `/wiki` is given it.

    Raises:
        SignInError: The site does not accept the credentials.
        SiteError: There is no Confluence Cloud at the URL.
    """
    try:
        user = _current_user(client)
    except ScopeError:
        logger.warning("The token lacks the scope to ask who it belongs to; reading goes on")
        return
    except ForbiddenError as error:
        raise SignInError(_refused(client.root)) from error
    except NotFoundError as error:
        message = (
            f"There is no Confluence at {client.root}. Check 'domain' or 'base_url': a Cloud site "
            "looks like your-company.atlassian.net."
        )
        raise SiteError(message) from error
    except (RefusedError, RetriesExhaustedError) as error:
        message = f"{client.root} does not answer as Confluence does: {error}"
        raise SiteError(message) from error
    if user.get("type") == "anonymous" or not (user.get("accountId") or user.get("username")):
        raise SignInError(_refused(client.root))
    if not user.get("accountId"):
        message = (
            f"{client.root} is a Confluence Data Center, which this version does not read. Point "
            "'domain' at a Confluence Cloud site."
        )
        raise SiteError(message)
    logger.info("Signed in to %s as %s", client.root, user.get("displayName") or "an account")


def _current_user(client: Client) -> dict[str, Any]:
    try:
        return client.get(CURRENT_USER, tag=TAG).body
    except NotFoundError:
        if client.root.endswith("/wiki"):
            raise
        client.root += "/wiki"
        return client.get(CURRENT_USER, tag=TAG).body


def _refused(root: str) -> str:
    return (
        f"{root} does not accept the credentials. Check 'email' and 'api_token': the token may be "
        "mistyped, expired or revoked, or belong to another account."
    )
