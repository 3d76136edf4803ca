"""Every table that dbt makes in an emulated Snowflake and BigQuery is DuckDB's, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import demo
import pytest
from comparing import counted
from emulators.emulated import Emulator, emulator
from story import SCHEMAS

from conftest import Synced, Warehouse


@pytest.fixture(scope="module", params=["snowflake", "bigquery"])
def emulated(request: pytest.FixtureRequest, synced: Synced, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One of both with all tables; every test of dbt's was an error that would have stopped it."""
    directory = tmp_path_factory.mktemp(request.param)
    with emulator(request.param, synced.duckdb.place, SCHEMAS.values(), directory) as found:
        status, said = found.dbt("build", "--exclude-resource-type", "unit_test", **demo.variables("error"))
        assert status == 0, said
        yield found


def test_every_table_is_duckdbs(emulated: Emulator, duckdb_warehouse: Warehouse) -> None:
    relations = duckdb_warehouse.rows(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema like 'books%' order by 1"
    )
    assert len(relations) > 120
    differ = {}
    for (relation,) in relations:
        schema, table = relation.split(".")
        names = duckdb_warehouse.rows(
            "select column_name from information_schema.columns "
            f"where table_schema = '{schema}' and table_name = '{table}' order by ordinal_position"
        )
        columns, rows = emulated.rows(relation)
        expected = counted([name for (name,) in names], duckdb_warehouse.rows(f"select * from {relation}"))
        found = counted(columns, rows)
        assert sorted(columns) == sorted(name for (name,) in names), relation
        if found != expected:
            differ[relation] = (list((expected - found).elements())[:2], list((found - expected).elements())[:2])
    assert differ == {}


def test_an_apostrophe_in_a_name(emulated: Emulator) -> None:
    names = {business_id: f"O'Hara & {number} Oy" for number, business_id in enumerate(SCHEMAS)}
    variables = {**demo.variables("error"), "netvisor_company_names": names}
    status, said = emulated.dbt("run", "--select", "dim_company", **variables)
    assert status == 0, said
    columns, rows = emulated.rows("books.dim_company")
    assert {row[columns.index("company_name")] for row in rows} == set(names.values())
