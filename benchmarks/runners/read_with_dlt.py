"""Extracts with a rest_api source; started in dlt's own environment."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import dlt
from dlt.sources.rest_api import rest_api_source

settings, folder = sys.argv[1:]
pipeline = dlt.pipeline("confluence", pipelines_dir=folder, dataset_name="confluence")
pipeline.extract(rest_api_source(json.loads(Path(settings).read_text())))
