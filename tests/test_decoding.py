"""What is read as JSON, and what as nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tap_confluence.decoding import NotJSONError, decode, unquoted

DEEPEST = 400


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'["\\ud800", "\\ud83d\\ude00", "\\udc00\\ud800"]', ["\ufffd", "😀", "\ufffd\ufffd"]),
        (b'{"a\x00\x01": "\t\n"}', {"a\x01": "\t\n"}),
        (b'{"a\\u0000": ["\\u0000b", {"\\u0000": "c"}]}', {"a": ["b", {"": "c"}]}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": 1}'.encode("utf-16"), {"a": 1}),
        ('\ufeff{"a": 1}', {"a": 1}),
        (b'["\xff\xc3("]', ["\ufffd\ufffd("]),
        (b"[NaN, Infinity, -Infinity]", [None, None, None]),
        (b"[1e9999999999999999999]", [None]),
        (b"[" + b"7" * 5000 + b"]", [Decimal("7" * 5000)]),
    ],
)
def test_what_is_written_loosely_is_read(text: bytes | str, value: Any) -> None:
    assert decode(text) == value


@pytest.mark.parametrize("before", [b"", b"NaN, "])
def test_numbers_keep_their_value_however_they_are_read(before: bytes) -> None:
    numbers = decode(b"[" + before + b"1, 1.10, 1e400, 12345678901234567890123]")[-4:]

    assert list(map(str, numbers)) == ["1", "1.10", "1E+400", "12345678901234567890123"]
    assert [type(number) for number in numbers] == [int, Decimal, Decimal, int]


@pytest.mark.parametrize(
    "text", [b"", b"\x00", b"<html>", b'{"a": [1, 2', b'{"a": 1}{"a": 1}', b"{'a': 1}", b'"\\x"']
)
def test_what_is_no_json_is_not_read(text: bytes) -> None:
    with pytest.raises(NotJSONError):
        decode(text)


@pytest.mark.parametrize("end", [b"]", b"", b"\\u0000", b"\xff"])
def test_what_is_nested_too_deeply_is_not_read(end: bytes) -> None:
    with pytest.raises(NotJSONError):
        decode(b"[" * 100_000 + end * 100_000)


def test_what_can_be_read_is_freed_of_null_characters_at_any_depth() -> None:
    value = decode(b'{"a":[' * DEEPEST + b'"\\u0000x"' + b"]}" * DEEPEST)

    for _ in range(DEEPEST):
        value = value["a"][0]
    assert value == "x"


def test_a_document_in_a_string_is_freed_of_them_and_no_other_text() -> None:
    text = rb'"{\"text\":\"a\\u0000b\\\\u0000c\"}"'
    value = decode(b'{"atlas_doc_format":{"value":%b},"storage":{"value":%b}}' % (text, text))

    assert value["atlas_doc_format"]["value"] == r'{"text":"ab\\u0000c"}'
    assert value["storage"]["value"] == r'{"text":"a\u0000b\\u0000c"}'


def test_a_part_of_a_url_is_freed_of_them() -> None:
    assert unquoted("~ana%00%20b") == "~ana b"
