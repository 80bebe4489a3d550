"""What is compared, each in the best configuration we know of for the same streams."""

from __future__ import annotations

from benchmarks.contestants.contestant import CHILDREN, STREAMS, Contestant, Job
from benchmarks.contestants.with_a_target import TapAndTarget
from benchmarks.contestants.with_airbyte_cdk import AirbyteCdk
from benchmarks.contestants.with_dlt import Dlt
from benchmarks.contestants.with_sling import Sling
from benchmarks.contestants.with_this_tap import BY_DEFAULT, SerialTap, ThisTap

__all__ = [
    "BY_DEFAULT",
    "CHILDREN",
    "STREAMS",
    "AirbyteCdk",
    "Contestant",
    "Dlt",
    "Job",
    "SerialTap",
    "Sling",
    "TapAndTarget",
    "ThisTap",
]
