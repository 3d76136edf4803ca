"""Holds each stream of the manifest against manifest.schema.json, and says what does not fit in a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from airbyte_cdk.sources.declarative.parsers.custom_exceptions import (
    CircularReferenceException,
    UndefinedReferenceException,
)
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from source_netvisor.manifest import files
from source_netvisor.manifest.mistakes import ManifestError, nearest

_PLACEHOLDERS = re.compile(r"\[\{\]\(([\w|]+)\)\[\}\]")
"""In a pattern of the schema: the placeholders that a parameter's value may have."""


@cache
def schema() -> dict[str, Any]:
    """The JSON schema of a stream."""
    found: dict[str, Any] = json.loads(files.WORDS.read_text(encoding="utf-8"))
    return found


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(schema())


def validate(stream: Mapping[str, Any]) -> None:
    """Checks the words of a stream.

    Args:
        stream: a resolved `DeclarativeStream` of the manifest.

    Raises:
        ManifestError: the first word that does not fit.
    """
    for error in _validator().iter_errors(stream):
        place = ".".join(str(part) for part in error.absolute_path if part != "retriever")
        raise ManifestError(str(stream.get("name", "without a name")), place, _mistake(error))
    name = stream["$parameters"]["name"]
    if name != stream["name"]:
        raise ManifestError(stream["name"], "$parameters.name", f'"{name}" is not the name of the stream')


def refused_by_the_cdk(error: Exception, manifest: Path) -> ManifestError | None:
    """Why the CDK cannot load the manifest; None where the error is about something else.

    Args:
        error: what the CDK raised.
        manifest: the file.
    """
    if isinstance(error, (UndefinedReferenceException, CircularReferenceException)):
        return _unresolved(str(error), manifest.read_text(encoding="utf-8"))
    if isinstance(error, ValidationError):
        cause = error.__cause__ if isinstance(error.__cause__, ValidationError) else error
        return ManifestError("", ".".join(map(str, cause.absolute_path)), "the CDK does not know such a component")
    if mark := getattr(error, "problem_mark", None):
        return ManifestError("", f"line {mark.line + 1}", "it is not YAML")
    return None


def _unresolved(error: str, text: str) -> ManifestError:
    """Of a `$ref` that leads nowhere, or in a circle: the first stream or definition that has it."""
    reference = next(iter(re.findall(r"#/[\w/$.]+", error)), "#/")
    known = re.findall(r"^  (\w+):", text.partition("\ndefinitions:\n")[2].partition("\nstreams:\n")[0], re.MULTILINE)
    before = text.partition(f'"{reference}"')[0]
    stream = re.findall(r"^    name: (\w+)$", before.partition("\nstreams:\n")[2], re.MULTILINE)
    word = reference.rpartition("/")[2]
    mistake = f'"{reference}" leads nowhere, {nearest(word, known)}'
    if word in known:
        mistake = f'"{reference}" leads to itself'
    return ManifestError(stream[-1] if stream else "", "", mistake)


def _mistake(error: ValidationError) -> str:
    value: Any = error.instance
    allowed: Any = error.validator_value
    part: Any = error.schema
    if error.validator == "additionalProperties":
        word = next(name for name in value if name not in part["properties"])
        return f'there is no word "{word}" here, {nearest(word, part["properties"])}'
    if error.validator == "required":
        return f'the word "{next(name for name in allowed if name not in value)}" is missing'
    if error.validator == "enum":
        return f'"{value}" is not possible, {nearest(str(value), map(str, allowed))}'
    if error.validator == "pattern":
        return _unlike_pattern(str(value), allowed, part.get("examples", ()))
    if error.validator == "type":
        kinds = [allowed] if isinstance(allowed, str) else allowed
        return f'"{value}" is not of type {" or ".join(kinds)}'
    return f'"{value}" is not possible ({error.validator}: {allowed})'


def _unlike_pattern(value: str, pattern: str, examples: list[str]) -> str:
    """Of a value with an unknown placeholder, the placeholder; otherwise the values that are possible."""
    if placeholders := _PLACEHOLDERS.search(pattern):
        known = placeholders.group(1).split("|")
        for word in re.findall(r"\{(\w+)\}", value):
            if word not in known:
                return f'there is no placeholder "{{{word}}}" here, {nearest(word, known)}'
    if examples:
        return f'"{value}" is not possible, {nearest(value, examples)}'
    return f'"{value}" has a brace that belongs to no placeholder'
