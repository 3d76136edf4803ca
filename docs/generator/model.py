"""What is documented: every stream of the manifest, the area it stands in, and the joins of docs/joins.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.source import SourceNetvisor

ROOT = Path(__file__).resolve().parent.parent.parent
_AREA = re.compile(r"^  # --- (.+?) -*$")
_NAME = re.compile(r"^    name: (\w+)$")
_ORIGIN = re.compile(r"\s*Resource \w+\.nv\b.*$", re.DOTALL)
_ARTICLE = re.compile(r"[Aa]rticle (\d+)")


@dataclass(frozen=True)
class Join:
    """A field whose value is another stream's field.

    Args:
        stream, field: where it stands.
        target_stream, target_field: where it leads.
        several: another field says which of several targets it is.
    """

    stream: str
    field: str
    target_stream: str
    target_field: str
    several: bool


@dataclass(frozen=True)
class DimensionJoin:
    """An array of dimension items of a record, each of which leads to a row of `dimension_items`.

    Args:
        array: the field, `dimensions`.
        conditions: field of the array's item -> field of `dimension_items`; keys where Netvisor gives them, else names.
    """

    array: str
    conditions: Mapping[str, str]

    @property
    def by_name(self) -> bool:
        """Whether the join breaks where a dimension is renamed."""
        return "netvisor_key" not in self.conditions.values()


_KEYS_OF_ITEMS = ("dimension_item_netvisor_key", "dimension_detail_netvisor_key")
_NAMES_OF_ITEMS = ("dimension_item", "dimension_item_name", "dimension_detail_name")
_NAMES_OF_DIMENSIONS = ("dimension_name", "dimension_name_name")


def dimension_joins(definition: StreamDefinition) -> list[DimensionJoin]:
    """The joins from a stream's arrays to `dimension_items`."""
    found = []
    for array, schema in definition.schema["properties"].items():
        fields = schema.get("items", {}).get("properties", {})
        key = next((name for name in _KEYS_OF_ITEMS if name in fields), None)
        item = next((name for name in _NAMES_OF_ITEMS if name in fields), None)
        dimension = next((name for name in _NAMES_OF_DIMENSIONS if name in fields), None)
        if key:
            found.append(DimensionJoin(array, {key: "netvisor_key"}))
        elif item and dimension:
            found.append(DimensionJoin(array, {dimension: "dimension_name", item: "name"}))
    return found


@dataclass(frozen=True)
class Documented:
    """Everything that the pages are made from.

    Args:
        streams: by name, in the order of the manifest.
        areas: area -> names of its streams.
        joins: of all streams.
        no_stream: field -> why it leads nowhere although it looks like a key.
    """

    streams: Mapping[str, StreamDefinition]
    areas: Mapping[str, list[str]]
    joins: list[Join]
    no_stream: Mapping[str, str]

    def joins_of(self, stream: str) -> list[Join]:
        """The joins that begin in the stream."""
        return [join for join in self.joins if join.stream == stream]


def load() -> Documented:
    """Reads the manifest, the schemas and the joins."""
    table = yaml.safe_load((ROOT / "docs" / "joins.yaml").read_text(encoding="utf-8"))
    joins = []
    for stream, fields in table["joins"].items():
        for field, targets in fields.items():
            listed = [targets] if isinstance(targets, str) else targets
            for target in listed:
                target_stream, target_field = target.split(".")
                joins.append(Join(stream, field, target_stream, target_field, several=len(listed) > 1))
    return Documented(SourceNetvisor().definitions(), _areas(), joins, table["no_stream"])


def _areas() -> dict[str, list[str]]:
    """The headings between the manifest's streams are comments: `# --- Sales ---`."""
    areas: dict[str, list[str]] = {}
    text = (ROOT / "source_netvisor" / "manifest.yaml").read_text(encoding="utf-8")
    for line in text.partition("\nstreams:\n")[2].splitlines():
        if heading := _AREA.match(line):
            areas[heading.group(1)] = []
        elif name := _NAME.match(line):
            list(areas.values())[-1].append(name.group(1))
    return areas


def meaning(definition: StreamDefinition) -> str:
    """What one record is: the schema's description without its last sentence about resource and article."""
    return _ORIGIN.sub("", str(definition.schema["description"])).strip()


def article(definition: StreamDefinition) -> str | None:
    """The number of Netvisor's support article that the schema names."""
    found = _ARTICLE.search(str(definition.schema["description"]))
    return found.group(1) if found else None


def article_address(number: str) -> str:
    """Where the article is. The long numbers are of the older help site, which is no longer maintained."""
    folder = "support/solutions/articles" if number.startswith("77000") else "articles"
    return f"https://support.netvisor.fi/en/{folder}/{number}"


def type_of(schema: Mapping[str, Any]) -> str:
    """The type as the tables show it: `date`, `number`, `array of objects`, ..."""
    declared = schema.get("type", "string")
    kinds = [declared] if isinstance(declared, str) else list(declared)
    kind = next(kind for kind in kinds if kind != "null")
    if kind == "array":
        items = schema.get("items", {})
        return "array of objects" if "properties" in items else f"array of {type_of(items)}s"
    return str(schema.get("format", kind))
