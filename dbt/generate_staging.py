"""Writes the staging models from the connector's catalog: one model a stream, and the page of their columns.

    .venv/bin/python dbt/generate_staging.py [--check]

With `--check` nothing is written; the exit status is 1 where a file is missing, stale or left over.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
STAGING = HERE / "models" / "staging"
CONNECTOR = HERE.parent / ".venv" / "bin" / "source-netvisor"
CONFIG = {
    "company_name": "Catalog",
    "business_id": "1967543-8",
    "api_user_id": "CATALOG_1",
    "api_key": "1c" * 16,
    "partner_id": "Catalog_2",
    "partner_key": "2c" * 16,
}
"""Discovery asks Netvisor nothing, but wants a configuration of the right form."""
VERSIONING = ("_ab_modified_until", "_ab_cdc_deleted_at", "_netvisor_raw", "_netvisor_unknown")
"""Columns that tell versions apart or hold what did not fit: an analyst has no use for them."""
KINDS = {"integer": "integer", "number": "number", "boolean": "boolean", "array": "json", "object": "json"}


def catalog(connector: Path = CONNECTOR) -> list[dict[str, Any]]:
    """The streams of the connector, as `discover` tells them.

    Raises:
        subprocess.CalledProcessError: the connector failed.
    """
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "config.json"
        config.write_text(json.dumps(CONFIG))
        run = subprocess.run([connector, "discover", "--config", config], capture_output=True, text=True, check=True)
    messages = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    found: list[dict[str, Any]] = next(one["catalog"]["streams"] for one in messages if one["type"] == "CATALOG")
    return sorted(found, key=lambda stream: str(stream["name"]))


def kind(schema: Mapping[str, Any]) -> str:
    """What a property's column is: text, integer, number, boolean, date, timestamp or json."""
    types = schema.get("type", "string")
    only = next(one for one in ([types] if isinstance(types, str) else types) if one != "null")
    if only == "string":
        return {"date": "date", "date-time": "timestamp"}.get(str(schema.get("format")), "text")
    return KINDS[only]


def key_of(stream: Mapping[str, Any]) -> list[str]:
    """The primary key, business_id first."""
    names = [path[0] for path in stream["source_defined_primary_key"]]
    return ["business_id", *(name for name in names if name != "business_id")]


def columns_of(stream: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The stream's columns by name, business_id and the key first."""
    properties = {k: v for k, v in stream["json_schema"]["properties"].items() if k not in VERSIONING}
    first = key_of(stream)
    return {name: properties[name] for name in (*first, *(name for name in properties if name not in first))}


def model(stream: Mapping[str, Any]) -> str:
    """The SQL of one staging model."""
    key = "".join(f"\n        '{name}'," for name in key_of(stream))
    columns = "".join(f"\n        '{name}': '{kind(schema)}'," for name, schema in columns_of(stream).items())
    return f"""{{{{ netvisor.stage_stream(
    '{stream["name"]}',
    key=[{key}
    ],
    columns={{{columns}
    }}
) }}}}
"""


def page(streams: list[dict[str, Any]]) -> str:
    """The description of every model and column."""
    lines = ["# Written by generate_staging.py from the connector's schemas.", "version: 2", "models:"]
    for stream in streams:
        about = stream["json_schema"].get("description", stream["name"])
        lines += [f"  - name: stg_netvisor__{stream['name']}", f"    description: {_text(about)}", "    columns:"]
        lines += ["      - name: source_relation", "        description: Name of the source that the row is from."]
        for name, schema in columns_of(stream).items():
            lines += [
                f"      - name: {_column(name)}",
                f"        description: {_text(schema.get('description', name))}",
            ]
        lines += ["      - name: _airbyte_extracted_at", "        description: When the row was read, in UTC."]
    return "\n".join(lines) + "\n"


def files(streams: list[dict[str, Any]]) -> dict[Path, str]:
    """Every file with its text."""
    found = {STAGING / f"stg_netvisor__{one['name']}.sql": model(one) for one in streams}
    return {**found, STAGING / "_staging.yml": page(streams)}


def stale(wanted: Mapping[Path, str]) -> list[str]:
    """The names of files that are missing, differ, or should not be there."""
    there = {path: path.read_text(encoding="utf-8") for path in STAGING.iterdir()} if STAGING.exists() else {}
    return sorted(path.name for path in {*wanted, *there} if wanted.get(path) != there.get(path))


def _column(name: str) -> str:
    """As macros/stage_stream.sql names it: a word that SQL keeps for itself gets an underscore."""
    return f"{name}_" if name in ("group", "order", "table", "user") else name


def _text(text: str) -> str:
    """As a quoted YAML scalar: JSON's strings are YAML's too."""
    return json.dumps(" ".join(str(text).split()), ensure_ascii=False)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write the staging models from the connector's catalog.")
    parser.add_argument("--check", action="store_true", help="only say which files are stale")
    chosen = parser.parse_args()
    wanted = files(catalog())
    old = stale(wanted)
    if chosen.check:
        print("\n".join(f"{name} is stale: run make dbt-staging" for name in old) or "The staging models are current.")
        return bool(old)
    STAGING.mkdir(parents=True, exist_ok=True)
    for name in old:
        (STAGING / name).unlink(missing_ok=True)
    for path, text in wanted.items():
        if path.name in old:
            path.write_text(text, encoding="utf-8")
    print(f"{len(wanted)} files, {len(old)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
