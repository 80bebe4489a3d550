"""What is said of the selection of a run before anything is read."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from singer_sdk.singerlib import Catalog

    from tap_confluence.streams.base import ConfluenceStream

logger = logging.getLogger("tap-confluence")


def tell_selection(streams: Sequence[ConfluenceStream]) -> None:
    """Say that nothing is selected, or that everything is.

    Who selects single streams knows what they cost; whoever selects `*.*` may not.

    Args:
        streams: All streams there are.
    """
    if not any(stream.selected for stream in streams):
        logger.warning(
            "No stream is selected, so nothing is read. Select some in the catalog, or in "
            "'select' of meltano.yml"
        )
        return
    costly = [stream for stream in streams if not stream.selected_by_default]
    if costly and all(stream.selected for stream in costly):
        logger.warning(
            "All streams are selected, as '*.*' does, also those that are left out by default "
            "because each run asks for them item by item, or few have the right to: %s. Deselect "
            "what you do not need, such as '!%s.*'",
            ", ".join(stream.name for stream in costly),
            costly[0].name,
        )


def tell_absent(catalog: Catalog, absent: Mapping[str, str]) -> None:
    """Say which of the selected streams the site cannot tell.

    Args:
        catalog: As it was given.
        absent: The streams that this deployment does not have, each with the reason.
    """
    selected = {
        name: why
        for name, why in absent.items()
        if (entry := catalog.get_stream(name)) and entry.metadata.root.selected
    }
    if selected:
        logger.info(
            "This site has no %s, which the catalog selects: %s",
            ", ".join(selected),
            " ".join(dict.fromkeys(selected.values())),
        )
