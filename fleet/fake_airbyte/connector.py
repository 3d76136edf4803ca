"""What the fake knows of the connector: its form, and its streams."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema_rs import Draft7Validator

ROOT = Path(__file__).resolve().parents[2]
MASK = "**********"


@cache
def form() -> dict[str, Any]:
    """The JSON schema of a source's configuration."""
    manifest = yaml.safe_load((ROOT / "source_netvisor" / "manifest.yaml").read_text(encoding="utf-8"))
    specification: dict[str, Any] = manifest["spec"]["connection_specification"]
    return specification


@cache
def streams() -> dict[str, dict[str, Any]]:
    """The connector's catalog, by name."""
    catalog = json.loads((ROOT / "erd" / "discovered_catalog.json").read_text(encoding="utf-8"))
    return {stream["name"]: stream for stream in catalog["streams"]}


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(form())


def mistakes(configuration: Mapping[str, Any]) -> list[str]:
    """Where the form refuses a configuration; without the values, which may be secrets."""
    errors = _validator().iter_errors(dict(configuration))
    return ["/".join(map(str, error.instance_path)) or "the whole" for error in errors]


def masked(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration as Airbyte shows it."""
    secret = {name for name, each in form()["properties"].items() if each.get("airbyte_secret")}
    return {name: MASK if name in secret else value for name, value in configuration.items()}


@cache
def stream_properties(destination_modes: tuple[str, ...]) -> list[dict[str, Any]]:
    """The answer to GET /streams.

    Args:
        destination_modes: of overwrite, append, append_dedup.
    """
    properties = []
    for name, stream in streams().items():
        modes = []
        for source_mode, destination_mode, both in (
            ("full_refresh", "append", "full_refresh_append"),
            ("full_refresh", "overwrite", "full_refresh_overwrite"),
            ("incremental", "append", "incremental_append"),
            ("incremental", "append_dedup", "incremental_deduped_history"),
        ):
            if source_mode in stream["supported_sync_modes"] and destination_mode in destination_modes:
                modes.append(both)
        properties.append(
            {
                "streamName": name,
                "syncModes": modes,
                "defaultCursorField": stream.get("default_cursor_field", []),
                "sourceDefinedCursorField": bool(stream.get("source_defined_cursor")),
                "sourceDefinedPrimaryKey": stream.get("source_defined_primary_key", []),
                "propertyFields": [[field] for field in stream["json_schema"]["properties"]],
            }
        )
    return properties
