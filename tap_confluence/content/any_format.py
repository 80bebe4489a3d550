"""A body of any format, read by the reader of its format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_confluence.content.adf.reader import read_adf
from tap_confluence.content.adf.tree import decoded
from tap_confluence.content.repair import as_text
from tap_confluence.content.sizes import TooLargeError
from tap_confluence.decoding import ADF

if TYPE_CHECKING:
    from tap_confluence.content.document.constructs import Reading


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
    _read(body, representation, reading._replace(read_nested=_read))
    return reading.writer.finish()


def _read(body: Any, representation: str, reading: Reading) -> None:
    if representation == ADF:
        read_adf(decoded(body), reading)
        return
    # An XML parser takes long to import, and most runs convert nothing.
    from tap_confluence.content.storage.reader import read_markup  # noqa: PLC0415

    read_markup(as_text(body), reading)


def tree_of(body: Any, representation: str) -> Any:
    """Return a body as what its reader goes through: an element of markup, or a node of ADF."""
    if representation == ADF:
        return decoded(body)
    from tap_confluence.content.storage.reader import parsed  # noqa: PLC0415

    return parsed(as_text(body))


def read_tree(tree: Any, representation: str, reading: Reading) -> None:
    """Tell a writer what stands in a body, or in a part of it, that `tree_of` has returned."""
    if representation == ADF:
        read_adf(tree, reading)
    else:
        from tap_confluence.content.storage.reader import read_elements  # noqa: PLC0415

        read_elements(tree, reading)


def read_as_far_as_it_goes(body: Any, representation: str, reading: Reading) -> None:
    """Read a body; what was found before it could not be read any farther is kept.

    Raises:
        TooLargeError: It is too large to be read.
    """
    try:
        read_body(body, representation, reading)
    except TooLargeError:
        raise
    except Exception:  # noqa: BLE001
        # Not one body may end a run.
        return
