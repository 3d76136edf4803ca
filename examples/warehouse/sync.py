"""Syncs one company's Netvisor into a DuckDB file with PyAirbyte.

    python examples/warehouse/sync.py config.json warehouse.duckdb

The first run reads everything from the configuration's start date on; every further run reads what has changed.
PyAirbyte keeps the connector's state in the same file.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

# PyAirbyte reads these when it is imported: it shall ask no registry of connectors, tell nobody that it runs, and leave
# the terminal to the bar that progress.py draws.
os.environ.setdefault("AIRBYTE_OFFLINE_MODE", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("NO_LIVE_PROGRESS", "1")

# PyAirbyte brings Google's clients along, which announce when they will drop each Python
warnings.filterwarnings("ignore", "You are using a Python version", FutureWarning)

import airbyte  # noqa: E402
from airbyte.caches import DuckDBCache  # noqa: E402
from progress import connector_with_bar  # noqa: E402

HERE = Path(__file__).resolve().parent
CONNECTOR = HERE.parent.parent / ".venv" / "bin" / "source-netvisor"
"""The connector of this checkout, in its own environment: it needs none of PyAirbyte's dependencies."""

SCHEMA = "netvisor"
"""The DuckDB schema that the streams' tables go to."""

SCHEMAS = (SCHEMA, "living", "books")
"""All schemas of the warehouse, with those that the SQL makes."""

STREAMS = (
    "accounts",
    "accounting_periods",
    "period_locks",
    "voucher_types",
    "voucher_lines",
    "account_balances",
    "dimensions",
    "dimension_items",
    "customers",
    "vendors",
    "sales_invoices",
    "sales_payments",
    "purchase_invoice_details",
    "purchase_payments",
)
"""What the SQL in `sql/` is made from; no payroll, no personal data but that of customers and suppliers."""


def sync(config: Mapping[str, Any], database: Path, connector: Path = CONNECTOR, show_progress: bool = True) -> int:
    """Read what is new into the database.

    Args:
        config: configuration of the connector.
        database: the DuckDB file; made where there is none.
        connector: the connector's console script.
        show_progress: draw a bar on standard error.

    Returns:
        How many records came.

    Raises:
        ValueError: the file has the name of a schema.
        airbyte.exceptions.AirbyteError: the connector failed; nothing of this run is in the database then.
    """
    if database.stem in SCHEMAS:
        raise ValueError(
            f"Give the file another name than {database.name}: DuckDB would take it for the schema's name."
        )
    with connector_with_bar(connector) if show_progress else nullcontext(connector) as executable:
        source = airbyte.get_source(
            "source-netvisor",
            config=dict(config),
            local_executable=executable,
            streams=list(STREAMS),
            install_if_missing=False,
        )
        cache = DuckDBCache(db_path=database, schema_name=SCHEMA)
        try:
            # a stream without a record would have no table, and the SQL wants them all
            cache.create_source_tables(source, list(STREAMS))
            return source.read(cache=cache).processed_records
        finally:
            # or the file stays locked for everybody else
            cache.get_sql_engine().dispose()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Sync a company's Netvisor into a DuckDB file.")
    parser.add_argument("config", type=Path, help="the connector's configuration, a JSON file")
    parser.add_argument("database", type=Path, help="the DuckDB file")
    parser.add_argument("--connector", type=Path, default=CONNECTOR, help="the connector's console script")
    chosen = parser.parse_args()
    try:
        records = sync(json.loads(chosen.config.read_text()), chosen.database, chosen.connector)
    except ValueError as error:
        parser.error(str(error))
    print(f"{records} records")
    return 0


if __name__ == "__main__":
    sys.exit(main())
