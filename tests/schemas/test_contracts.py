"""Of each stream it is said which model of the API its records follow, or that it is none."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

from tap_confluence.cloud import STREAMS
from tests import streams


def test_each_stream_is_held_against_the_api_once() -> None:
    names = pkgutil.iter_modules(streams.__path__, "tests.streams.")
    modules = [importlib.import_module(found.name) for found in names]
    told = Counter(
        name
        for module in modules
        for name in (
            *getattr(module, "OF_NO_MODEL", ()),
            *getattr(getattr(module, "TestSchemas", None), "contracts", ()),
        )
    )

    assert told == {stream.name: 1 for stream in STREAMS}
