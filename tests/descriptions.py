"""Fetches the descriptions of the API that Atlassian publishes, for the tests to hold us against.

`python -m tests.descriptions FOLDER` puts into the folder those that are not there yet, and fails
if what is published is not the description that the tests know.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from tests.reference import CLOUD_V1, CLOUD_V2, DATA_CENTER

if TYPE_CHECKING:
    from collections.abc import Sequence

PUBLISHER = "https://dac-static.atlassian.com"
LONGEST_WAIT = 60.0
"""Seconds without an answer after which a request is given up."""


class OtherDescriptionError(ValueError):
    """What was fetched is not the description that was wanted."""


@dataclass(frozen=True)
class Description:
    """A description of an API, in the format OpenAPI 3.

    Attributes:
        name: The file's name in the folder.
        path: Where it is published.
        title: How the API is called in it, or the beginning of that.
        operation: The path of one of its operations.
        model: One of its models.
        version: The version of the API, where it is one release of several.
    """

    name: str
    path: str
    title: str
    operation: str
    model: str
    version: str | None = None

    def check(self, content: bytes) -> None:
        """Look whether this is the description.

        Raises:
            OtherDescriptionError: It is not, and how one can tell.
        """
        try:
            described: dict[str, Any] = json.loads(content)
            info, paths = described["info"], described["paths"]
            models = described["components"]["schemas"]
            found = {
                "OpenAPI 3": described["openapi"].startswith("3."),
                f"the title {self.title!r}": info["title"].startswith(self.title),
                f"the path {self.operation}": "get" in paths.get(self.operation, {}),
                f"the model {self.model}": bool(models.get(self.model)),
                f"the version {self.version}": self.version in (None, info["version"]),
            }
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            message = f"{self.name} is no description of an API: {error!r}"
            raise OtherDescriptionError(message) from error
        if missing := [what for what, is_there in found.items() if not is_there]:
            message = f"{self.name} is another description, without {', '.join(missing)}"
            raise OtherDescriptionError(message)


DESCRIPTIONS = (
    Description(
        CLOUD_V2,
        "/cloud/confluence/openapi-v2.v3.json",
        title="The Confluence Cloud REST API v2",
        operation="/pages/{id}",
        model="PageSingle",
    ),
    Description(
        CLOUD_V1,
        "/cloud/confluence/swagger.v3.json",
        title="The Confluence Cloud REST API",
        operation="/wiki/rest/api/search",
        model="Content",
    ),
    Description(
        DATA_CENTER,
        "/server/confluence/10.0.3.swagger.v3.json",
        title="Confluence Data Center",
        operation="/rest/api/content/{id}",
        model="Content",
        version="10.0.3",
    ),
)


def fetch(folder: Path, publisher: str = PUBLISHER) -> list[Path]:
    """Put into a folder the descriptions that it lacks, and return those.

    Args:
        folder: Where to; it is made if need be.
        publisher: The scheme and host that publish them.

    Raises:
        requests.RequestException: Something could not be fetched, also not when asked again.
        OtherDescriptionError: Something else was published, or lies in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fetched = []
    with requests.Session() as session:
        retry = Retry(total=3, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504))
        session.mount(publisher, HTTPAdapter(max_retries=retry))
        for description in DESCRIPTIONS:
            path = folder / description.name
            if path.exists():
                description.check(path.read_bytes())
                continue
            answer = session.get(publisher + description.path, timeout=LONGEST_WAIT)
            answer.raise_for_status()
            description.check(answer.content)
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(answer.content)
            unfinished.replace(path)
            fetched.append(path)
    return fetched


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch what the folder that is named lacks, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.descriptions", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to put the descriptions")
    parser.add_argument("--publisher", default=PUBLISHER, help="the scheme and host to ask")
    given = parser.parse_args(arguments)
    try:
        fetched = fetch(given.folder, given.publisher)
    except (requests.RequestException, OtherDescriptionError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path in fetched:
        sys.stdout.write(f"Fetched {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
