"""The manifest's file -> its form and its streams, without the CDK's declarative source."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from source_netvisor.manifest import files, rules
from source_netvisor.manifest.mistakes import ManifestError
from source_netvisor.manifest.stream_definition import StreamDefinition


def resolved() -> Mapping[str, Any]:
    """The manifest with its references and parameters put in, and its words checked.

    To do so takes a fifth of start-up, and is done beforehand. A manifest, or a schema of its words, that has changed
    since is resolved here.

    Raises:
        ManifestError: the file, or a stream in it, has a mistake.
    """
    with contextlib.suppress(OSError, orjson.JSONDecodeError):
        kept = orjson.loads(files.RESOLVED.read_bytes())
        if kept["of"] == checksum():
            found: Mapping[str, Any] = kept["manifest"]
            return found
    from source_netvisor.manifest import resolving

    return resolving.resolved(files.MANIFEST)


def checksum() -> str:
    """Of all that says what the resolved manifest is, and whether it is without mistakes."""
    return hashlib.sha256(files.MANIFEST.read_bytes() + files.WORDS.read_bytes()).hexdigest()


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
    file = files.SCHEMAS / f"{stream}.json"
    if not file.is_file():
        raise ManifestError(stream, "", f"the file schemas/{stream}.json is missing")
    schema: dict[str, Any] = orjson.loads(file.read_bytes())
    return schema
