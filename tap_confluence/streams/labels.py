"""Labels of content, which change without changing the date of what carries them."""

from __future__ import annotations

from tap_confluence.streams.full_table import FullTableDetailStream


class LabelStream(FullTableDetailStream):
    """The labels of a list's items.

    Later runs read them from the label side, so that a label that was put on or taken off an old
    page is seen at the cost of a few list requests.
    """

    section = "labels"
