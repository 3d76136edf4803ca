"""The promise that everything else serves: after a successful sync the warehouse equals Netvisor.

It is held against two judges: a fresh first read of everything by the connector itself, and the simulated company's
own books, which know nothing of the connector.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from integration_tests.connection import Connection
from integration_tests.warehouse_model import Key, Row, Warehouse
from netvisor_simulator.company import Company

DERIVED: Mapping[str, frozenset[str]] = {
    # an order quotes its invoices, which may change or be deleted while the order does not change
    "sales_order_details": frozenset({"sales_invoices"}),
    "purchase_order_details": frozenset({"purchase_invoices"}),
    "purchase_order_lines": frozenset({"purchase_invoices"}),
}
"""Properties, also of nested lines, that Netvisor computes anew with each reply, without any change of the document."""


def without_derived(stream: str, row: Row) -> Row:
    """A row as it is compared: without when it was read, and without what changes by itself."""
    compared = {name: value for name, value in row.items() if name != "_ab_modified_until"}
    left_out = DERIVED.get(stream)
    return compared if left_out is None else _without(compared, left_out)


def _without(value: Any, left_out: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_without(item, left_out) for item in value]
    if isinstance(value, dict):
        return {name: _without(inner, left_out) for name, inner in value.items() if name not in left_out}
    return value


def differences(stream: str, found: Mapping[Key, Row], wanted: Mapping[Key, Row]) -> list[str]:
    """A sentence for each row that is missing or stale; what is found beyond `wanted` is not looked at."""
    told = []
    for key, row in wanted.items():
        if key not in found:
            told.append(f"{stream} {key} is missing")
            continue
        mine, theirs = without_derived(stream, found[key]), without_derived(stream, row)
        if mine != theirs:
            fields = {
                name: (mine.get(name), theirs.get(name))
                for name in {*mine, *theirs}
                if mine.get(name, "absent") != theirs.get(name, "absent")
            }
            told.append(f"{stream} {key} is stale (warehouse, Netvisor): {fields}")
    return told


def fresh_read(connection: Connection, streams: Iterable[str], start_date: str) -> Warehouse:
    """What a new connection with the same configuration holds after its first sync."""
    fresh = Connection({**connection.config, "start_date": start_date}, list(streams))
    fresh.must_sync()
    return fresh.warehouse


def assert_equals_fresh_read(connection: Connection, streams: Iterable[str] | None = None) -> None:
    """The warehouse holds what a fresh read from the same start date gives, and nothing else.

    Args:
        connection: after a successful sync.
        streams: to compare; None: all selected.
    """
    names = list(connection.warehouse.tables if streams is None else streams)
    fresh = fresh_read(connection, names, connection.config["start_date"])
    told = []
    for name in names:
        found, wanted = connection.warehouse.rows(name), fresh.rows(name)
        told += differences(name, found, wanted)
        told += [f"{name} {key} is a ghost: a fresh read does not have it" for key in found if key not in wanted]
    assert not told, "\n".join(told[:40])


def assert_equals_books(warehouse: Warehouse, company: Company, start: date) -> None:
    """Vouchers, voucher lines and sales and purchase invoices are those of the company's own books.

    Args:
        warehouse: with those of the streams that are to be compared.
        company: whose books they are.
        start: documents of earlier days are not there.
    """
    told: list[str] = []
    vouchers = {voucher.key: voucher for voucher in company.vouchers()}
    if "vouchers" in warehouse.tables:
        told += _compare(
            "vouchers",
            {
                key[0]: (row["voucher_date"], row["status"], len(row["voucher_lines"]))
                for key, row in _rows(warehouse, "vouchers")
            },
            {key: (one.date.isoformat(), one.status, len(one.lines)) for key, one in vouchers.items()},
            {key for key, one in vouchers.items() if one.date >= start},
        )
    if "voucher_lines" in warehouse.tables:
        lines = {(one.key, line.key): (one, line) for one in vouchers.values() for line in one.lines}
        told += _compare(
            "voucher_lines",
            {
                key: (row["voucher_date"], row["voucher_status"], row["account_number"], round(row["line_sum"], 2))
                for key, row in _rows(warehouse, "voucher_lines")
            },
            {
                key: (one.date.isoformat(), one.status, str(line.account), round(float(line.sum), 2))
                for key, (one, line) in lines.items()
            },
            {key for key, (one, _) in lines.items() if one.date >= start},
        )
    for stream, invoices in (("sales", company.sales_invoices()), ("purchase", company.purchase_invoices())):
        known = {invoice.key: invoice for invoice in invoices}
        wanted = {key for key, invoice in known.items() if invoice.date >= start}
        if f"{stream}_invoices" in warehouse.tables:
            total = "invoice_sum" if stream == "sales" else "sum"
            told += _compare(
                f"{stream}_invoices",
                {key[0]: round(row[total], 2) for key, row in _rows(warehouse, f"{stream}_invoices")},
                {key: round(float(invoice.total), 2) for key, invoice in known.items()},
                wanted,
            )
        if f"{stream}_invoice_lines" in warehouse.tables:
            told += _compare(
                f"{stream}_invoice_lines",
                {key: True for key, _ in _rows(warehouse, f"{stream}_invoice_lines")},
                {(key, line.key): True for key, invoice in known.items() for line in invoice.lines},
                {(key, line.key) for key in wanted for line in known[key].lines},
            )
    assert not told, "\n".join(told[:40])


def _rows(warehouse: Warehouse, stream: str) -> Iterable[tuple[Key, Row]]:
    return warehouse.rows(stream).items()


def _compare(stream: str, found: dict[Any, Any], books: dict[Any, Any], wanted: set[Any]) -> list[str]:
    told = [f"{stream} {key} is missing; the books have {books[key]}" for key in wanted if key not in found]
    for key, value in found.items():
        if key not in books:
            told.append(f"{stream} {key} is a ghost: the books do not have it")
        elif key not in wanted:
            told.append(f"{stream} {key} is dated before the start date")
        elif books[key] != value:
            told.append(f"{stream} {key} is {value}; the books say {books[key]}")
    return told
