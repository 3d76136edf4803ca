"""Nothing lost, nothing stale: first reads, late edits, lines that vanish; the warehouse equals Netvisor each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integration_tests import in_process
from integration_tests.connection import incremental_streams
from integration_tests.world import (
    DELETIONS,
    DOCUMENTS,
    EVERY_READING,
    ORDERS,
    PAYMENTS,
    REGISTERS,
    START,
    TODAY,
    World,
    invoice_keys,
)
from netvisor_simulator import Readings, faults

# --- 1: the first read is complete ------------------------------------------------------------------------------------


@pytest.mark.parametrize("never_modified", ["in", "out"])
@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
def test_first_read_has_what_was_never_modified_imported_or_dated_ahead(
    make_world: Callable[..., World], never_modified: Any, bounds: Any
) -> None:
    world = make_world(Readings(date_bounds=bounds, modified_bounds=bounds, never_modified=never_modified))
    now = world.clock.local
    world.changes.add_voucher(now, date(2027, 6, 30), description="next year")
    world.changes.add_voucher(now, START, description="on the first day")
    world.changes.add_sales_invoice(now, date(2028, 1, 1))
    world.changes.add_purchase_invoice(now, START)
    world.changes.invalidate_voucher(now, world.memo(1))
    for month in (1, 2, 3, 12):
        world.changes.add_voucher(now, date(2025, month, 28), description="last days")
        world.changes.add_voucher(now, date(2025, month, 1), description="first days")
    connection = world.connection(DOCUMENTS + ORDERS + PAYMENTS)
    connection.must_sync()
    world.check(connection)


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
def test_start_date_limits_documents_by_their_own_date(make_world: Callable[..., World], bounds: Any) -> None:
    world = make_world(Readings(date_bounds=bounds))
    now = world.clock.local
    start = date(2025, 9, 15)
    on_the_day = world.changes.add_voucher(now, start)
    before = world.changes.add_voucher(now, start - timedelta(days=1))
    connection = world.connection(DOCUMENTS, start_date=start.isoformat())
    connection.must_sync()
    rows = connection.warehouse.rows("vouchers")
    assert (on_the_day.key,) in rows
    assert (before.key,) not in rows
    assert min(row["voucher_date"] for row in rows.values()) >= start.isoformat()
    assert min(row["invoice_date"] for row in connection.warehouse.rows("sales_invoices").values()) >= start.isoformat()
    world.check(connection)


# --- 2: late edits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("readings", EVERY_READING)
@pytest.mark.parametrize("lookback", [0])
def test_late_edits_of_any_age_arrive_with_the_next_sync(
    make_world: Callable[..., World], readings: Readings, lookback: int
) -> None:
    world = make_world(readings)
    changes = world.changes
    connection = world.connection(DOCUMENTS + ORDERS + PAYMENTS + REGISTERS, lookback_days=lookback)
    connection.must_sync()
    world.clock.advance(minutes=5)
    # on the very day of the sync, after it
    changes.edit_voucher(world.clock.local, world.memo(0), description="a year old")
    changes.backdate_voucher(world.clock.local, world.memo(3), date(2025, 1, 2))
    invalidated = world.memo(4)
    changes.invalidate_voucher(world.clock.local, invalidated)
    keys = invoice_keys(world)
    changes.edit_sales_invoice(world.clock.local, keys[0])
    unpaid = next(one for one in world.company.sales_invoices() if world.company.open_sum(one) > 0)
    changes.pay_sales_invoice(world.clock.local, unpaid.key, Decimal("1.00"))
    world.clock.advance(minutes=5)
    connection.must_sync()
    world.check(connection)
    assert connection.warehouse.rows("vouchers")[(invalidated,)]["status"] == "invalidated"
    paid = connection.warehouse.rows("sales_invoices")[(unpaid.key,)]
    assert paid["open_sum"] == pytest.approx(float(world.company.open_sum(unpaid)))
    world.clock.advance(days=5)
    changes.edit_customer(world.clock.local, next(world.company.customers()).key)
    changes.edit_vendor(world.clock.local, next(world.company.vendors()).key)
    changes.edit_product(world.clock.local, next(world.company.products()).key)
    changes.edit_purchase_invoice(
        world.clock.local, next(world.company.purchase_invoices()).key, amounts=(Decimal("5.00"),)
    )
    changes.edit_sales_order(world.clock.local, next(world.company.sales_orders()).key)
    changes.edit_purchase_order(world.clock.local, next(world.company.purchase_orders()).key)
    payment = next(world.company.sales_payments())
    changes.edit_sales_payment(world.clock.local, payment.key, Decimal("2.50"))
    world.clock.advance(minutes=5)
    connection.must_sync()
    world.check(connection)


def test_new_documents_arrive_whatever_their_date(make_world: Callable[..., World]) -> None:
    world = make_world()
    connection = world.connection(DOCUMENTS + ORDERS + PAYMENTS + REGISTERS)
    connection.must_sync()
    for day in (date(2025, 1, 1), date(2025, 12, 31), TODAY, date(2026, 12, 31), date(2031, 1, 1)):
        world.clock.advance(hours=7)
        world.changes.add_voucher(world.clock.local, day)
        world.changes.add_sales_invoice(world.clock.local, day)
        world.changes.add_purchase_invoice(world.clock.local, day)
        world.changes.add_sales_order(world.clock.local, day)
        world.changes.add_purchase_order(world.clock.local, day)
        world.changes.add_customer(world.clock.local)
    world.clock.advance(hours=7)
    connection.must_sync()
    world.check(connection)


# --- 4: no ghost lines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("readings", EVERY_READING)
def test_lines_that_vanish_from_a_document_vanish_from_the_warehouse(
    make_world: Callable[..., World], readings: Readings
) -> None:
    world = make_world(readings)
    changes, company = world.changes, world.company
    connection = world.connection(["voucher_lines", "sales_invoice_lines", "purchase_invoice_lines"])
    connection.must_sync()
    for round_ in range(3):
        world.clock.advance(hours=2)
        now = world.clock.local
        changes.edit_voucher(now, world.memo(5))
        product = next(company.products()).key
        changes.edit_sales_invoice(now, invoice_keys(world)[2], products=((product, Decimal(round_ + 1)),))
        bill = next(company.purchase_invoices())
        changes.edit_purchase_invoice(now, bill.key, amounts=(Decimal("7.00"),) * (3 - round_))
        world.clock.advance(minutes=1)
        connection.must_sync()
        world.check(connection)


@pytest.mark.parametrize("kill_after", [None, 2, 4, 6, 8])
def test_lines_that_change_their_voucher(make_world: Callable[..., World], kill_after: int | None) -> None:
    """Two vouchers exchange their lines, which keep their keys."""
    world = make_world()
    connection = world.connection(["vouchers", "voucher_lines"])
    connection.must_sync()
    world.clock.advance(days=1)
    one, other = (world.company.voucher_store.get(world.memo(number)) for number in (0, 3))
    assert one is not None and other is not None
    for voucher, lines in ((one, other.lines), (other, one.lines)):
        world.company.put_voucher(voucher._replace(lines=lines, modified=world.clock.local))
    world.clock.advance(minutes=1)
    if kill_after:
        connection.sync(kill_after)
        world.clock.advance(minutes=1)
    connection.must_sync()
    world.check(connection)


# --- full refresh -----------------------------------------------------------------------------------------------------


def test_full_refresh_gives_what_incremental_gives(make_world: Callable[..., World]) -> None:
    world = make_world()
    streams = [name for name in incremental_streams() if name not in DELETIONS]
    incremental = world.connection(streams)
    incremental.must_sync()
    full = world.connection(streams, full_refresh=True)
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
    make_world: Callable[..., World], bounds: Any
) -> None:
    world = make_world(Readings(date_bounds=bounds))
    days = (date(2025, 3, 31), date(2025, 4, 1), date(2025, 4, 15), date(2027, 1, 1))
    vouchers = [world.changes.add_voucher(world.clock.local, day, description="keyless") for day in days]

    def without_keys(reply: bytes) -> bytes:
        for voucher in vouchers:
            reply = reply.replace(f"<NetvisorKey>{voucher.key}</NetvisorKey>".encode(), b"")
        return reply

    world.simulator.faults.add(faults.transform(without_keys), resource="accountingledger.nv", times=None)
    records = in_process.read(world.connection(["vouchers"]).config, ["vouchers"]).records("vouchers")
    keyless = [record["voucher_date"] for record in records if record.get("netvisor_key") is None]
    assert sorted(keyless) == [day.isoformat() for day in days]
