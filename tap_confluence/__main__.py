"""The program: `tap-confluence`, or `python -m tap_confluence`."""

from __future__ import annotations

import gc

CONTAINERS_TO_COLLECT = 20_000
"""New objects at which garbage is looked for; a page of a list makes some 2,000, none of which
refer to each other in circles. Python's own 700 costs a seventh of the time of a large list."""


def main() -> None:
    """Run the command line."""
    # What the imports make stays until the end: there is no garbage in it, now or later.
    gc.disable()
    from tap_confluence.tap import TapConfluence  # noqa: PLC0415

    gc.freeze()
    gc.set_threshold(CONTAINERS_TO_COLLECT)
    gc.enable()
    TapConfluence.cli()


if __name__ == "__main__":
    main()
