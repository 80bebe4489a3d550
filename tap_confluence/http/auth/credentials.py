"""Ways to sign a request: each puts its credentials on it, and renews them if it can."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import threading
import time
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from requests.auth import AuthBase, HTTPBasicAuth
from typing_extensions import override

from tap_confluence.decoding import NotJSONError, decode
from tap_confluence.errors import SignInError
from tap_confluence.http.auth.few_tries import check_passing, in_few_tries
from tap_confluence.http.responses import TransientError, unreachable, why_unreadable
from tap_confluence.http.transport.bounds import UnboundedAnswerError
from tap_confluence.redaction import keep_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from requests import PreparedRequest

    from tap_confluence.http.transport.session import Session

logger = logging.getLogger("tap-confluence")

LONGEST_LOCK = 600.0
"""Seconds to wait for another run to have got its tokens, with all retries."""

NEVER_PASSES = (requests.exceptions.SSLError, requests.exceptions.ProxyError)
"""Why there is no connection that no later try makes."""

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
        session: Sends the requests for them.
        timeout: Seconds to wait for an answer.
    """

    def __init__(
        self,
        credentials: Mapping[str, Any],
        token_url: str,
        session: Session,
        *,
        timeout: float = 60.0,
    ) -> None:
        self._token_url = token_url
        self._client_id = credentials["client_id"]
        self._client_secret = credentials["client_secret"]
        self._refresh_token: str | None = credentials.get("refresh_token") or None
        self._access_token = credentials.get("access_token")
        self._session = session
        self._timeout = timeout
        self._expires_at = float("inf")
        self._lock = threading.Lock()
        self._file: TokenFile | None = None
        path = credentials.get("token_file")
        if self._refresh_token and path:
            self._file = TokenFile(Path(path), self._refresh_token)
            self._file.read()
        elif self._refresh_token:
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
        if self._refresh_token is None:
            answer = self._post({"grant_type": "client_credentials"})
        elif self._file is None:
            answer = self._refresh(self._refresh_token)
        else:
            # Another run may have used the token up meanwhile, and got the next one.
            with self._file.locked():
                answer = self._refresh(self._file.read() or self._refresh_token)
                self._file.write(self._refresh_token)
        self._access_token = answer["access_token"]
        keep_secret(self._access_token)
        lifetime = answer.get("expires_in")
        self._expires_at = (
            time.time() + float(lifetime) if isinstance(lifetime, int | Decimal) else float("inf")
        )

    def _refresh(self, token: str) -> dict[str, Any]:
        """Get tokens with a refresh token, and keep the one that comes in its place."""
        keep_secret(token)
        answer = self._post({"grant_type": "refresh_token", "refresh_token": token})
        self._refresh_token = str(answer.get("refresh_token") or token)
        keep_secret(self._refresh_token)
        return answer

    def _post(self, grant: Mapping[str, str]) -> dict[str, Any]:
        client = {"client_id": self._client_id, "client_secret": self._client_secret}
        try:
            return in_few_tries(partial(self._post_once, {**client, **grant}))
        except TransientError as error:
            message = f"{self._token_url} gives no access token: {error}. Try again later."
            raise SignInError(message) from None

    def _post_once(self, grant: Mapping[str, str]) -> dict[str, Any]:
        try:
            response = self._session.post(
                self._token_url, json=grant, timeout=self._timeout, allow_redirects=False
            )
            check_passing(response)
            answer = decode(response.content)
        except (requests.RequestException, UnboundedAnswerError, NotJSONError) as error:
            if isinstance(error, NEVER_PASSES):
                raise SignInError(unreachable(self._token_url, error)) from None
            raise TransientError(why_unreadable(error)) from None
        if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            said = answer.get("error") if isinstance(answer, dict) else None
            message = (
                f"{self._token_url} refuses 'oauth_credentials' ({said or response.status_code}). "
                "Check 'client_id' and 'client_secret'; if the refresh token is used up or older "
                "than 90 days, authorise the app again and set the new 'refresh_token'. Runs that "
                "share one need the same 'token_file'."
            )
            raise SignInError(message)
        return answer


class TokenFile:
    """Keeps the newest refresh token across runs and for runs side by side, for its owner only.

    Args:
        path: The file; its folder must exist.
        given: The token of the settings, from which those in the file come.
    """

    def __init__(self, path: Path, given: str) -> None:
        self._path = path
        self._origin = hashlib.sha256(given.encode()).hexdigest()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs from the token, until it is used and the next one is kept.

        The lock is on a file beside it, because this one is replaced.

        Raises:
            SignInError: There can be no lock, or another run does not let go of it.
        """
        # It takes long to import, and few sign in with a token that is kept.
        import portalocker  # noqa: PLC0415

        path = self._path.with_name(f"{self._path.name}.lock")
        lock = portalocker.Lock(path, timeout=LONGEST_LOCK, opener=_open_private)
        try:
            lock.acquire()
        except portalocker.AlreadyLocked:
            message = (
                f"Another run has held {str(path)!r} for {LONGEST_LOCK:.0f} seconds, with which it "
                "keeps the refresh token to itself. See whether it hangs."
            )
            raise SignInError(message) from None
        except (OSError, portalocker.LockException) as error:
            raise self._unwritable(error) from None
        try:
            yield
        finally:
            lock.release()

    def read(self) -> str | None:
        """Return the newest token that came from the given one, if there is any.

        Raises:
            SignInError: The file is not one of these.
        """
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            token, origin = kept["refresh_token"], kept["origin"]
        except FileNotFoundError:
            return None
        except OSError as error:
            message = (
                f"Cannot read 'oauth_credentials.token_file' {str(self._path)!r}: {error.strerror}."
            )
            raise SignInError(message) from None
        except (ValueError, KeyError, TypeError):
            message = (
                f"'oauth_credentials.token_file' {str(self._path)!r} does not hold a token of this "
                "tap. Remove it, or name another file."
            )
            raise SignInError(message) from None
        return str(token) if origin == self._origin else None

    def write(self, token: str) -> None:
        """Replace the file at once, so that it is never half written.

        Raises:
            SignInError: The file cannot be written.
        """
        kept = json.dumps({"refresh_token": token, "origin": self._origin})
        try:
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(kept)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: Exception) -> SignInError:
        why = getattr(error, "strerror", None) or error
        return SignInError(
            f"Cannot write 'oauth_credentials.token_file' {str(self._path)!r}: {why}. Without it "
            "the new refresh token is lost."
        )


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
