"""A body of any format, read by the reader of its format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_confluence.content.adf import read_adf
from tap_confluence.content.repair import as_text

if TYPE_CHECKING:
    from tap_confluence.content.constructs import Reading


def read_body(body: Any, representation: str, reading: Reading) -> str:
    """Read all of a body.

    Args:
        body: The body as the API gives it.
        representation: `storage`, `atlas_doc_format`, `view` or `export_view`.
        reading: What it is read into.

    Returns:
        What the writer has made of it. Any exception may come of a body, which is what anyone may
        have typed.
    """
    if representation == "atlas_doc_format":
        read_adf(body, reading)
    else:
        # An XML parser takes long to import, and most runs convert nothing.
        from tap_confluence.content.storage import read_storage  # noqa: PLC0415

        read_storage(as_text(body), reading)
    return reading.writer.finish()


def read_as_far_as_it_goes(body: Any, representation: str, reading: Reading) -> None:
    """Read a body; what was found before it could not be read any farther is kept."""
    try:
        read_body(body, representation, reading)
    except Exception:  # noqa: BLE001
        # Not one body may end a run.
        return
