"""The project itself: staging, descriptions, streams that are not synced, several versions, other databases."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import datetime
from pathlib import Path

import build
import generate_staging
import pytest
import sync
import yaml
from story import SCHEMAS

from conftest import Warehouse
from netvisor_simulator.company.plan import HELSINKI

PROJECT = Path(__file__).resolve().parent.parent
FIRST, SECOND = SCHEMAS.values()


def tables(warehouse: Warehouse, schema: str) -> list[str]:
    rows = warehouse.rows(f"select table_name from information_schema.tables where table_schema = '{schema}'")
    return sorted(row[0] for row in rows)


def described() -> dict[str, dict[str, str]]:
    """The descriptions of columns by model, of all pages but that of staging."""
    found = {}
    for page in ("marts", "reconciliation", "intermediate"):
        for model in yaml.safe_load((PROJECT / "models" / page / f"_{page}.yml").read_text())["models"]:
            assert model["description"]
            found[model["name"]] = {column["name"]: column["description"] for column in model["columns"]}
    return found


def test_the_staging_models_are_those_of_the_connectors_schemas() -> None:
    assert generate_staging.stale(generate_staging.files(generate_staging.catalog())) == []


def test_every_column_is_described_and_no_other(duckdb_warehouse: Warehouse) -> None:
    pages = described()
    rows = duckdb_warehouse.rows(
        "select table_name, column_name, comment from duckdb_columns() where schema_name in "
        "('books', 'books_reconciliation') or (schema_name = 'books_staging' and table_name like 'int_%')"
    )
    found: dict[str, set[str]] = {}
    for table, column, comment in rows:
        found.setdefault(table, set()).add(column)
        assert comment == pages[table][column] and comment
    assert found == {model: set(columns) for model, columns in pages.items()}


def test_comments_reach_postgresql(postgres_warehouse: Warehouse) -> None:
    rows = postgres_warehouse.rows(
        "select description from pg_description where objoid = 'books.profit_and_loss'::regclass and objsubid > 0"
    )
    assert {row[0] for row in rows} == set(described()["profit_and_loss"].values())


def test_two_companies_together_are_each_alone(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    """Both have the same keys: a join that forgets the company would show here."""
    for schema in (FIRST, SECOND):
        alone = duckdb_warehouse.copy(tmp_path)
        alone.change("drop schema books cascade", "drop schema books_reconciliation cascade")
        words = ("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
        assert alone.dbt(*words, netvisor_sources=[{"schema": schema}]) == 0, alone.said
        names = tables(duckdb_warehouse, "books")
        assert names == tables(alone, "books") and len(names) == 33
        for name in names:
            together = duckdb_warehouse.rows(f"select * from books.{name} where source_relation = '{schema}'")
            single = alone.rows(f"select * from books.{name}")
            assert sorted(map(repr, together)) == sorted(map(repr, single)), name


def test_streams_that_are_not_synced_are_empty_relations(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    """Only the ledger and the accounts: all the rest is there, and empty."""
    copy = duckdb_warehouse.copy(tmp_path)
    kept = {"accounts", "accounting_periods", "voucher_lines"}
    dropped = [one for one in tables(copy, FIRST) if one not in kept and not one.startswith("_")]
    copy.change(*(f"drop table {FIRST}.{one}" for one in dropped))
    assert copy.dbt("build", netvisor_sources=[{"schema": FIRST}], netvisor_test_severity="warn") == 0, copy.said
    assert copy.rows("select count(*) from books.sales") == [(0,)]
    ledger = duckdb_warehouse.rows(
        f"select count(*), sum(debit) from books.general_ledger where source_relation = '{FIRST}'"
    )
    assert copy.rows("select count(*), sum(debit) from books.general_ledger") == ledger
    assert copy.rows("select count(*) from books_reconciliation.reconciliation_balance_sheet where is_difference") == [
        (0,)
    ]


def test_the_newest_version_of_a_key_counts(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    """Other destinations append: older versions and the versions before a deletion are there too."""
    copy = duckdb_warehouse.copy(tmp_path)
    copy.change(
        f"insert into {FIRST}.voucher_lines select * replace (line_sum + 1 as line_sum, "
        "_ab_modified_until - interval 1 hour as _ab_modified_until, null as _ab_cdc_deleted_at) "
        f"from {FIRST}.voucher_lines",
        f"insert into {FIRST}.accounts select * replace ('old' as name, _airbyte_extracted_at - interval 1 hour "
        f"as _airbyte_extracted_at) from {FIRST}.accounts",
    )
    assert copy.dbt("build", "--select", "general_ledger", "dim_account") == 0, copy.said
    query = "select count(*), sum(debit), sum(credit) from books.general_ledger"
    assert copy.rows(query) == duckdb_warehouse.rows(query)
    assert copy.rows("select count(*) from books.dim_account where account_name = 'old'") == [(0,)]


def test_further_days_companies_names_and_personal_data(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    copy = duckdb_warehouse.copy(tmp_path)
    assert copy.rows("select count(employee_netvisor_key) from books.working_hours") == [(0,)]
    day = f"{datetime.now(HELSINKI).year - 1}-05-15"
    words = ("run", "--select", "int_netvisor__as_of_dates", "receivables_aged", "working_hours", "dim_company")
    assert copy.dbt(*words, netvisor_as_of_dates=[day], netvisor_personal_data=True) == 0, copy.said
    assert copy.rows(f"select count(*) from books.receivables_aged where as_of = '{day}'")[0][0] > 0
    assert copy.rows("select count(employee_netvisor_key) from books.working_hours")[0][0] > 0
    assert copy.rows("select sum(hours) from books.working_hours") == duckdb_warehouse.rows(
        "select sum(hours) from books.working_hours"
    )


@pytest.mark.parametrize("target", ["snowflake", "bigquery"])
def test_it_compiles_for(target: str, tmp_path: Path) -> None:
    """Every model, test and seed, without a connection; nothing is run there."""
    warehouse = Warehouse(target, tmp_path / "none", tmp_path)
    words = ("compile", "--no-introspect", "--no-populate-cache")
    assert warehouse.dbt(*words, netvisor_introspect=False) == 0, warehouse.said
    compiled = list((tmp_path / "dbt" / "target" / "compiled" / "netvisor" / "models").rglob("*.sql"))
    assert len(compiled) > 120
    assert all("{{" not in path.read_text() for path in compiled)


def test_the_documentation_builds(duckdb_warehouse: Warehouse) -> None:
    assert duckdb_warehouse.dbt("docs", "generate", "--static") == 0, duckdb_warehouse.said
    target = duckdb_warehouse.directory / "dbt" / "target"
    assert "general_ledger_by_period" in (target / "static_index.html").read_text(encoding="utf-8")
    catalog = json.loads((target / "catalog.json").read_text(encoding="utf-8"))
    assert len(catalog["nodes"]) > 120 and not catalog["errors"]


PAGE = PROJECT.parent / "docs" / "analysis.md"


@pytest.mark.parametrize("query", re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
def test_the_queries_of_the_page(query: str, warehouse: Warehouse) -> None:
    warehouse.rows(query)


def test_the_page_names_every_table_stream_and_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_0-9]+)`", page))
    marts = {path.stem for path in (PROJECT / "models" / "marts").glob("*.sql")}
    # the register tables and bridges explain themselves
    assert {
        name for name in marts if not name.startswith("dim_") and not name.endswith(("_dimensions", "_events"))
    } <= {
        *named,
        "general_ledger_by_period",
    }
    assert set(sync.STREAMS) <= named
    codes = {line.split(",")[0] for line in (PROJECT / "seeds" / "netvisor_vat_codes.csv").read_text().splitlines()[1:]}
    assert {code for code in codes if f"`{code}`" not in page} == set()


def test_a_project_of_ones_own_can_use_the_package(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    """As the page says: packages.yml, the variables, a seed of one's own instead of the package's."""
    copy = duckdb_warehouse.copy(tmp_path)
    project = tmp_path / "project"
    (project / "seeds").mkdir(parents=True)
    (project / "packages.yml").write_text(f"packages:\n  - local: {PROJECT}\n")
    (project / "dbt_project.yml").write_text(
        "name: ours\nversion: 1.0.0\nprofile: netvisor\nvars:\n  netvisor:\n"
        f"    netvisor_sources: [{{schema: {FIRST}}}, {{schema: {SECOND}}}]\n"
        "seeds:\n  netvisor:\n    netvisor_account_lines: {+enabled: false}\n"
    )
    (project / "seeds" / "netvisor_account_lines.csv").write_text(
        "business_id,account_number,line,cash_flow\n,8000,IS10,\n"
    )
    environment = build.settings({"NETVISOR_DUCKDB": str(copy.place)}, tmp_path / "dbt")
    for words in (["deps"], ["build", "--select", "+dim_account"]):
        run = subprocess.run([build.DBT, *words], cwd=project, env=environment, capture_output=True, text=True)
        assert run.returncode == 0, run.stdout
    rows = copy.rows(
        "select distinct account_number, statement_line_chosen_by from books.dim_account where statement_line = 'IS10' "
        "and account_number < '9'"
    )
    assert rows == [("8000", "company")]
