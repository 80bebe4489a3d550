"""The catalog that a run is given: whether it fits the streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_confluence.errors import SettingsError

if TYPE_CHECKING:
    from singer_sdk.singerlib import Catalog

    from tap_confluence.streams.base import ConfluenceStream


def check_keys(stream: ConfluenceStream, catalog: Catalog | None) -> None:
    """Make sure that a stream has the keys that it was made with, or none.

    A row without one of its keys is left out, so that another key would leave out what it is not
    in; and rows that share a key take each other's place in a table.

    Args:
        stream: As the catalog has made it.
        catalog: What was given, if anything.

    Raises:
        SettingsError: The catalog names other keys.
    """
    entry = catalog.get_stream(stream.name) if catalog is not None else None
    if entry is None or not stream.selected or not stream.primary_keys:
        return
    given = tuple(stream.primary_keys)
    if set(given) != set(stream.own_keys):
        where = "key_properties" if entry.key_properties else "table-key-properties"
        message = (
            f"The catalog gives stream '{stream.name}' the key {_words(given)} in '{where}'. Its "
            f"key is {_words(stream.own_keys)}: put that there, or discover the catalog anew."
        )
        raise SettingsError(message)


def _words(keys: tuple[str, ...]) -> str:
    return ", ".join(f"'{key}'" for key in keys)
