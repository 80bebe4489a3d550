"""What the parts of a Data Center site have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.demo_site.datacenter.faults import DataCenterFaults
    from tests.demo_site.datacenter.times import LocalTimes
    from tests.demo_site.faults import Faults
    from tests.demo_site.store import Store


FIRST_WITH_AUDIT_LOG = (7, 5)
FIRST_WITH_TOKENS = (7, 9)
FIRST_WITH_SCANS = (7, 18)


class AnySetting(Protocol):
    """What is common to all sites that have REST v1; see `Setting`."""

    @property
    def wiki(self) -> Store: ...

    @property
    def faults(self) -> Faults: ...

    @property
    def base_url(self) -> str: ...

    @property
    def times(self) -> LocalTimes: ...


@dataclass(frozen=True)
class Setting:
    """One site.

    Attributes:
        wiki: The wiki that it shows.
        faults: Its manners.
        base_url: Its URL with the context path.
        context_path: The context path.
        version: The version of the product.
        supports_scan: Whether content can be scanned.
        times: Writes and reads times in the time zone of the user.
    """

    wiki: Store
    faults: DataCenterFaults
    base_url: str
    context_path: str
    version: str
    supports_scan: bool
    times: LocalTimes

    @property
    def release(self) -> tuple[int, int]:
        """The first two numbers of the version."""
        return release_of(self.version)


def release_of(version: str) -> tuple[int, int]:
    """Return the first two numbers of a version."""
    major, minor, *_ = (int(part) for part in version.split("."))
    return major, minor
