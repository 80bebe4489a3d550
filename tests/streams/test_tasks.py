"""Tasks, as Atlassian describes them."""

from __future__ import annotations

from typing import ClassVar

from tests.schemas.contract import MODIFIED, Contract, HeldAgainstTheApi


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "tasks": Contract(("Task",), added=MODIFIED),
    }
