"""Runs the tap with `python -m tap_confluence`."""

from __future__ import annotations

from tap_confluence.tap import TapConfluence

if __name__ == "__main__":
    TapConfluence.cli()
