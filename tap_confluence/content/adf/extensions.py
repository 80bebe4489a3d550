"""Extensions: macros as ADF has them, and as `ac:adf-extension` of storage format has them, too.

Those of Forge apps keep what they show in `guestParams` (`guest-params` in storage format), those
of Confluence in `macroParams`, those that a migration has left in parameters of their own.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tap_confluence.content.adf.tree import as_document
from tap_confluence.content.document.macro import Macro
from tap_confluence.content.document.macro_parameters import Value, folded, value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.content.document.links import Links

# What is shown stands in these, the latest first; the others can be left over from a migration.
_GIVEN_IN: Final = ("guestparams", "config", "macroparams")
_PLAIN: Final = "bodycontent"
# About the macro, not in it.
_ABOUT: Final = frozenset(
    ("embeddedmacrocontext", "macrometadata", "extensiontitle", "forgeenvironment", "render")
)
_ENVIRONMENT: Final = re.compile(r"\s*\((?:development|staging)\)$", re.IGNORECASE)
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# What wraps a value, or stands for a name there is none for.
_UNNAMED: Final = frozenset(("value", "_parameterName"))

Parameters = dict[str, list[Value]]


class Extension(NamedTuple):
    """An extension as a body has it.

    Attributes:
        key: A name, or `<app>/<environment>/static/<name>` for a Forge app.
        text: What the editor calls it.
        parameters: Objects within objects, with names as either format spells them.
        has_body: Whether rich text stands in it.
        is_inline: Whether it stands within a line.
    """

    key: str
    text: str
    parameters: dict[str, Any]
    has_body: bool
    is_inline: bool


def as_macro(extension: Extension, links: Links) -> Macro:
    """Return an extension as a macro.

    Args:
        extension: It.
        links: Where references lead.
    """
    key, text, given, has_body, is_inline = extension
    by_name = {folded(name): inner for name, inner in given.items()}
    is_forge = "/" in key
    sources = [by_name[name] for name in _GIVEN_IN if isinstance(by_name.get(name), dict)]
    if not sources and not is_forge:
        sources = [{n: inner for n, inner in given.items() if folded(n) not in _ABOUT}]
    parameters: Parameters = {}
    for source in sources:
        found = _flattened(source, links, in_kebab_case=is_forge)
        known = set(map(folded, parameters))
        parameters.update((n, values) for n, values in found.items() if folded(n) not in known)
    plain = next((parameters.pop(n) for n in list(parameters) if folded(n) == _PLAIN), None)
    title = by_name.get("extensiontitle")
    title = title if isinstance(title, str) else text
    return Macro(
        name=key.rpartition("/")[2].partition(":")[0] or "extension",
        parameters=parameters,
        title=_ENVIRONMENT.sub("", title).strip() if is_forge else "",
        plain="\n".join(each.text for each in plain) if plain else None,
        has_body=has_body,
        is_inline=is_inline,
    )


def _flattened(given: dict[str, Any], links: Links, *, in_kebab_case: bool) -> Parameters:
    """Return what stands in objects within objects by the names that are nearest to it."""
    found: Parameters = {}
    for name, inner in _leaves(given):
        spelled = _HUMP.sub("-", name).lower() if in_kebab_case else name
        each = inner if isinstance(inner, Value) else _value(spelled, inner, links)
        if each is not None:
            found.setdefault(spelled, []).append(each)
    return found


def _leaves(given: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    left: list[tuple[str, Any]] = [("", given)]
    while left:
        name, inner = left.pop()
        if as_document(inner.text if isinstance(inner, Value) else inner) is not None:
            # What stands in it is read as the body of the macro.
            continue
        if isinstance(inner, dict):
            left.extend(
                (name if key == "value" else "" if key in _UNNAMED else str(key), each)
                for key, each in reversed(inner.items())
            )
        elif isinstance(inner, list):
            left.extend((name, each) for each in reversed(inner))
        else:
            yield name, inner


def _value(name: str, inner: Any, links: Links) -> Value | None:
    if isinstance(inner, str):
        text = inner.strip("\r\n") if folded(name) == _PLAIN else inner
        return Value(text) if "\n" in text or folded(name) == _PLAIN else value(name, text, links)
    if isinstance(inner, int | float | Decimal) and not isinstance(inner, bool):
        return Value(str(inner))
    return None
