"""Runs a contestant that is a manifest: `python -m benchmarks.run_manifest MANIFEST read --config CONFIG ...`."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml
from airbyte_cdk.entrypoint import AirbyteEntrypoint, launch
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

if __name__ == "__main__":
    manifest, *arguments = sys.argv[1:]
    config = AirbyteEntrypoint.extract_config(arguments)
    catalog = AirbyteEntrypoint.extract_catalog(arguments)
    source = ConcurrentDeclarativeSource(
        source_config=yaml.safe_load(Path(manifest).read_text()),
        config=ConcurrentDeclarativeSource.read_config(config) if config else None,
        catalog=ConcurrentDeclarativeSource.read_catalog(catalog) if catalog else None,
        state=None,
    )
    launch(source, arguments)
