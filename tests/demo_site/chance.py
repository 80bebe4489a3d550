"""Repeatable choices that depend on nothing but the numbers they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_MASK = (1 << 64) - 1


def mix(*parts: int) -> int:
    """Hash integers into one 64-bit integer, the same in every process."""
    value = 0x9E3779B97F4A7C15
    for part in parts:
        value = ((value ^ part) * 0xBF58476D1CE4E5B9) & _MASK
        value ^= value >> 29
    return value


def pick(options: Sequence[T], *parts: int) -> T:
    """Choose one of the options by the numbers given."""
    return options[mix(*parts) % len(options)]


def uuid_of(*parts: int) -> str:
    """Derive a UUID-shaped text from numbers."""
    text = f"{mix(1, *parts):016x}{mix(2, *parts):016x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
