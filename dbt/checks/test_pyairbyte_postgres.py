"""PyAirbyte's own way into PostgreSQL: the tables are DuckDB's, but for codes that it takes for numbers."""

from __future__ import annotations

from pathlib import Path

import postgres_server
import sync
from airbyte.caches import PostgresCache
from airbyte.secrets import SecretString
from comparing import counted
from story import SCHEMAS

from conftest import STREAMS, Synced, Warehouse

BUSINESS_ID, SCHEMA = next(iter(SCHEMAS.items()))
SPOILT = {"customer_code", "product_code"}
"""Texts of digits, of which PyAirbyte drops leading zeros or adds `.0` to them: see postgres_tables.py."""


def test_every_figure_is_the_same(synced: Synced, duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    with synced.story.simulator() as simulator, postgres_server.server() as port:
        cache = PostgresCache(
            host="127.0.0.1", port=port, username=postgres_server.USER, database=postgres_server.DATABASE,
            password=SecretString(postgres_server.PASSWORD), schema_name=SCHEMA,
        )  # fmt: skip
        sync.sync(synced.story.config(simulator, BUSINESS_ID), cache, STREAMS, show_progress=False)
        warehouse = Warehouse("postgres", port, tmp_path)
        words = ("build", "--exclude-resource-type", "unit_test")
        assert warehouse.dbt(*words, netvisor_sources=[{"schema": SCHEMA}]) == 0, warehouse.said
        tables = duckdb_warehouse.rows("select table_name from information_schema.tables where table_schema = 'books'")
        assert len(tables) == 33
        for (table,) in tables:
            columns = duckdb_warehouse.rows(
                "select column_name from information_schema.columns "
                f"where table_schema = 'books' and table_name = '{table}' order by ordinal_position"
            )
            names = [name for (name,) in columns if name not in SPOILT]
            query = f"select {', '.join(names)} from books.{table} where source_relation = '{SCHEMA}'"
            assert counted(names, warehouse.rows(query)) == counted(names, duckdb_warehouse.rows(query)), table
