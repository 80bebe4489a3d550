"""What may be shown of a text: secrets are masked, and control characters are written out.

All that the tap logs or prints goes through here, whatever it is made of, and whoever logs it. The
records do not: they are the wiki's own.
"""

from __future__ import annotations

import base64
import html
import json
import logging
import re
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK = "***"

SHORTEST_SECRET = 4
"""Characters; to mask what is shorter would make the log unreadable, and tell what it is."""

SIGNATURE = re.compile(
    r"""([?&][\w.~%-]*(?:token|signature|secret|password|jwt|sig)=)[^&#\s"'<>]+""", re.IGNORECASE
)
"""A parameter of a URL that opens what the URL leads to, to whoever has it."""


class Redactor:
    """Masks secrets in texts, as they are and as they are written elsewhere. Safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spellings: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, secret: object, names: Iterable[str] = ()) -> None:
        """Take note of a secret.

        Args:
            secret: It.
            names: With which of these names it may be sent as Basic credentials.
        """
        text = str(secret)
        pairs = (_base64(f"{name}:{text}") for name in names)
        found = {each for each in (*_spellings(text), *pairs) if len(each) >= SHORTEST_SECRET}
        with self._lock:
            if found <= self._spellings:
                return
            self._spellings |= found
            # The longest comes first, so that nothing is left of it.
            longest_first = sorted(self._spellings, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def redact(self, text: str) -> str:
        """Return a text with the secrets masked."""
        if self._pattern is not None:
            text = self._pattern.sub(MASK, text)
        return SIGNATURE.sub(rf"\1{MASK}", text)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode(errors="surrogatepass")).decode().rstrip("=")


def _spellings(text: str) -> Iterator[str]:
    """Write a secret as it may come back in an error, a URL, JSON, HTML or a header."""
    encoded = text.encode(errors="surrogatepass")
    for plain in {text, text.strip(), " ".join(text.split())}:
        yield plain
        yield repr(plain)[1:-1]
        yield escape(plain)
        yield html.escape(plain)
        yield json.dumps(plain)[1:-1]
        yield json.dumps(plain, ensure_ascii=False)[1:-1]
    yield repr(encoded)[2:-1]
    # The bytes of a header are read as Latin-1.
    yield encoded.decode("latin-1")
    yield escape(encoded.decode("latin-1"))
    yield from (quote(encoded, safe="/"), quote(encoded, safe=""), quote_plus(encoded))
    yield _base64(text)


REDACTOR = Redactor()
"""Knows the secrets of this process: of its settings, and those that it is given meanwhile."""


def keep_secret(secret: object, names: Iterable[str] = ()) -> None:
    """Have a secret masked from now on in whatever is shown.

    Args:
        secret: It.
        names: With which of these names it may be sent as Basic credentials.
    """
    REDACTOR.add(secret, names)


def redact(text: str) -> str:
    """Return a text with all secrets masked that this process knows."""
    return REDACTOR.redact(text)


def escape(text: str) -> str:
    """Write out what is no printable character: controls, line breaks, reversals of direction.

    So a text stays on its line, and shows as what it is. What is escaped stays as it is when it is
    escaped again.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def printable(text: object) -> str:
    """Return what may be shown of a text that belongs on one line."""
    return escape(redact(str(text)))


class SafeRecord(logging.LogRecord):
    """An entry of the log with nothing in it that may not be shown, however it is formatted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.args:
            # Some formatters then do not ask for the message.
            self.msg = printable(self.msg)
        if self.exc_info and self.exc_info[1] is not None:
            error = _safe_copy(self.exc_info[1], {})
            self.exc_info = (type(error), error, error.__traceback__)

    @override
    def getMessage(self) -> str:
        return printable(super().getMessage())


def _safe_copy(error: BaseException, copies: dict[int, BaseException]) -> BaseException:
    """Copy an error with its causes and tracebacks, but with words that may be shown.

    Args:
        error: What to copy.
        copies: Those made so far, by the identity of what they are made of.
    """
    if id(error) in copies:
        return copies[id(error)]
    kind = type(error)
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    copy: BaseException = type(kind.__name__, (Exception,), names)(printable(error))
    copies[id(error)] = copy
    copy.__cause__ = error.__cause__ and _safe_copy(error.__cause__, copies)
    copy.__context__ = error.__context__ and _safe_copy(error.__context__, copies)
    copy.__suppress_context__ = error.__suppress_context__
    return copy.with_traceback(error.__traceback__)


def guard_log() -> None:
    """Have every entry of the log, of whatever package, be one that may be shown."""
    logging.setLogRecordFactory(SafeRecord)
