"""Classes of access, such as all who have a licence: whom sites name in several spellings."""

from __future__ import annotations

from typing import Any

ANONYMOUS_USERS = "ANONYMOUS_USERS"

IN_PERMISSIONS = "access-class"
IN_ASSIGNMENTS = "ACCESS_CLASS"
"""How the type is spelled among the types of `space_permissions` and `space_role_assignments`."""


def spelled_alike(kind: Any, holder: Any, *, spelling: str) -> tuple[Any, Any]:
    """Spell a class of access in one way; what is none stays as it is.

    Args:
        kind: The type of a principal, such as `user` or `access_class`.
        holder: Its id, such as `ALL_LICENSED_USERS`, or the same with dashes or in lower case.
        spelling: How to spell the type.

    Returns:
        The type and the id, which of a class of access is in upper case with underscores.
    """
    if _upper(kind) != IN_ASSIGNMENTS:
        return kind, holder
    return spelling, None if holder is None else _upper(holder)


def _upper(word: object) -> str:
    return str(word).strip().upper().replace("-", "_")
