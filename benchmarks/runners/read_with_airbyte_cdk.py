"""Runs a declarative source; started in airbyte-cdk's own environment."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from airbyte_cdk.entrypoint import AirbyteEntrypoint, launch
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.sources.declarative.concurrent_declarative_source import (
    ConcurrentDeclarativeSource,
)

manifest, *arguments = sys.argv[1:]
catalog = AirbyteEntrypoint.extract_catalog(arguments)
config = AirbyteEntrypoint.extract_config(arguments)
source = ConcurrentDeclarativeSource(
    catalog=ConfiguredAirbyteCatalogSerializer.load(json.loads(Path(catalog).read_text())),
    config=json.loads(Path(config).read_text()),
    state=None,
    source_config=json.loads(Path(manifest).read_text()),
)
launch(source, arguments)
