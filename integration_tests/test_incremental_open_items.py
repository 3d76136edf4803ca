"""Sales invoices of which something else is open, though Netvisor reports no change of theirs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.connection import Connection, detail_batches_of
from integration_tests.interruption import sync_until
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.world import START, TODAY, World
from netvisor_simulator import Readings, faults
from source_netvisor.sync import family_reading

INVOICES = ["sales_invoices", "sales_invoice_details", "sales_invoice_lines"]
PAYMENTS = ["sales_payments", "deleted_sales_payments"]
LIST = "salesinvoicelist.nv"


def paid(world: World, number: int = 0) -> Any:
    """An old payment that pays a whole invoice."""
    company = world.company
    found = []
    for payment in company.sales_payments():
        invoice = company.sales_invoice_store.get(payment.invoice_key)
        if invoice is not None and START <= invoice.date < TODAY - timedelta(days=60):
            found.append(payment)
    return found[number]


def delete(world: World, number: int = 0) -> None:
    """A payment of long ago is deleted."""
    world.changes.delete_sales_payment(world.clock.local, paid(world, number).key)


def move(world: World, number: int = 0) -> None:
    """A payment of long ago is allocated to an invoice that nobody has paid."""
    unpaid = next(one for one in world.company.sales_invoices() if world.company.open_sum(one) > 0)
    world.changes.move_sales_payment(world.clock.local, paid(world, number).key, unpaid.key)


def pay_twice(world: World) -> Any:
    """An invoice is paid once more than it should be; the payment."""
    payment = paid(world)
    return world.changes.pay_sales_invoice(world.clock.local, payment.invoice_key, payment.sum)


def falls_due(world: World) -> date:
    """The day on which an open invoice falls due."""
    company, today = world.company, world.clock.local.date()
    return min(one.due_date for one in company.sales_invoices() if company.open_sum(one) and one.due_date >= today)


def calls(world: World) -> Counter[str]:
    """How often each resource was asked since this was asked last; orders are not counted."""
    counted = Counter(call.resource for call in world.simulator.calls if "preinvoice" not in call.query)
    world.simulator.calls.clear()
    return counted


@pytest.mark.parametrize("streams", [*([one] for one in INVOICES), INVOICES, [*INVOICES, *PAYMENTS]], ids=len)
def test_a_payment_is_taken_off(make_world: Callable[..., World], streams: list[str]) -> None:
    """Nothing is deleted, and Netvisor reports no invoice: the next day's look finds it."""
    world = make_world()
    connection = world.connection(streams)
    connection.must_sync()
    world.clock.advance(days=4)
    payment = paid(world)
    world.changes.unallocate_sales_payment(world.clock.local, payment.key)
    world.clock.advance(days=1)
    connection.must_sync()
    world.check(connection)


@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize("change", [delete, move])
@pytest.mark.parametrize("streams", [*([one] for one in INVOICES), INVOICES, [*INVOICES, *PAYMENTS]], ids=len)
def test_a_payment_goes_away(
    make_world: Callable[..., World], streams: list[str], change: Callable[[World], None], counted: bool
) -> None:
    world = make_world(Readings(deleted_payment_is_change=counted))
    connection = world.connection(streams)
    connection.must_sync()
    for pause in (1, 5):
        world.clock.advance(days=pause)
        change(world)
        world.clock.advance(minutes=1)
        calls(world)
        connection.must_sync()
        assert calls(world)["deletedsalespayments.nv"] == 1
        world.check(connection)


