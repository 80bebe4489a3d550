"""What can go wrong, by name. Each message is one line that says what to do."""

from __future__ import annotations

GAVE_UP = 500
"""The status that stands for a request that failed each time it was sent."""


class ConfluenceError(Exception):
    """The run cannot go on; the message is for the person who runs it."""


class SettingsError(ConfluenceError):
    """A setting is unknown, missing, malformed or contradicts another."""


class SiteError(ConfluenceError):
    """There is no Confluence where the settings point, or it cannot be reached."""


class SignInError(ConfluenceError):
    """The site does not accept the credentials."""


class RefusedCredentialsError(SignInError):
    """The token or password is not accepted: it may be mistyped, of another kind, or ended."""


class AnonymousError(RefusedCredentialsError):
    """The site answers as if nobody were signed in, which one that is open to the public may do."""


class FileError(ConfluenceError):
    """A file cannot be put where the settings want it."""


class OutputError(ConfluenceError):
    """Standard output takes no more."""


class NoReaderError(ConfluenceError):
    """Nobody reads what is written for people to its end, which is no mistake."""


class StateError(ConfluenceError):
    """The state that was passed in cannot be understood."""


class RetriesExhaustedError(ConfluenceError):
    """A request failed each time it was tried."""


class AnswerTooLargeError(RetriesExhaustedError):
    """An answer is larger than it may be: to ask for the same again would not help."""


class RateLimitError(ConfluenceError):
    """The site wants a longer pause than `max_rate_limit_wait` allows."""


class StoppedError(ConfluenceError):
    """The run was asked to stop, by a signal.

    Attributes:
        signal_number: The number of the signal.
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__("Stopped on request; the next run continues where this one ended.")
        self.signal_number = signal_number


class RefusedError(ConfluenceError):
    """The site answered one request with a refusal that no retry changes.

    Attributes:
        status: The HTTP status, 400 to 499.
        said: All that the site said about it.
        remedy: What to do about it, if all of a stream is refused.

    Args:
        message: What was refused.
        status: The HTTP status.
        said: All that the site said about it, if that is more.
        remedy: What to do about it, if not what is done about errors of this kind.
    """

    remedy = (
        "The site does not take what it is asked: install the newest release of tap-confluence; if "
        "it stays so, report this line to its authors."
    )

    def __init__(
        self, message: str, status: int, said: str = "", *, remedy: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.said = said or message
        if remedy is not None:
            self.remedy = remedy


class FailedItemError(RefusedError):
    """The site fails for one item each time it is asked for it, and answers for others.

    Attributes:
        error: How it fails, as the end of a run would tell it.
    """

    def __init__(self, error: RetriesExhaustedError) -> None:
        # Without the advice that goes with the end of a run.
        super().__init__(str(error.__cause__ or error), GAVE_UP)
        self.error = error


def of_item(error: RefusedError | RetriesExhaustedError) -> RefusedError:
    """Return why one item is left out that the site refuses or fails for."""
    return error if isinstance(error, RefusedError) else FailedItemError(error)


class NotFoundError(RefusedError):
    """What was asked for is gone, or not visible to this account (404)."""

    remedy = "Give the account the right, and a token with scopes the scope."


class ForbiddenError(RefusedError):
    """This account may not see what was asked for (403)."""

    remedy = "Give the account the right, and a token with scopes the scope."


class ScopeError(RefusedError):
    """The token lacks the scope of this endpoint (401, "scope does not match")."""

    remedy = "Give the token the scope."


class EndpointGoneError(RefusedError):
    """The site no longer has this endpoint (410)."""

    remedy = (
        "What the site has removed, a newer release of tap-confluence may read elsewhere: install "
        "the newest one."
    )
