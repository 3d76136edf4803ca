"""The manifest's file with its references and parameters put in, and each word of its streams checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airbyte_cdk.sources.declarative.parsers.manifest_component_transformer import ManifestComponentTransformer
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver
from airbyte_cdk.utils.yaml_loader import safe_load_yaml

from source_netvisor.manifest import validation


def resolved(manifest: Path) -> Mapping[str, Any]:
    """What the functions give with which the CDK's declarative source does it.

    Args:
        manifest: the file.

    Raises:
        ManifestError: the file, or a stream in it, has a mistake.
    """
    try:
        raw = ManifestReferenceResolver().preprocess_manifest(safe_load_yaml(manifest.read_bytes()))
        found: Mapping[str, Any] = ManifestComponentTransformer().propagate_types_and_parameters("", raw, {})
    except Exception as error:
        if mistake := validation.refused_by_the_cdk(error, manifest):
            raise mistake from None
        raise
    for stream in found["streams"]:
        validation.validate(stream)
    return found
