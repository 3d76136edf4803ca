"""Airbyte's files about the joins: erd/discovered_catalog.json, erd/estimated_relationships.json, erd/source.dbml."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer, Type

from docs.generator.model import Documented, Join, type_of
from source_netvisor.source import SourceNetvisor

_CONFIG = {
    "company_name": "Documentation",
    "business_id": "1967543-8",
    "api_user_id": "none",
    "api_key": "0" * 32,
    "partner_id": "none",
    "partner_key": "none",
}


def catalog() -> str:
    """What `discover` gives, whatever the company."""
    discovered = SourceNetvisor().discover(logging.getLogger("airbyte"), _CONFIG)
    message = AirbyteMessageSerializer.dump(AirbyteMessage(type=Type.CATALOG, catalog=discovered))
    return json.dumps(message["catalog"], indent=1, ensure_ascii=False) + "\n"


def relationships(documented: Documented) -> str:
    """The joins in the form of Airbyte's tool, which knows one target for a field and none in the same stream."""
    streams = []
    for name in documented.streams:
        relations: dict[str, str] = {}
        for join in documented.joins_of(name):
            if join.target_stream != name:
                relations.setdefault(join.field, f"{join.target_stream}.{join.target_field}")
        streams.append({"name": name, "relations": relations})
    return json.dumps({"streams": streams}, indent=4) + "\n"


def dbml(documented: Documented) -> str:
    """Tables with their fields, and the joins, for dbdocs."""
    parts = [_table(documented, name) for name in documented.streams]
    parts += [_reference(join) for join in documented.joins]
    return "\n".join(parts)


def _table(documented: Documented, name: str) -> str:
    return "\n".join(_table_lines(documented, name)) + "\n"


def _table_lines(documented: Documented, name: str) -> Iterator[str]:
    definition = documented.streams[name]
    single = definition.primary_key if len(definition.primary_key) == 1 else ()
    yield f'Table "{name}" {{'
    for field, schema in definition.schema["properties"].items():
        kind = type_of(schema).split()[0].replace("date-time", "timestamp")
        yield f'    "{field}" {kind}{" [pk]" if field in single else ""}'
    if not single:
        yield ""
        yield "    indexes {"
        yield f"        ({', '.join(definition.primary_key)}) [pk]"
        yield "    }"
    yield "}"


def _reference(join: Join) -> str:
    source, target = f'"{join.stream}"."{join.field}"', f'"{join.target_stream}"."{join.target_field}"'
    return f"Ref {{\n    {source} <> {target}\n}}\n"
