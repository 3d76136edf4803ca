"""The JSON schema of the manifest, the code that reads it and the manifest itself have the same words."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import date, datetime, timezone
from typing import Any

import yaml
from jsonschema import Draft7Validator

from source_netvisor.changes.windows import Window, windows
from source_netvisor.config import NetvisorConfig
from source_netvisor.manifest import files, rules, validation
from source_netvisor.manifest.endpoint import Cadence, Comparison, Endpoint, Mark
from source_netvisor.manifest.stream_definition import Lines, Settled, StreamDefinition, Triggers
from source_netvisor.sync_context import SyncContext

MANIFEST = files.MANIFEST.read_text(encoding="utf-8")
DEFINITIONS = validation.schema()["definitions"]
NOW = datetime(2026, 3, 15, 10, 0, tzinfo=timezone.utc)
CONFIG = {
    "company_name": "Example", "business_id": "1967543-8", "api_user_id": "x", "api_key": "0" * 32,
    "partner_id": "x", "partner_key": "x",
}  # fmt: skip
CDK_WORDS = {"type", "class_name", "name", "$parameters"}


def words(definition: str) -> set[str]:
    return set(DEFINITIONS[definition]["properties"]) - CDK_WORDS


def inner(definition: str, word: str) -> dict[str, Any]:
    found: dict[str, Any] = DEFINITIONS[definition]["properties"][word]
    return found


def names(of: type) -> set[str]:
    return {one.name for one in fields(of)}  # type: ignore[arg-type]


def test_the_words_of_the_schema_are_the_fields_of_the_code() -> None:
    assert words("resource") == names(Endpoint)
    assert words("retriever") == names(StreamDefinition) - {"name", "schema", "primary_key", "incremental"}
    for of, where in ((Lines, "lines"), (Settled, "settled"), (Triggers, "compare_after")):
        assert set(inner("retriever", where)["properties"]) == names(of)
    assert set(inner("resource", "mark")["properties"]) == names(Mark)
    comparison = inner("resource", "comparison")["properties"]
    assert set(comparison) == names(Comparison)
    assert set(comparison["cadence"]["enum"]) == {one.value for one in Cadence}


def placeholders(pattern: str) -> set[str]:
    (found,) = re.findall(r"\(([a-z_|]+)\)", pattern)
    return set(found.split("|"))


def test_the_placeholders_of_the_schema_are_those_that_get_values() -> None:
    always = set(SyncContext(NetvisorConfig.parse(CONFIG), NOW).placeholders())
    assert always == set(rules.WITHOUT_WINDOW)
    dated = placeholders(DEFINITIONS["dated"]["additionalProperties"]["pattern"])
    assert dated == always | set(Window(date(2026, 1, 1), date(2026, 1, 31)).placeholders())
    changes = placeholders(inner("resource", "changes")["additionalProperties"]["pattern"])
    assert changes == always | {"since"}


def test_every_window_of_the_schema_divides_days() -> None:
    for window in inner("resource", "window")["examples"]:
        endpoint = Endpoint("example.nv", window=window)
        found = windows(endpoint, date(2025, 11, 20), date(2026, 3, 15))
        assert found[0].begin <= date(2025, 11, 20) and found[-1].end >= date(2026, 2, 28), window


def test_the_schema_is_one_and_explains_every_word() -> None:
    Draft7Validator.check_schema(validation.schema())

    def walk(node: dict[str, Any], path: str) -> None:
        for name, child in node.get("properties", {}).items():
            assert child.get("description", "").endswith(".") or "$ref" in child, f"{path}.{name}"
            walk(child, f"{path}.{name}")

    walk(validation.schema(), "stream")
    for name in DEFINITIONS:
        walk(DEFINITIONS[name], name)


def test_every_word_is_used_in_the_manifest() -> None:
    manifest = yaml.safe_load(MANIFEST)
    used = {word for entry in manifest["definitions"].values() for word in entry}
    for stream in manifest["streams"]:
        used |= {*stream["retriever"], *(word for part in stream["retriever"].values() for word in part)}
    unused = (words("resource") | words("retriever")) - used
    # raised when a stream's records change, which none has done yet
    assert unused <= {"record_version"}


def test_every_definition_is_used() -> None:
    manifest = json.dumps(yaml.safe_load(MANIFEST))
    for name in yaml.safe_load(MANIFEST)["definitions"]:
        assert f'"#/definitions/{name}"' in manifest, name
