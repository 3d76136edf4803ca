"""Syncs one company's Netvisor with PyAirbyte into a schema of a DuckDB file.

    dbt/.venv/bin/python dbt/warehouse/sync.py config.json company.duckdb [--schema netvisor]

The first run reads everything from the configuration's start date on; every further run reads what has changed.
PyAirbyte keeps the connector's state in the same schema, so each company has a schema of its own.
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
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from airbyte.caches.base import CacheBase

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
CONNECTOR = PROJECT.parent / ".venv" / "bin" / "source-netvisor"
"""The connector of this checkout, in its own environment: it needs none of PyAirbyte's dependencies."""

SCHEMA = "netvisor"
"""The schema that the streams' tables go to, where no other is chosen."""

BOOKS = "books"
"""What the names of the schemas that dbt makes begin with."""

STREAMS = (
    "accounts",
    "default_accounts",
    "accounting_periods",
    "period_locks",
    "voucher_types",
    "voucher_lines",
    "account_balances",
    "dimension_items",
    "bank_accounts",
    "budgets",
    "sales_invoices",
    "sales_invoice_details",
    "sales_invoice_lines",
    "sales_payments",
    "customers",
    "products",
    "product_details",
    "purchase_invoices",
    "purchase_invoice_details",
    "purchase_invoice_lines",
    "purchase_payments",
    "vendors",
    "vat_reports",
    "ledger_reconciliations",
)
"""What the models are made from, of what the connector has; no personal data but that of customers and vendors."""

HOURS = ("work_hours",)
"""Hours with the employee's key: read only where they are asked for."""


def sync(
    config: Mapping[str, Any],
    cache: CacheBase,
    streams: tuple[str, ...] = STREAMS,
    connector: Path = CONNECTOR,
    show_progress: bool = True,
) -> int:
    """Read what is new into a schema.

    Args:
        config: configuration of the connector.
        cache: PyAirbyte's name for the schema of a database.
        streams: names of streams; those that the connector does not have are left out.
        connector: the connector's console script.
        show_progress: draw a bar on standard error.

    Returns:
        How many records came.

    Raises:
        airbyte.exceptions.AirbyteError: the connector failed; nothing of this run is in the database then.
    """
    with connector_with_bar(connector) if show_progress else nullcontext(connector) as executable:
        source = airbyte.get_source(
            "source-netvisor", config=dict(config), local_executable=executable, install_if_missing=False
        )
        known = source.get_available_streams()
        chosen = [name for name in streams if name in known]
        source.select_streams(chosen)
        try:
            # a stream without a record would have no table
            cache.create_source_tables(source, chosen)
            return source.read(cache=cache).processed_records
        finally:
            # or the file stays locked for everybody else
            cache.get_sql_engine().dispose()


def duckdb_file(database: Path, schema: str = SCHEMA) -> DuckDBCache:
    """A schema in a DuckDB file, made where there is none.

    Raises:
        ValueError: the file has the name of a schema.
    """
    if database.stem == schema or database.stem.startswith(BOOKS):
        raise ValueError(
            f"Give the file another name than {database.name}: DuckDB would take it for the schema's name."
        )
    return DuckDBCache(db_path=database, schema_name=schema)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Sync a company's Netvisor into a DuckDB file.")
    parser.add_argument("config", type=Path, help="the connector's configuration, a JSON file")
    parser.add_argument("database", type=Path, help="the DuckDB file")
    parser.add_argument("--schema", default=SCHEMA, help="the schema for this company (default: %(default)s)")
    parser.add_argument("--hours", action="store_true", help="read hours too, with the employees' keys")
    parser.add_argument("--connector", type=Path, default=CONNECTOR, help="the connector's console script")
    chosen = parser.parse_args()
    streams = (*STREAMS, *HOURS) if chosen.hours else STREAMS
    try:
        cache = duckdb_file(chosen.database, chosen.schema)
    except ValueError as error:
        parser.error(str(error))
    records = sync(json.loads(chosen.config.read_text()), cache, streams, chosen.connector)
    print(f"{records} records")
    return 0


if __name__ == "__main__":
    sys.exit(main())
