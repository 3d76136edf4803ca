"""What is deleted in Netvisor is deleted in the warehouse, after any pause."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.netvisor_simulator import Readings
from integration_tests.world import (
    DELETIONS,
    DOCUMENTS,
    EVERY_READING,
    ORDERS,
    PAYMENTS,
    START,
    World,
    invoice_keys,
)

# --- 3: deletions -----------------------------------------------------------------------------------------------------


def delete_one_of_each(world: World) -> dict[str, tuple[int, ...]]:
    """Deletes documents; stream -> key of what must be gone."""
    changes, company, now = world.changes, world.company, world.clock.local
    gone: dict[str, tuple[int, ...]] = {}
    voucher = company.voucher_store.get(world.memo(2))
    gone["vouchers"] = (voucher.key,)
    gone["voucher_lines"] = (voucher.key, voucher.lines[0].key)
    changes.delete_voucher(now, voucher.key)
    invoice = list(company.sales_invoices())[1]
    gone["sales_invoices"] = gone["sales_invoice_details"] = (invoice.key,)
    gone["sales_invoice_lines"] = (invoice.key, invoice.lines[0].key)
    changes.delete_sales_invoice(now, invoice.key)
    bill = next(company.purchase_invoices())
    gone["purchase_invoices"] = (bill.key,)
    gone["purchase_invoice_lines"] = (bill.key, bill.lines[0].key)
    changes.delete_purchase_invoice(now, bill.key)
    order = next(one for one in company.sales_orders() if one.date >= START)
    gone["sales_orders"] = gone["sales_order_details"] = (order.key,)
    gone["sales_order_lines"] = (order.key, order.lines[0].key)
    changes.delete_sales_order(now, order.key)
    purchase = next(one for one in company.purchase_orders() if one.date >= START)
    gone["purchase_orders"] = (purchase.key,)
    gone["purchase_order_lines"] = (purchase.key, purchase.lines[0].key)
    changes.delete_purchase_order(now, purchase.key)
    payment = next(company.sales_payments())
    gone["sales_payments"] = (payment.key,)
    changes.delete_sales_payment(now, payment.key)
    spent = next(company.purchase_payments())
    gone["purchase_payments"] = (spent.key,)
    changes.delete_purchase_payment(now, spent.key)
    return gone


@pytest.mark.parametrize("readings", EVERY_READING[:2])
@pytest.mark.parametrize(("pause", "lookback"), [(0, 0), (6, 0), (7, 1), (8, 1), (40, 0)])
def test_deletions_reach_the_warehouse_after_any_pause(
    make_world: Callable[..., World], readings: Readings, lookback: int, pause: int
) -> None:
    world = make_world(readings, 40)
    streams = DOCUMENTS + ORDERS + PAYMENTS
    connection = world.connection(streams, lookback_days=lookback)
    connection.must_sync()
    world.clock.advance(minutes=10)
    gone = delete_one_of_each(world)
    for stream, key in gone.items():
        assert connection.warehouse.rows(stream)[key].get("_ab_cdc_deleted_at") is None, stream
    world.clock.advance(days=pause, minutes=10)
    connection.must_sync()
    warnings = " ".join(connection.warehouse.warnings())
    for stream, key in gone.items():
        assert key not in connection.warehouse.rows(stream), stream
        assert connection.warehouse.tables[stream].deletions()[key]["_ab_cdc_deleted_at"], stream
        assert (stream in warnings) == (pause > 7) or pause == 7, (stream, warnings)
    world.check(connection)
    # and once more, quietly
    world.clock.advance(hours=1)
    connection.must_sync()
    assert connection.warehouse.warnings() == []
    world.check(connection)


@pytest.mark.parametrize("days", [2, 12])
def test_deletions_while_their_list_is_blocked_arrive_when_it_is_allowed(
    make_world: Callable[..., World], days: int
) -> None:
    world = make_world(vouchers=40)
    connection = world.connection(DOCUMENTS[:5])
    connection.must_sync()
    lists = ("deletedvouchers.nv", "deletedsalesinvoices.nv")
    world.simulator.rights.block(*lists)
    for number in range(days):
        world.clock.advance(days=1)
        if number < 2:
            world.changes.delete_sales_invoice(world.clock.local, invoice_keys(world)[number])
        world.clock.advance(minutes=1)
        connection.must_sync()
        assert any("SERVICE_ACCESS_ERROR" in text for text in connection.warehouse.warnings())
    world.simulator.rights.allow(*lists)
    world.clock.advance(hours=1)
    connection.must_sync()
    world.check(connection)


def test_deletion_lists_keep_what_netvisor_forgets(make_world: Callable[..., World]) -> None:
    world = make_world()
    connection = world.connection([*DELETIONS, *DOCUMENTS])
    connection.must_sync()
    deleted: list[int] = []
    for number in range(5):
        world.clock.advance(days=3)
        deleted.append(world.memo(number))
        world.changes.delete_voucher(world.clock.local, deleted[-1])
        world.clock.advance(minutes=1)
        connection.must_sync()
    rows = connection.warehouse.rows("deleted_vouchers")
    assert {(key,) for key in deleted} <= set(rows)
    assert_equals_fresh_read(connection, DOCUMENTS)
    # what the list still tells is in the warehouse as it is told
    fresh = world.connection(DELETIONS)
    fresh.must_sync()
    for stream in DELETIONS:
        wanted = fresh.warehouse.rows(stream)
        assert {key: row for key, row in connection.warehouse.rows(stream).items() if key in wanted} == wanted


def test_a_deletion_wins_over_a_row_of_the_same_sync(make_world: Callable[..., World]) -> None:
    """Destinations go by the cursor first, and by the moment of emission, in milliseconds, where it is the same."""
    world = make_world(Readings())
    streams = ["vouchers", "voucher_lines", "sales_payments"]
    connection = world.connection(streams)
    connection.must_sync()
    world.clock.advance(hours=1)
    world.changes.edit_voucher(world.clock.local, world.memo(1))
    gone = delete_one_of_each(world)
    world.clock.advance(hours=1)
    connection.must_sync()
    for stream in streams:
        table = connection.warehouse.tables[stream]
        cursor = str(table.cursor_field)
        deletion = table.deletions()[gone[stream]]
        assert deletion[cursor] > max(row[cursor] for row in table.rows().values()), stream
