"""The shapes that headers of rate limits are described by, without what they hold."""

from __future__ import annotations

import pytest

from tap_confluence.survey.limits import shape_of


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("65000", "a number"),
        ("9223372036854775807", "a number of more than 12 digits"),
        ("true", "true or false"),
        ("2026-03-26T16:00Z", "a time without seconds"),
        ("2026-03-26T16:00:00Z", "a time with seconds"),
        ('"global-app-quota";q=65000;w=3600', '"global-app-quota";q=N;w=N'),
        ("confluence-quota-tenant-based", "confluence-quota-tenant-based"),
        ("acme-tenant-quota", "word-tenant-quota"),
        ("Ana Lindqvist", "text"),
        ("ana@example.com", "text"),
    ],
)
def test_headers_are_described_by_their_shape(value: str, shape: str) -> None:
    assert shape_of(value) == shape
