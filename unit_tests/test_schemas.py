"""The rules that every stream's JSON schema keeps, as far as a machine can check them.

The record builder compiles these schemas into its table of names and types, so a form that it does not know, or a
property name that is not snake_case, would show only as missing data. Which properties of the connector's own a stream
has, and which ones are its key, follows from the manifest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from unit_tests.reading import definitions

SCHEMAS = Path(__file__).resolve().parent.parent / "source_netvisor" / "schemas"
DRAFT_07 = "http://json-schema.org/draft-07/schema#"
SNAKE_CASE = re.compile(r"_?[a-z][a-z0-9]*(_[a-z0-9]+)*")
# Destinations do not resolve references and unions, and Netvisor adds values to its code lists without notice.
FORBIDDEN_KEYWORDS = {"$ref", "allOf", "anyOf", "oneOf", "not", "enum", "const", "pattern", "required", "definitions"}
SCALARS = {"string", "integer", "number", "boolean"}
FORMATS = {"date", "date-time"}
MODIFIED_UNTIL = "_ab_modified_until"
DELETED_AT = "_ab_cdc_deleted_at"
RAW = "_netvisor_raw"
UNKNOWN = "_netvisor_unknown"
CONTROL_PROPERTIES = (MODIFIED_UNTIL, DELETED_AT, RAW, UNKNOWN)

DEFINITIONS = definitions()
STREAMS = sorted(path.stem for path in SCHEMAS.glob("*.json"))
every_stream = pytest.mark.parametrize("stream", STREAMS)


def load(stream: str) -> dict[str, Any]:
    """The schema of one stream, as its file has it."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{stream}.json").read_text(encoding="utf-8"))
    return schema


def walk(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema below `schema`, itself included, with its path (`a.b[].c`, empty for the record)."""
    yield path, schema
    for name, child in schema.get("properties", {}).items():
        yield from walk(child, f"{path}.{name}" if path else name)
    if "items" in schema:
        yield from walk(schema["items"], f"{path}[]")


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every named property at every depth, with its path."""
    return ((path, child) for path, child in walk(schema) if path and not path.endswith("[]"))


def base_type(schema: dict[str, Any]) -> str:
    """The type behind `T` or `["null", T]`; fails on any other form."""
    declared = schema["type"]
    if isinstance(declared, list):
        assert len(declared) == 2, declared
        assert declared[0] == "null", declared
        declared = declared[1]
    assert isinstance(declared, str), declared
    return declared


def nullable(schema: dict[str, Any]) -> bool:
    """Whether the schema allows null."""
    return isinstance(schema["type"], list)


def reject_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """`object_pairs_hook` that refuses a name given twice, where JSON itself would silently keep the last."""
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})
    return dict(pairs)


def test_one_schema_for_each_stream() -> None:
    assert set(STREAMS) == set(DEFINITIONS)


@every_stream
def test_is_valid_draft_07(stream: str) -> None:
    schema = load(stream)
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == DRAFT_07
    assert schema["type"] == "object"
    assert schema["title"].strip()
    assert schema["description"].strip()


@every_stream
def test_names_no_property_twice(stream: str) -> None:
    json.loads((SCHEMAS / f"{stream}.json").read_text(encoding="utf-8"), object_pairs_hook=reject_repeated)


@every_stream
def test_uses_no_forbidden_keyword(stream: str) -> None:
    for path, schema in walk(load(stream)):
        assert not FORBIDDEN_KEYWORDS & schema.keys(), path


@every_stream
def test_every_object_is_open(stream: str) -> None:
    """Netvisor adds elements without notice; they must reach the destination."""
    for path, schema in walk(load(stream)):
        if base_type(schema) == "object":
            assert schema.get("additionalProperties") is True, path


@every_stream
def test_every_property_is_described(stream: str) -> None:
    for path, schema in properties(load(stream)):
        assert schema.get("description", "").strip(), path


@every_stream
def test_names_are_snake_case(stream: str) -> None:
    for path, _ in properties(load(stream)):
        name = path.rsplit(".", 1)[-1]
        assert SNAKE_CASE.fullmatch(name), path
        # A leading underscore is the connector's own, and only the record has such properties.
        assert not name.startswith("_") or path in CONTROL_PROPERTIES, path


@every_stream
def test_names_differ_by_more_than_underscores(stream: str) -> None:
    """Elements are matched with the underscores removed, so two names must not meet there."""
    for path, schema in walk(load(stream)):
        squeezed = [name.replace("_", "") for name in schema.get("properties", {})]
        assert len(squeezed) == len(set(squeezed)), path


@every_stream
def test_types_have_an_allowed_form(stream: str) -> None:
    for path, schema in walk(load(stream)):
        kind = base_type(schema)
        if kind in SCALARS:
            assert not {"properties", "items"} & schema.keys(), path
            assert schema.get("format") is None or (kind == "string" and schema["format"] in FORMATS), path
        elif kind == "array":
            assert nullable(schema), path
            item = schema["items"]
            assert base_type(item) in SCALARS or (base_type(item) == "object" and nullable(item)), path
        else:
            assert kind == "object", path
            # Aggregates are flattened: an object is the record, an array's item or the raw values.
            assert path in ("", RAW, UNKNOWN) or path.endswith("[]"), path
            assert path in (RAW, UNKNOWN) or schema.get("properties"), path


@every_stream
def test_has_the_connectors_own_properties(stream: str) -> None:
    record = load(stream)["properties"]
    assert record["business_id"]["type"] == "string"
    for name in (RAW, UNKNOWN):
        assert record[name]["type"] == ["null", "object"]
    assert list(record)[-2:] == [RAW, UNKNOWN]
    assert (MODIFIED_UNTIL in record) == DEFINITIONS[stream].incremental
    assert (DELETED_AT in record) == DEFINITIONS[stream].sends_deletions
    if MODIFIED_UNTIL in record:
        assert (record[MODIFIED_UNTIL]["type"], record[MODIFIED_UNTIL]["format"]) == ("string", "date-time")
    if DELETED_AT in record:
        assert (record[DELETED_AT]["type"], record[DELETED_AT]["format"]) == (["null", "string"], "date-time")


@every_stream
def test_primary_key_comes_first_and_is_never_null(stream: str) -> None:
    record = load(stream)["properties"]
    first, *own = DEFINITIONS[stream].primary_key
    assert first == "business_id"
    key = tuple(own) or (first,)
    assert tuple(record)[: len(key)] == key
    for name in key:
        assert record[name]["type"] in ("integer", "string"), name


@every_stream
def test_lines_are_numbered(stream: str) -> None:
    """A record of a stream of lines or items says where in the document it stood."""
    if DEFINITIONS[stream].lines is not None and stream.endswith(("_lines", "_items")):
        assert base_type(load(stream)["properties"]["line_number"]) == "integer"
