"""Answers that are not what the caller hoped for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.demo_site.model import Row

NOT_FOUND_PAGE = (
    "<!DOCTYPE html><html><head><title>Page Not Found - Confluence</title></head>"
    "<body><h1>Page not found</h1></body></html>"
)
LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Log in with Atlassian account</title></head>"
    "<body><form id='form-login'></form></body></html>"
)
UNAUTHORIZED_PAGE = (
    '<!doctype html><html lang="en"><head><title>HTTP Status 401 – Unauthorized</title></head>'  # noqa: RUF001 - as Tomcat has it
    "<body><h1>HTTP Status 401 – Unauthorized</h1></body></html>"  # noqa: RUF001 - as Tomcat has it
)

_CODES = {400: "INVALID_REQUEST_PARAMETER", 403: "FORBIDDEN", 404: "NOT_FOUND"}


class ApiError(Exception):
    """A refusal in the words of the API.

    Args:
        status: The HTTP status.
        title: What is wrong.
    """

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title


class NoSuchPath(Exception):  # noqa: N818 - an answer rather than an error
    """The path leads nowhere, which is answered in HTML."""


def v2_envelope(status: int, title: str) -> Row:
    """Write a refusal of the v2 API."""
    code = _CODES.get(status, "ERROR")
    return {"errors": [{"status": status, "code": code, "title": title, "detail": None}]}


def v1_envelope(status: int, message: str) -> Row:
    """Write a refusal of the v1 API."""
    return {
        "statusCode": status,
        "message": message,
        "data": {
            "authorized": status != 403,
            "valid": False,
            "errors": [{"message": {"translation": message, "args": []}}],
            "successful": False,
        },
    }
