"""Ways to sign a request: each puts its credentials on it, and renews them if it can."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import threading
import time
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import backoff
import requests
from requests.auth import AuthBase, HTTPBasicAuth
from typing_extensions import override

from tap_confluence.decoding import NotJSONError, decode
from tap_confluence.errors import SignInError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import PreparedRequest

logger = logging.getLogger("tap-confluence")

RENEW_BEFORE_EXPIRY = 60.0
"""Seconds before its end at which an access token is renewed."""


class Credentials(AuthBase):
    """Signs requests. Safe to use from several threads."""

    def renew(self, refused: str) -> bool:  # noqa: ARG002
        """Get new credentials in place of refused ones.

        Args:
            refused: The Authorization header that the site refused.

        Returns:
            Whether it is worth sending the request again.
        """
        return False


class Basic(Credentials):
    """Name and secret: an e-mail address with an API token, or a user name with a password."""

    def __init__(self, name: str, secret: str) -> None:
        self._auth = HTTPBasicAuth(name.encode(), secret.encode())

    @override
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        return self._auth(r)


class Bearer(Credentials):
    """A token: a personal access token of Data Center, or one with scopes at the gateway."""

    def __init__(self, token: str) -> None:
        self._token = token

    @override
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["Authorization"] = f"Bearer {self._token}"
        return r


class OAuth(Credentials):
    """OAuth 2.0: short-lived access tokens, got with a refresh token or the client's secret.

    Atlassian's refresh tokens rotate: each can be used once and brings the next, which must
    outlive the run. It is kept in a file before the access token that came with it is used
    (https://developer.atlassian.com/cloud/confluence/oauth-2-3lo-apps/).

    Args:
        credentials: `client_id`, `client_secret`, `refresh_token` or none, `access_token` or
            none, `token_file` or none.
        token_url: Where tokens are got.
        verify: Whether to verify the certificate, or the path of a CA bundle.
        timeout: Seconds to wait for an answer.
    """

    def __init__(
        self,
        credentials: Mapping[str, Any],
        token_url: str,
        *,
        verify: bool | str = True,
        timeout: float = 60.0,
    ) -> None:
        self._token_url = token_url
        self._client_id = credentials["client_id"]
        self._client_secret = credentials["client_secret"]
        self._given = credentials.get("refresh_token")
        self._access_token = credentials.get("access_token")
        self._file = (
            TokenFile(Path(credentials["token_file"])) if "token_file" in credentials else None
        )
        self._verify = verify
        self._timeout = timeout
        self._expires_at = float("inf")
        self._lock = threading.Lock()
        self._refresh_token = self._given
        if self._given and self._file:
            self._refresh_token = self._file.read(self._given) or self._given
        elif self._given:
            logger.warning(
                "The refresh token is replaced at each use, and 'oauth_credentials.token_file' is "
                "not set: the next run will need a new one"
            )

    @override
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        with self._lock:
            if not self._access_token or time.time() > self._expires_at - RENEW_BEFORE_EXPIRY:
                self._get_tokens()
            r.headers["Authorization"] = f"Bearer {self._access_token}"
        return r

    @override
    def renew(self, refused: str) -> bool:
        with self._lock:
            # Another thread may have been refused at the same time, and renewed already.
            if refused == f"Bearer {self._access_token}":
                self._get_tokens()
        return True

    def _get_tokens(self) -> None:
        grant = {"client_id": self._client_id, "client_secret": self._client_secret}
        if self._refresh_token:
            grant |= {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        else:
            grant |= {"grant_type": "client_credentials"}
        answer = self._post(grant)
        self._refresh_token = answer.get("refresh_token") or self._refresh_token
        if self._refresh_token and self._file and self._given:
            self._file.write(self._refresh_token, self._given)
        self._access_token = answer["access_token"]
        lifetime = answer.get("expires_in")
        self._expires_at = (
            time.time() + float(lifetime) if isinstance(lifetime, int | Decimal) else float("inf")
        )

    def _post(self, grant: Mapping[str, str]) -> dict[str, Any]:
        send = backoff.on_exception(
            backoff.expo, _TokenServerError, max_tries=5, factor=1, max_value=30, logger=None
        )(self._post_once)
        try:
            return send(grant)
        except _TokenServerError as error:
            message = f"{self._token_url} gives no access token: {error}. Try again later."
            raise SignInError(message) from None

    def _post_once(self, grant: Mapping[str, str]) -> dict[str, Any]:
        try:
            response = requests.post(
                self._token_url,
                json=grant,
                timeout=self._timeout,
                verify=self._verify,
                allow_redirects=False,
            )
            answer = decode(response.content)
        except (requests.RequestException, NotJSONError) as error:
            raise _TokenServerError(type(error).__name__) from None
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _TokenServerError(str(response.status_code))
        if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            said = answer.get("error") if isinstance(answer, dict) else None
            message = (
                f"{self._token_url} refuses 'oauth_credentials' ({said or response.status_code}). "
                "Check 'client_id' and 'client_secret'; if the refresh token is used up or older "
                "than 90 days, authorise the app again and set the new 'refresh_token'."
            )
            raise SignInError(message)
        return answer


class _TokenServerError(Exception):
    """The token server failed in a way that may pass."""


class TokenFile:
    """Keeps the newest refresh token across runs, readable by its owner only.

    Args:
        path: The file; its folder must exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, given: str) -> str | None:
        """Return the newest token that came from the given one, if there is any.

        Raises:
            SignInError: The file is not one of these.
        """
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            token, origin = kept["refresh_token"], kept["origin"]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            message = (
                f"'oauth_credentials.token_file' {str(self._path)!r} does not hold a token of this "
                "tap. Remove it, or name another file."
            )
            raise SignInError(message) from None
        return str(token) if origin == _fingerprint(given) else None

    def write(self, token: str, given: str) -> None:
        """Replace the file at once, so that it is never half written.

        Raises:
            SignInError: The file cannot be written.
        """
        kept = json.dumps({"refresh_token": token, "origin": _fingerprint(given)})
        try:
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(kept)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except OSError as error:
            message = (
                f"Cannot write 'oauth_credentials.token_file' {str(self._path)!r}: "
                f"{error.strerror}. Without it the new refresh token is lost."
            )
            raise SignInError(message) from None


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