def test_a_list_of_deletions_without_times(make_world: Callable[..., World]) -> None:
    """What was deleted on the day of the last sync may have been deleted after it."""
    world = make_world()
    connection = world.connection(INVOICES)
    connection.must_sync()

    def without_times(reply: bytes) -> bytes:
        return re.sub(rb"(<DeleteDate[^>]*>\d{4}-\d\d-\d\d) \d\d:\d\d", rb"\1", reply)

    world.simulator.faults.add(faults.transform(without_times), resource="deletedsalespayments.nv", times=None)
    world.clock.advance(hours=3)
    delete(world)
    world.clock.advance(minutes=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_an_invoice_that_was_paid_twice(make_world: Callable[..., World]) -> None:
    """It is paid before and after one of the payments is deleted."""
    world = make_world()
    payment = pay_twice(world)
    connection = world.connection(INVOICES)
    connection.must_sync()
    assert connection.warehouse.rows(INVOICES[0])[(payment.invoice_key,)]["open_sum"] < 0
    world.clock.advance(days=4)
    world.changes.delete_sales_payment(world.clock.local, payment.key)
    world.clock.advance(minutes=1)
    connection.must_sync()
    assert connection.warehouse.rows(INVOICES[0])[(payment.invoice_key,)]["open_sum"] == 0
    world.check(connection)


@pytest.mark.parametrize("streams", [*([one] for one in INVOICES), INVOICES], ids=len)
def test_an_invoice_becomes_overdue(make_world: Callable[..., World], streams: list[str]) -> None:
    world = make_world()
    connection = world.connection(streams)
    connection.must_sync()
    due = falls_due(world)
    for days_after in (0, 1):
        world.clock.advance(days=(due - world.clock.local.date()).days + days_after)
        connection.must_sync()
        world.check(connection)


def test_only_what_differs_is_read(make_world: Callable[..., World]) -> None:
    world = make_world(vouchers=600)
    connection = world.connection([*INVOICES, *PAYMENTS])
    connection.must_sync()
    world.clock.advance(days=4)
    connection.must_sync()
    delete(world)
    world.clock.advance(minutes=1)
    before = connection.warehouse.tables[INVOICES[0]].received
    connection.must_sync()
    assert connection.warehouse.tables[INVOICES[0]].received - before == 1
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("streams", [INVOICES, [*INVOICES, *PAYMENTS]], ids=len)
@pytest.mark.parametrize("counted", [False, True])
def test_a_sync_without_changes_asks_each_list_once(
    make_world: Callable[..., World], streams: list[str], counted: bool
) -> None:
    """Also while the deletion is still in the list, and while changed invoices still come in the overlap."""
    world = make_world(Readings(deleted_payment_is_change=counted))
    connection = world.connection(streams)
    connection.must_sync()
    world.clock.advance(hours=1)
    calls(world)
    connection.must_sync()
    assert calls(world)[LIST] == 1
    delete(world, 1)
    pay_twice(world)
    world.clock.advance(minutes=1)
    connection.must_sync()
    assert calls(world)[LIST] > 1
    for _ in range(3):
        world.clock.advance(hours=3)
        connection.must_sync()
        asked = calls(world)
        assert (asked[LIST], asked["deletedsalespayments.nv"]) == (1, 1)
    assert_equals_fresh_read(connection)


def test_the_first_sync_of_a_day_looks_at_what_is_open(make_world: Callable[..., World]) -> None:
    world = make_world(vouchers=120)
    connection = world.connection(INVOICES)
    connection.must_sync()
    for _ in range(9):
        world.clock.advance(hours=8)
        calls(world)
        connection.must_sync()
        # at 4, 12 and 20 o'clock
        assert calls(world)[LIST] == (2 if world.clock.local.hour == 4 else 1)
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("streams", [INVOICES, [INVOICES[0]], INVOICES[1:]], ids=len)
def test_an_invoice_that_was_matched_whole(make_world: Callable[..., World], streams: list[str]) -> None:
    """It is missing from the list of open ones, and no other list tells of it."""
    world = make_world(vouchers=120)
    connection = world.connection(streams)
    connection.must_sync()
    for count in (1, 2):
        opened = [one for one in world.company.sales_invoices() if world.company.open_sum(one) > 0 and one.number]
        for invoice in opened[:count]:
            world.changes.match_sales_invoice(world.clock.local, invoice.key)
        world.changes.match_sales_invoice(world.clock.local, opened[-1].key, Decimal("0.01"))
        world.clock.advance(days=1)
        calls(world)
        connection.must_sync()
        assert calls(world)[LIST] == 3, "the changes, the open ones, all"
        assert_equals_fresh_read(connection)
        world.clock.advance(days=1)
        calls(world)
        connection.must_sync()
        assert calls(world)[LIST] == 2, "it is settled"


@pytest.mark.parametrize("streams", [[INVOICES[0]], INVOICES[1:]], ids=len)
def test_killed_at_any_message(make_world: Callable[..., World], streams: list[str]) -> None:
    world = make_world(vouchers=60)
    connection = world.connection(streams)
    with detail_batches_of(2):
        connection.must_sync()
        for kill_after in range(1, 40, 2):
            world.clock.advance(days=kill_after % 3, minutes=10)
            (move if kill_after % 4 == 1 else delete)(world)
            world.clock.advance(minutes=1)
            connection.sync(kill_after)
            if kill_after % 4 == 3:
                world.changes.pay_sales_invoice(world.clock.local, paid(world).invoice_key, Decimal(1))
            world.clock.advance(minutes=1)
            connection.must_sync()
            assert_equals_fresh_read(connection)


def test_a_first_read_of_details_that_is_killed(make_world: Callable[..., World], monkeypatch: Any) -> None:
    """What the killed sync had read is not read again, unless something else is open by then."""
    monkeypatch.setattr(family_reading, "STEP", 2)
    for kill_after in range(10, 90, 10):
        world = make_world(vouchers=60)
        connection = world.connection(INVOICES[1:])
        with detail_batches_of(2):
            connection.sync(kill_after)
            for change in (delete, move):
                world.clock.advance(hours=9)
                change(world)
            world.clock.advance(days=2)
            connection.must_sync()
        assert_equals_fresh_read(connection)


def after(message: Any) -> int | None:
    """Up to which key a state says that details have been read."""
    found = re.search(r'"after": (\d+)', json.dumps(message))
    return int(found.group(1)) if found else None


def test_a_first_read_of_details_goes_on_where_it_was_killed(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the killed sync had read is known, and not read again; one whose payment was deleted meanwhile is."""
    monkeypatch.setattr(family_reading, "STEP", 2)
    world = make_world(vouchers=300)
    connection = world.connection(INVOICES[1:])
    with detail_batches_of(2):
        sync_until(connection, lambda message: (after(message) or 0) > 20040)
        reached = min(filter(None, (after(message) for message in connection.warehouse.state())))
        world.clock.advance(hours=5)
        gone = paid(world)
        world.changes.delete_sales_payment(world.clock.local, gone.key)
        world.clock.advance(minutes=1)
        calls(world)
        connection.must_sync()
    asked = [set(map(int, re.findall(r"\d+", re.sub(".*netvisorkeylist=", "", call.query)))) for call in
             world.simulator.calls if call.resource == "getsalesinvoice.nv"]  # fmt: skip
    assert gone.invoice_key < reached
    assert {key for keys in asked for key in keys if key <= reached} == {gone.invoice_key}
    assert_equals_fresh_read(connection)


def test_taken_back_after_a_kill(make_world: Callable[..., World]) -> None:
    """The killed sync had said that the invoice is open; the payment is back where it was before the next one."""
    world = make_world()
    connection = world.connection([INVOICES[0]])
    connection.must_sync()
    payment = paid(world)
    world.clock.advance(days=4)
    move(world)

    def tells_of_it(message: dict[str, Any]) -> bool:
        data = message.get("record", {}).get("data", {})
        return bool(data.get("netvisor_key") == payment.invoice_key and data["open_sum"])

    world.clock.advance(minutes=1)
    sync_until(connection, tells_of_it)
    world.changes.move_sales_payment(world.clock.local, payment.key, payment.invoice_key)
    world.clock.advance(minutes=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_an_invoice_of_before_the_start_date(make_world: Callable[..., World]) -> None:
    """It is in the warehouse once it changed, and the list from the start date on does not have it."""
    world = make_world()
    connection = world.connection(INVOICES, start_date="2026-02-01")
    connection.must_sync()
    payment = paid(world)
    world.clock.advance(days=1)
    world.changes.edit_sales_invoice(world.clock.local, payment.invoice_key)
    world.clock.advance(minutes=1)
    connection.must_sync()
    assert (payment.invoice_key,) in connection.warehouse.rows(INVOICES[0])
    world.clock.advance(days=4)
    connection.must_sync()
    row = connection.warehouse.rows(INVOICES[0])[(payment.invoice_key,)]
    world.changes.delete_sales_payment(world.clock.local, payment.key)
    world.clock.advance(minutes=1)
    connection.must_sync()
    assert connection.warehouse.rows(INVOICES[0])[(payment.invoice_key,)]["open_sum"] == row["open_sum"] + float(
        payment.sum
    )
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("blocked_from", ["first", "second"])
@pytest.mark.parametrize("pause", [1, 6])
def test_the_list_of_deleted_payments_is_blocked_for_a_time(
    make_world: Callable[..., World], blocked_from: str, pause: int
) -> None:
    world = make_world()
    connection = world.connection(INVOICES)
    if blocked_from == "second":
        connection.must_sync()
    world.simulator.rights.block("deletedsalespayments.nv")
    for number in range(3):
        connection.must_sync()
        told = [text for text in connection.warehouse.warnings() if "deletedsalespayments.nv is blocked" in text]
        if number or blocked_from == "second":
            assert len(told) == 1 and all(name in told[0] for name in INVOICES)
        else:
            assert not told, "what was deleted before a first read is no news"
        delete(world)
        world.clock.advance(days=pause)
    world.simulator.rights.allow("deletedsalespayments.nv")
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_a_state_of_an_earlier_version(make_world: Callable[..., World]) -> None:
    world = make_world()
    connection = world.connection(INVOICES)
    connection.must_sync()
    delete(world)
    move(world, 3)
    for name in INVOICES:
        assert connection.warehouse.states[name]["stream"]["stream_state"].pop("open_items")
    world.clock.advance(days=5)
    connection.must_sync()
    world.check(connection)
    calls(world)
    connection.must_sync()
    assert calls(world)[LIST] == 1


def test_open_items_go_with_their_invoices(make_world: Callable[..., World]) -> None:
    """Deleted invoices do not stay in the state."""
    world = make_world()
    connection: Connection = world.connection([INVOICES[0]])
    connection.must_sync()

    def size() -> int:
        return sum(map(len, connection.warehouse.stream_state(INVOICES[0])["open_items"]["items"]))

    before = size()
    world.clock.advance(days=1)
    for invoice in list(world.company.sales_invoices()):
        world.changes.delete_sales_invoice(world.clock.local, invoice.key)
    world.clock.advance(minutes=1)
    connection.must_sync()
    world.clock.advance(minutes=1)
    connection.must_sync()
    assert size() < before / 4
    world.check(connection)
