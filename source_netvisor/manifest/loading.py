"""The manifest's file -> its form and its streams, without the CDK's declarative source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.sources.declarative.parsers.manifest_component_transformer import ManifestComponentTransformer
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver
from airbyte_cdk.utils.yaml_loader import safe_load_yaml

from source_netvisor.manifest import rules, validation
from source_netvisor.manifest.mistakes import ManifestError
from source_netvisor.manifest.stream_definition import StreamDefinition

MANIFEST = Path(__file__).parent.with_name("manifest.yaml")
"""With its whole path: the CDK takes a file of that name in the working directory first, whoever's it is."""
SCHEMAS = MANIFEST.with_name("schemas")


def resolved() -> Mapping[str, Any]:
    """The manifest with its references and parameters put in, by the functions with which the CDK's source does it.

    Raises:
        ManifestError: the file, or a stream in it, has a mistake.
    """
    try:
        manifest = ManifestReferenceResolver().preprocess_manifest(safe_load_yaml(MANIFEST.read_bytes()))
        found: Mapping[str, Any] = ManifestComponentTransformer().propagate_types_and_parameters("", manifest, {})
    except Exception as error:
        if mistake := validation.refused_by_the_cdk(error, MANIFEST):
            raise mistake from None
        raise
    for stream in found["streams"]:
        validation.validate(stream)
    return found


def definitions(streams: Iterable[Mapping[str, Any]]) -> dict[str, StreamDefinition]:
    """Every stream of the manifest, by name.

    Args:
        streams: of the resolved manifest, with words that are valid.

    Raises:
        ManifestError: a stream or its schema has a mistake.
    """
    found: dict[str, StreamDefinition] = {}
    for stream in streams:
        definition = StreamDefinition.from_manifest(stream, _schema(stream["name"]))
        rules.check(definition)
        if definition.name in found:
            raise ManifestError(definition.name, "name", "another stream has the same name")
        found[definition.name] = definition
    return found


def _schema(stream: str) -> dict[str, Any]:
    """The same file as the CDK takes, in a tenth of the CDK's time."""
    file = SCHEMAS / f"{stream}.json"
    if not file.is_file():
        raise ManifestError(stream, "", f"the file schemas/{stream}.json is missing")
    schema: dict[str, Any] = orjson.loads(file.read_bytes())
    return schema
