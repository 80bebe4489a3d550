"""The check that the site is what it is taken for, and accepts the credentials."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import (
    AnonymousError,
    ForbiddenError,
    NotFoundError,
    RefusedCredentialsError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    SiteError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_confluence.http.client import Client

CURRENT_USER = "/rest/api/user/current"
SERVER_INFORMATION = "/rest/api/server-information"
CONTEXT_PATH = "/wiki"
TAG = "sign-in"

GATEWAY = "/ex/confluence/"
"""What is in the root of a site at the gateway."""

SCOPED = (
    "If it is an API token with scopes, set 'use_api_gateway' to true; if the site is self-hosted, "
    "set 'personal_access_token' in place of 'api_token'."
)


def check_cloud(client: Client) -> str:
    """Make sure of a Cloud site and the account before anything is read.

    A root without the context path `/wiki` is given it.

    Returns:
        Which site it is and who is signed in, in words.

    Raises:
        SignInError: The site does not accept the credentials.
        SiteError: There is no Confluence Cloud at the URL.
    """
    try:
        user = _current_user(client, context_path=CONTEXT_PATH)
    except RefusedCredentialsError as error:
        if GATEWAY in client.root:
            raise
        message = f"{error} {SCOPED}"
        raise type(error)(message) from error
    _note_account(client, user)
    if user is None:
        return (
            f"Confluence Cloud at {client.root}: signed in with a token that may not say whose it "
            "is"
        )
    if user.get("username") and not user.get("accountId"):
        message = (
            f"{client.root} is a Confluence Data Center. Set 'personal_access_token' in place of "
            "'email' and 'api_token'."
        )
        raise SiteError(message)
    return f"Confluence Cloud at {client.root}: signed in as {user.get('displayName')}"


def check_data_center(client: Client) -> str:
    """Make sure of a Data Center or Server site and the account before anything is read.

    Returns:
        Which site and release it is and who is signed in, in words.

    Raises:
        SignInError: The site does not accept the credentials.
        SiteError: There is no Confluence Data Center at the URL.
    """
    try:
        user = _current_user(client)
    except AnonymousError:
        raise
    except RefusedCredentialsError as error:
        if not client.signs_in_by_token:
            raise
        message = (
            f"{error} Releases before 7.9 take no personal access tokens: set 'username' and "
            "'password' there."
        )
        raise type(error)(message) from error
    _note_account(client, user)
    if user and user.get("accountId") and not user.get("username"):
        message = (
            f"{client.root} is Confluence Cloud. Set 'email' and 'api_token', and 'deployment' to "
            "'cloud'."
        )
        raise SiteError(message)
    try:
        release = client.get(SERVER_INFORMATION, tag=TAG).body.get("version")
    except RefusedError:
        release = "older than 8.4"
    name = (user or {}).get("displayName")
    return f"Confluence Data Center {release} at {client.root}: signed in as {name}"


def _note_account(client: Client, user: Mapping[str, Any] | None) -> None:
    client.account = next((str(name) for name in _names(user or {}) if name), None)
    client.confirm_account = partial(_confirm_account, client, user)


def _confirm_account(client: Client, user: Mapping[str, Any] | None) -> None:
    """Make sure that the site still answers to who signed in.

    Args:
        client: The site.
        user: Who did; None where the token may not ask.

    Raises:
        AnonymousError: It answers to nobody, or to somebody else.
        SignInError: It does not accept the credentials any more.
        SiteError: It does not answer as Confluence does.
    """
    try:
        now = _current_user(client)
    except AnonymousError as error:
        raise AnonymousError(_forgotten(client.root)) from error
    if now is not None and user is not None and _names(now) != _names(user):
        raise AnonymousError(_forgotten(client.root))


def _names(user: Mapping[str, Any]) -> tuple[Any, ...]:
    return user.get("accountId"), user.get("username")


def _current_user(client: Client, *, context_path: str = "") -> dict[str, Any] | None:
    """Ask who is signed in; None where the token may not ask.

    A site that is open to the public answers wrong credentials with 200, as nobody; so the account
    must be known by name.
    """
    try:
        user = client.get(CURRENT_USER, tag=TAG).body
    except ScopeError:
        return None
    except ForbiddenError as error:
        message = (
            f"{client.root} does not accept the credentials, and says: '{error}'. The token or "
            "password may be mistyped, expired or revoked, or the account has no licence: have an "
            "administrator give it access to Confluence."
        )
        raise RefusedCredentialsError(message) from error
    except NotFoundError as error:
        if context_path and not client.root.endswith(context_path):
            client.root += context_path
            return _current_user(client, context_path=context_path)
        message = (
            f"There is no Confluence at {client.root}. Check 'domain' or 'base_url': a Cloud site "
            "looks like your-company.atlassian.net, a self-hosted one may have a context path."
        )
        raise SiteError(message) from error
    except (RefusedError, RetriesExhaustedError) as error:
        message = f"{client.root} does not answer as Confluence does: {error}"
        raise SiteError(message) from error
    if user.get("type") == "anonymous" or not any(_names(user)):
        raise AnonymousError(_refused(client.root))
    return user


def _refused(root: str) -> str:
    return (
        f"{root} does not accept the credentials. The token or password may be mistyped, expired "
        "or revoked, or belong to another account."
    )


def _forgotten(root: str) -> str:
    return (
        f"{root} no longer answers to the account that signed in: its token or password expired or "
        "was revoked during the run, and what came since may not be all there is. So nothing is "
        "taken for deleted, and the state is that of the beginning. Run again with new credentials."
    )
