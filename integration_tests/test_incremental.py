"""Nothing lost, nothing stale: first reads, late edits, lines that vanish; the warehouse equals Netvisor each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integration_tests import reads
from integration_tests.connection import incremental_streams
from integration_tests.scenario import (
    DELETIONS,
    DOCUMENTS,
    EVERY_ASSUMPTION,
    ORDERS,
    PAYMENTS,
    REGISTERS,
    START,
    TODAY,
    Scenario,
    invoice_keys,
)
from netvisor_simulator import ApiAssumptions, faults

# --- 1: the first read is complete ------------------------------------------------------------------------------------


@pytest.mark.parametrize("never_modified", ["in", "out"])
@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
def test_first_read_has_what_was_never_modified_imported_or_dated_ahead(
    make_scenario: Callable[..., Scenario], never_modified: Any, bounds: Any
) -> None:
    scenario = make_scenario(ApiAssumptions(date_bounds=bounds, modified_bounds=bounds, never_modified=never_modified))
    now = scenario.clock.local
    scenario.changes.add_voucher(now, date(2027, 6, 30), description="next year")
    scenario.changes.add_voucher(now, START, description="on the first day")
    scenario.changes.add_sales_invoice(now, date(2028, 1, 1))
    scenario.changes.add_purchase_invoice(now, START)
    scenario.changes.invalidate_voucher(now, scenario.memo(1))
    for month in (1, 2, 3, 12):
        scenario.changes.add_voucher(now, date(2025, month, 28), description="last days")
        scenario.changes.add_voucher(now, date(2025, month, 1), description="first days")
    connection = scenario.connection(DOCUMENTS + ORDERS + PAYMENTS)
    connection.must_sync()
    scenario.check(connection)


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
def test_start_date_limits_documents_by_their_own_date(make_scenario: Callable[..., Scenario], bounds: Any) -> None:
    scenario = make_scenario(ApiAssumptions(date_bounds=bounds))
    now = scenario.clock.local
    start = date(2025, 9, 15)
    on_the_day = scenario.changes.add_voucher(now, start)
    before = scenario.changes.add_voucher(now, start - timedelta(days=1))
    connection = scenario.connection(DOCUMENTS, start_date=start.isoformat())
    connection.must_sync()
    rows = connection.warehouse.rows("vouchers")
    assert (on_the_day.key,) in rows
    assert (before.key,) not in rows
    assert min(row["voucher_date"] for row in rows.values()) >= start.isoformat()
    assert min(row["invoice_date"] for row in connection.warehouse.rows("sales_invoices").values()) >= start.isoformat()
    scenario.check(connection)


# --- 2: late edits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("assumptions", EVERY_ASSUMPTION)
@pytest.mark.parametrize("lookback", [0])
def test_late_edits_of_any_age_arrive_with_the_next_sync(
    make_scenario: Callable[..., Scenario], assumptions: ApiAssumptions, lookback: int
) -> None:
    scenario = make_scenario(assumptions)
    changes = scenario.changes
    connection = scenario.connection(DOCUMENTS + ORDERS + PAYMENTS + REGISTERS, lookback_days=lookback)
    connection.must_sync()
    scenario.clock.advance(minutes=5)
    # on the very day of the sync, after it
    changes.edit_voucher(scenario.clock.local, scenario.memo(0), description="a year old")
    changes.backdate_voucher(scenario.clock.local, scenario.memo(3), date(2025, 1, 2))
    invalidated = scenario.memo(4)
    changes.invalidate_voucher(scenario.clock.local, invalidated)
    keys = invoice_keys(scenario)
    changes.edit_sales_invoice(scenario.clock.local, keys[0])
    unpaid = next(one for one in scenario.company.sales_invoices() if scenario.company.open_sum(one) > 0)
    changes.pay_sales_invoice(scenario.clock.local, unpaid.key, Decimal("1.00"))
    scenario.clock.advance(minutes=5)
    connection.must_sync()
    scenario.check(connection)
    assert connection.warehouse.rows("vouchers")[(invalidated,)]["status"] == "invalidated"
    paid = connection.warehouse.rows("sales_invoices")[(unpaid.key,)]
    assert paid["open_sum"] == pytest.approx(float(scenario.company.open_sum(unpaid)))
    scenario.clock.advance(days=5)
    changes.edit_customer(scenario.clock.local, next(scenario.company.customers()).key)
    changes.edit_vendor(scenario.clock.local, next(scenario.company.vendors()).key)
    changes.edit_product(scenario.clock.local, next(scenario.company.products()).key)
    changes.edit_purchase_invoice(
        scenario.clock.local, next(scenario.company.purchase_invoices()).key, amounts=(Decimal("5.00"),)
    )
    changes.edit_sales_order(scenario.clock.local, next(scenario.company.sales_orders()).key)
    changes.edit_purchase_order(scenario.clock.local, next(scenario.company.purchase_orders()).key)
    payment = next(scenario.company.sales_payments())
    changes.edit_sales_payment(scenario.clock.local, payment.key, Decimal("2.50"))
    scenario.clock.advance(minutes=5)
    connection.must_sync()
    scenario.check(connection)


def test_new_documents_arrive_whatever_their_date(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.synced(DOCUMENTS + ORDERS + PAYMENTS + REGISTERS)
    for day in (date(2025, 1, 1), date(2025, 12, 31), TODAY, date(2026, 12, 31), date(2031, 1, 1)):
        scenario.clock.advance(hours=7)
        scenario.changes.add_voucher(scenario.clock.local, day)
        scenario.changes.add_sales_invoice(scenario.clock.local, day)
        scenario.changes.add_purchase_invoice(scenario.clock.local, day)
        scenario.changes.add_sales_order(scenario.clock.local, day)
        scenario.changes.add_purchase_order(scenario.clock.local, day)
        scenario.changes.add_customer(scenario.clock.local)
    scenario.clock.advance(hours=7)
    connection.must_sync()
    scenario.check(connection)


# --- 4: no ghost lines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("assumptions", EVERY_ASSUMPTION)
def test_lines_that_vanish_from_a_document_vanish_from_the_warehouse(
    make_scenario: Callable[..., Scenario], assumptions: ApiAssumptions
) -> None:
    scenario = make_scenario(assumptions)
    changes, company = scenario.changes, scenario.company
    connection = scenario.connection(["voucher_lines", "sales_invoice_lines", "purchase_invoice_lines"])
    connection.must_sync()
    for round_ in range(3):
        scenario.clock.advance(hours=2)
        now = scenario.clock.local
        changes.edit_voucher(now, scenario.memo(5))
        product = next(company.products()).key
        changes.edit_sales_invoice(now, invoice_keys(scenario)[2], products=((product, Decimal(round_ + 1)),))
        bill = next(company.purchase_invoices())
        changes.edit_purchase_invoice(now, bill.key, amounts=(Decimal("7.00"),) * (3 - round_))
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        scenario.check(connection)


@pytest.mark.parametrize("kill_after", [None, 2, 4, 6, 8])
def test_lines_that_change_their_voucher(make_scenario: Callable[..., Scenario], kill_after: int | None) -> None:
    """Two vouchers exchange their lines, which keep their keys."""
    scenario = make_scenario()
    connection = scenario.synced(["vouchers", "voucher_lines"])
    scenario.clock.advance(days=1)
    one, other = (scenario.company.voucher_store.get(scenario.memo(number)) for number in (0, 3))
    assert one is not None and other is not None
    for voucher, lines in ((one, other.lines), (other, one.lines)):
        scenario.company.put_voucher(voucher._replace(lines=lines, modified=scenario.clock.local))
    scenario.clock.advance(minutes=1)
    if kill_after:
        connection.sync(kill_after)
        scenario.clock.advance(minutes=1)
    connection.must_sync()
    scenario.check(connection)


# --- full refresh -----------------------------------------------------------------------------------------------------


def test_full_refresh_gives_what_incremental_gives(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    streams = [name for name in incremental_streams() if name not in DELETIONS]
    incremental = scenario.connection(streams)
    incremental.must_sync()
    full = scenario.connection(streams, full_refresh=True)
    full.must_sync()
    ignored = "_ab_modified_until"
    for name in streams:
        one, other = incremental.warehouse.rows(name), full.warehouse.rows(name)
        assert {key: {**row, ignored: None} for key, row in one.items()} == {
            key: {**row, ignored: None} for key, row in other.items()
        }, name
    assert json.dumps(full.warehouse.state()).count("__ab_no_cursor_state_message") == len(streams)


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
def test_a_document_without_a_key_comes_once_though_its_day_is_in_two_windows(
    make_scenario: Callable[..., Scenario], bounds: Any
) -> None:
    scenario = make_scenario(ApiAssumptions(date_bounds=bounds))
    days = (date(2025, 3, 31), date(2025, 4, 1), date(2025, 4, 15), date(2027, 1, 1))
    vouchers = [scenario.changes.add_voucher(scenario.clock.local, day, description="keyless") for day in days]

    def without_keys(reply: bytes) -> bytes:
        for voucher in vouchers:
            reply = reply.replace(f"<NetvisorKey>{voucher.key}</NetvisorKey>".encode(), b"")
        return reply

    scenario.simulator.faults.add(faults.transform(without_keys), resource="accountingledger.nv", times=None)
    records = reads.read(scenario.connection(["vouchers"]).config, ["vouchers"]).records("vouchers")
    keyless = [record["voucher_date"] for record in records if record.get("netvisor_key") is None]
    assert sorted(keyless) == [day.isoformat() for day in days]


def test_the_copy_of_a_first_sync_is_like_a_first_sync(make_scenario: Callable[..., Scenario]) -> None:
    """Scenarios in which nothing has happened share theirs."""
    shared, copied = (make_scenario().synced(DOCUMENTS) for _ in range(2))
    other = make_scenario().connection(DOCUMENTS)
    other.must_sync()
    for connection in (shared, copied):
        assert connection.warehouse.states == other.warehouse.states
        assert connection.warehouse.tables == other.warehouse.tables
        assert connection.warehouse.sent == other.warehouse.sent
    copied.warehouse.sent.clear()
    assert shared.warehouse.sent
