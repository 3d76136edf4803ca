"""The queries of docs/incremental.md, run over what the connector reads.

SQLite stands for the warehouse, since Python has it; the queries use nothing that DuckDB and PostgreSQL do not have.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connection import Connection, SetClock
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from netvisor_simulator.company.plan import HELSINKI

PAGE = Path(__file__).parent.parent / "docs" / "incremental.md"


def query(name: str) -> str:
    """The SQL that stands under a name in the page."""
    found = re.search(rf"<!-- {name} -->\n```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, name
    return found[1]


def table(database: sqlite3.Connection, name: str, columns: list[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Makes a table of some columns."""
    database.execute(f"drop table if exists {name}")
    database.execute(f"create table {name} ({', '.join(columns)})")
    database.executemany(
        f"insert into {name} values ({', '.join('?' * len(columns))})",
        [tuple(row.get(column) for column in columns) for row in rows],
    )


LINES = [
    "business_id",
    "voucher_netvisor_key",
    "netvisor_key",
    "voucher_date",
    "voucher_status",
    "account_number",
    "line_sum",
    "_ab_modified_until",
    "_ab_cdc_deleted_at",
    "_airbyte_extracted_at",
]
BALANCES = ["business_id", "account_number", "date", "balance"]


def differences(connection: Connection) -> list[tuple[Any, ...]]:
    """What the page's query finds in a warehouse."""
    with sqlite3.connect(":memory:") as database:
        table(database, "voucher_lines", LINES, connection.warehouse.rows("voucher_lines").values())
        table(database, "account_balances", BALANCES, connection.warehouse.rows("account_balances").values())
        return database.execute(query("reconciliation")).fetchall()


@pytest.fixture
def scenario() -> Iterator[tuple[SetClock, Company, Connection]]:
    """A company of a few hundred vouchers and a connection to it."""
    clock = SetClock(datetime(2026, 3, 10, 12, tzinfo=HELSINKI))
    company = Company(7, 300, 2, date(2026, 3, 10))
    with clock.in_charge(), NetvisorSimulator(company, clock=clock) as simulator:
        config = simulator.config(start_date="2024-01-01")
        yield clock, company, Connection(config, ["voucher_lines", "account_balances"])


def test_lines_add_up_to_the_balances(scenario: tuple[SetClock, Company, Connection]) -> None:
    clock, company, connection = scenario
    connection.must_sync()
    assert connection.warehouse.rows("account_balances")
    assert differences(connection) == []
    clock.advance(hours=1)
    keys = [voucher.key for voucher in company.vouchers() if voucher.linked_key is None and voucher.status == "valid"]
    company.changes.add_voucher(clock.local, date(2026, 1, 31), ((8560, Decimal("99.95")), (1910, Decimal("-99.95"))))
    company.changes.invalidate_voucher(clock.local, keys[-1])
    company.changes.edit_voucher(clock.local, keys[-2])
    company.changes.delete_voucher(clock.local, keys[-3])
    clock.advance(hours=1)
    connection.must_sync()
    assert differences(connection) == []


def test_a_missing_line_is_found(scenario: tuple[SetClock, Company, Connection]) -> None:
    clock, company, connection = scenario
    connection.must_sync()
    clock.advance(hours=1)
    company.changes.add_voucher(clock.local, date(2026, 2, 1), ((8560, Decimal("99.95")), (1910, Decimal("-99.95"))))
    balances_only = Connection(connection.config, ["account_balances"])
    balances_only.must_sync()
    connection.warehouse.tables["account_balances"] = balances_only.warehouse.tables["account_balances"]
    found = differences(connection)
    assert [(account, month, round(difference, 2)) for _, account, month, _, _, difference in found] == [
        ("1910", "2026-02-28", -99.95),
        ("8560", "2026-02-28", 99.95),
    ]


def test_current_lines_of_a_table_with_every_version(scenario: tuple[SetClock, Company, Connection]) -> None:
    clock, company, connection = scenario
    versions: list[dict[str, Any]] = []
    receive = connection.warehouse.tables["voucher_lines"].append

    def append(record: dict[str, Any]) -> None:
        versions.append({**record, "_airbyte_extracted_at": len(versions)})
        receive(record)

    connection.warehouse.tables["voucher_lines"].append = append  # type: ignore[method-assign]
    connection.must_sync()
    memo = next(v.key for v in reversed(list(company.vouchers())) if v.linked_key is None and v.status == "valid")
    for _ in range(3):
        clock.advance(days=1)
        company.changes.edit_voucher(clock.local, memo)
        clock.advance(hours=1)
        connection.must_sync()
    with sqlite3.connect(":memory:") as database:
        table(database, "voucher_lines", LINES, versions)
        database.execute(query("current lines"))
        found = database.execute("select voucher_netvisor_key, netvisor_key from current_voucher_lines").fetchall()
    assert len(versions) > len(found)
    assert sorted(found) == sorted(connection.warehouse.rows("voucher_lines"))
