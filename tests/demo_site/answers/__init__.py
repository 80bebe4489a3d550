"""What a Cloud site answers for some streams, each family of them in a module of its own.

Every module in here is found by itself. It may have

- `endpoints(wiki, find)`: the lists and the single objects of REST v2 that it answers;
- `answer(wiki, base_url, path, raw_query)`: what REST v1 answers to what stands behind `/rest/api/`
  in a path; None for all that is answered elsewhere;
- `truth(wiki)`: the primary keys that each stream that is made of it has to deliver;
- `OF_THE_SITE`: which of these streams belong to no space, so that no filter touches them.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.api_v2 import Reply
    from tests.demo_site.finder import Finder
    from tests.demo_site.listing import Listing
    from tests.demo_site.singles import Single
    from tests.demo_site.store import Store

    Keys = set[tuple[Any, ...]]


def endpoints(wiki: Store, find: Finder) -> Iterator[Listing | Single]:
    """Get what all modules answer of REST v2."""
    for of_module in _all("endpoints"):
        yield from of_module(wiki, find)


def answer(wiki: Store, base_url: str, path: str, raw_query: str) -> Reply | None:
    """Answer a request of REST v1 as the module does that knows its path, if any does."""
    found = (of_module(wiki, base_url, path, raw_query) for of_module in _all("answer"))
    return next(filter(None, found), None)


def truth(wiki: Store) -> dict[str, Keys]:
    """Get the primary keys that each stream of all modules has to deliver from the cloud."""
    return {stream: keys for of_module in _all("truth") for stream, keys in of_module(wiki).items()}


def of_the_site() -> frozenset[str]:
    """Get the streams of all modules that no filter touches."""
    return frozenset().union(*_all("OF_THE_SITE"))


@cache
def _all(name: str) -> list[Any]:
    """Get what the modules have under a name, in the order of the modules' names."""
    found = pkgutil.iter_modules(__path__, f"{__name__}.")
    modules = [importlib.import_module(module.name) for module in found]
    return [getattr(module, name) for module in modules if hasattr(module, name)]
