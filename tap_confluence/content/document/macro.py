"""A macro, whatever format it comes in: what a reader makes of it, and a writer writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tap_confluence.content.document.macro_parameters import folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_confluence.content.document.macro_parameters import Value


class Macro(NamedTuple):
    """A macro as a body has it.

    Attributes:
        name: The name people type after `/` or between braces; of an app, that of its module.
        parameters: What it is given, by name; the parameter without a name is "".
        title: What its app calls it, if the body says so.
        plain: The plain text in it, if it holds any.
        has_body: Whether rich text stands in it that is a block, or several.
        has_words: Whether rich text stands in it that goes on with the line around it.
        is_inline: Whether it stands within a line.
    """

    name: str
    parameters: Mapping[str, Sequence[Value]]
    title: str = ""
    plain: str | None = None
    has_body: bool = False
    has_words: bool = False
    is_inline: bool = False

    def values(self, *names: str) -> Sequence[Value]:
        """Return what is given under the first of some names that is given."""
        if not self.parameters:
            return ()
        given = {folded(name): values for name, values in self.parameters.items()}
        return next((given[name] for name in names if given.get(name)), ())

    def text(self, *names: str) -> str:
        """Return the same as text."""
        return ", ".join(value.text for value in self.values(*names))
