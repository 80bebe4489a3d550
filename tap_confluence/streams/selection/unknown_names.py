"""Names of streams that a catalog, a state or stream maps have, and this tap does not."""

from __future__ import annotations

import difflib
import logging
from fnmatch import fnmatch
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

logger = logging.getLogger("tap-confluence")


def warn_of_unknown(where: str, names: Iterable[str], streams: Collection[str]) -> None:
    """Say that something is named that is no stream, which does no harm but may be mistyped.

    Args:
        where: What names it, to begin a sentence with.
        names: What it names: streams, or patterns of their names.
        streams: The streams there are.
    """
    others = sorted(set(names) - set(streams))
    unknown = [name for name in others if not any(fnmatch(s, name) for s in streams)]
    if unknown:
        shown = ", ".join(f"'{name}'{_hint(name, streams)}" for name in unknown)
        logger.warning("%s names what is no stream of this tap: %s", where, shown)


def _hint(name: str, streams: Collection[str]) -> str:
    closest = difflib.get_close_matches(name, streams, n=1)
    return f" (did you mean '{closest[0]}'?)" if closest else ""
