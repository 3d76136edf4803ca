"""Books that are written by hand: a company's tables as a sync leaves them, without connector or simulator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

SYNCED = datetime(2025, 11, 15, 10, tzinfo=timezone.utc)
TYPES = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR", date: "DATE", datetime: "TIMESTAMPTZ"}
"""DuckDB's type of each kind of value."""

CHART = (
    ("1160", "Koneet ja kalusto", "Aineelliset hyödykkeet"),
    ("1701", "Myyntisaamiset", "Lyhytaikaiset saamiset"),
    ("1763", "Ostojen alv-saamiset", "Lyhytaikaiset saamiset"),
    ("19101", "Pankkitili", "Rahat ja pankkisaamiset"),
    ("2001", "Osakepääoma", "Osakepääoma"),
    ("2371", "Tilikauden voitto", "Oma pääoma"),
    ("2375", "Edellisten tilikausien voitto", "Oma pääoma"),
    ("2650", "Pankkilaina", None),
    ("2871", "Ostovelat", "Lyhytaikainen vieras pääoma"),
    ("2939", "Alv-velka", "Lyhytaikainen vieras pääoma"),
    ("2948", "Verotili", "Lyhytaikainen vieras pääoma"),
    ("3000", "Myynti", "Liikevaihto"),
    ("4000", "Ostot", "Ostot tilikauden aikana"),
    ("5000", "Palkat", "Palkat ja palkkiot"),
    ("6870", "Poistot", None),
    ("8500", "Muut kulut", "Liiketoiminnan muut kulut"),
    ("8780", "Luottotappiot", "Liiketoiminnan muut kulut"),
    ("9460", "Korkokulut", "Rahoitustuotot ja -kulut"),
    ("9900", "Tuloverot", "Tuloverot"),
)
"""Number, name and group; an account without a group is placed by its number."""

Line = tuple[str, str] | tuple[str, str, str, str]
"""Account and amount, and where there is VAT its code and rate."""


@dataclass
class HandBooks:
    """One company.

    Args:
        schema: of its tables.
        business_id: of the company.
        periods: first and last day of each accounting period; none: the stream is not synced.
        start: the start date of the connection; what is older stands in Netvisor's balances only.
        balances: carried, reset (profit and loss accounts begin at nothing in each period), or none: not synced.
    """

    schema: str
    business_id: str
    periods: tuple[tuple[date, date], ...] = ()
    start: date = date.min
    balances: str = "none"
    _vouchers: list[tuple[int, date, str, tuple[Line, ...]]] = field(default_factory=list, init=False)
    _tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict, init=False)

    def post(self, day: str, *lines: Line, status: str = "valid") -> None:
        """Add a voucher."""
        self._vouchers.append((len(self._vouchers) + 1, date.fromisoformat(day), status, lines))

    def close(self, day: str, result: str, status: str = "valid") -> None:
        """Close a period as Netvisor does: the result without a counter line, and its transfer on the next day."""
        last, amount = date.fromisoformat(day), Decimal(result)
        self.post(day, ("2371", str(-amount)), status=status)
        following = (last + timedelta(days=1)).isoformat()
        self.post(following, ("2371", str(amount)), ("2375", str(-amount)), status=status)

    def add(self, table: str, **values: Any) -> None:
        """Add a row to one of the tables."""
        self._tables.setdefault(table, []).append(values)

    def write(self, database: Path) -> None:
        """Write every table."""
        self._chart()
        self._ledger()
        self._balances()
        with duckdb.connect(str(database)) as connection:
            connection.execute(f"CREATE SCHEMA {self.schema}")
            for table, rows in self._tables.items():
                self._write(connection, table, rows)

    def _write(self, connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
        whole = [{"business_id": self.business_id, "_airbyte_extracted_at": SYNCED, **row} for row in rows]
        names = list(dict.fromkeys(name for row in whole for name in row))
        kinds = {name: next((type(row[name]) for row in whole if row.get(name) is not None), str) for name in names}
        columns = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in kinds.items())
        connection.execute(f"CREATE TABLE {self.schema}.{table} ({columns})")
        places = ", ".join("?" * len(names))
        connection.executemany(
            f"INSERT INTO {self.schema}.{table} VALUES ({places})", [[row.get(name) for name in names] for row in whole]
        )

    def _chart(self) -> None:
        groups = {name: 500 + n for n, name in enumerate(dict.fromkeys(group for _, _, group in CHART if group))}
        for name, key in groups.items():
            cumulative = all(number < "3" for number, _, group in CHART if group == name)
            self.add("accounts", netvisor_key=key, name=name, account_type="accountgroup", father_netvisor_key=0,
                     is_cumulative=cumulative, is_active=True)  # fmt: skip
        for n, (number, name, group) in enumerate(CHART):
            self.add("accounts", netvisor_key=100 + n, number=number, name=name, account_type="account", sort=n,
                     father_netvisor_key=groups.get(group or "", 0), is_cumulative=number < "3", is_active=True,
                     is_natural_negative="2" <= number < "4")  # fmt: skip
        for n, (first, last) in enumerate(self.periods):
            self.add(
                "accounting_periods", netvisor_key=n + 1, name=f"{first} - {last}", begin_date=first, end_date=last
            )

    def _ledger(self) -> None:
        for key, day, status, lines in self._vouchers:
            for n, (account, amount, *vat) in enumerate(lines if day >= self.start else ()):
                self.add("voucher_lines", voucher_netvisor_key=key, netvisor_key=key * 10 + n, line_number=n + 1,
                         voucher_date=day, voucher_status=status, voucher_number=key, account_number=account,
                         line_sum=float(amount), vat_code=vat[0] if vat else "-",
                         vat_percent=float(vat[1]) if vat else 0.0)  # fmt: skip

    def _balances(self) -> None:
        if self.balances == "none":
            return
        days = [day for _, day, _, _ in self._vouchers]
        month = max(self.start, min(days)).replace(day=1)
        while month <= SYNCED.date():
            following = (month + timedelta(days=32)).replace(day=1)
            self._balances_of(following - timedelta(days=1))
            month = following

    def _balances_of(self, day: date) -> None:
        begin = max((first for first, last in self.periods if first <= day), default=date.min)
        for n, (number, _, _) in enumerate(CHART):
            since = begin if self.balances == "reset" and number >= "3" else date.min
            balance = sum(amounts(self._vouchers, number, since, day), Decimal(0))
            self.add("account_balances", account_netvisor_key=100 + n, account_number=number, date=day,
                     balance=float(balance))  # fmt: skip


def amounts(vouchers: Iterable[tuple[int, date, str, tuple[Line, ...]]], number: str, first: date, last: date) -> Any:
    """What valid vouchers posted on an account from one day to another."""
    for _, day, status, lines in vouchers:
        if status == "valid" and first <= day <= last:
            yield from (Decimal(line[1]) for line in lines if line[0] == number)
