"""Payments of sales, and invoices of which something else is open though Netvisor reports no change of theirs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.connection import Connection, batches_of, detail_batches_of
from integration_tests.interruption import record_of, sync_until
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import START, TODAY, Scenario
from netvisor_simulator import ApiAssumptions, faults

INVOICES = ["sales_invoices", "sales_invoice_details", "sales_invoice_lines"]
PAYMENTS = ["sales_payments", "deleted_sales_payments"]
LIST = "salesinvoicelist.nv"


def paid(scenario: Scenario, number: int = 0) -> Any:
    """An old payment that pays a whole invoice."""
    company = scenario.company
    found = []
    for payment in company.sales_payments():
        invoice = company.sales_invoice_store.get(payment.invoice_key)
        if invoice is not None and START <= invoice.date < TODAY - timedelta(days=60):
            found.append(payment)
    return found[number]


def delete(scenario: Scenario, number: int = 0) -> None:
    """A payment of long ago is deleted."""
    scenario.changes.delete_sales_payment(scenario.clock.local, paid(scenario, number).key)


def move(scenario: Scenario, number: int = 0) -> None:
    """A payment of long ago is allocated to an invoice that nobody has paid."""
    unpaid = next(one for one in scenario.company.sales_invoices() if scenario.company.open_sum(one) > 0)
    scenario.changes.move_sales_payment(scenario.clock.local, paid(scenario, number).key, unpaid.key)


def pay_twice(scenario: Scenario) -> Any:
    """An invoice is paid once more than it should be; the payment."""
    payment = paid(scenario)
    return scenario.changes.pay_sales_invoice(scenario.clock.local, payment.invoice_key, payment.sum)


def falls_due(scenario: Scenario) -> date:
    """The day on which an open invoice falls due."""
    company, today = scenario.company, scenario.clock.local.date()
    return min(one.due_date for one in company.sales_invoices() if company.open_sum(one) and one.due_date >= today)


def calls(scenario: Scenario) -> Counter[str]:
    """How often each resource was asked since this was asked last; orders are not counted."""
    counted = Counter(call.resource for call in scenario.simulator.calls if "preinvoice" not in call.query)
    scenario.simulator.calls.clear()
    return counted


@pytest.mark.parametrize("streams", [*([one] for one in INVOICES), INVOICES, [*INVOICES, *PAYMENTS]], ids=len)
def test_a_payment_is_taken_off(make_scenario: Callable[..., Scenario], streams: list[str]) -> None:
    """Nothing is deleted, and Netvisor reports no invoice: the next day's comparison finds it."""
    scenario = make_scenario()
    connection = scenario.synced(streams)
    scenario.clock.advance(days=4)
    payment = paid(scenario)
    scenario.changes.unallocate_sales_payment(scenario.clock.local, payment.key)
    scenario.clock.advance(days=1)
    connection.must_sync()
    scenario.check(connection)


@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize("change", [delete, move])
@pytest.mark.parametrize("streams", [*([one] for one in INVOICES), INVOICES, [*INVOICES, *PAYMENTS]], ids=len)
def test_a_payment_goes_away(
    make_scenario: Callable[..., Scenario], streams: list[str], change: Callable[[Scenario], None], counted: bool
) -> None:
    """A deleted one brings the comparison at once; one that moved is found with the next day."""
    scenario = make_scenario(ApiAssumptions(deleted_payment_is_change=counted))
    connection = scenario.synced(streams)
    for pause in (1, 2, 120) if change is delete else (24, 120):
        scenario.clock.advance(hours=pause)
        change(scenario)
        scenario.clock.advance(minutes=1)
        calls(scenario)
        connection.must_sync()
        # the first sync of a day compares the whole list anyway
        assert calls(scenario)["deletedsalespayments.nv"] == (pause < 24 or PAYMENTS[0] in streams)
        scenario.check(connection)


def test_a_list_of_deletions_without_times(make_scenario: Callable[..., Scenario]) -> None:
    """What was deleted on the day of the last sync may have been deleted after it."""
    scenario = make_scenario()
    connection = scenario.synced(INVOICES)

    def without_times(reply: bytes) -> bytes:
        return re.sub(rb"(<DeleteDate[^>]*>\d{4}-\d\d-\d\d) \d\d:\d\d", rb"\1", reply)

    scenario.simulator.faults.add(faults.transform(without_times), resource="deletedsalespayments.nv", times=None)
    scenario.clock.advance(hours=3)
    delete(scenario)
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_an_invoice_that_was_paid_twice(make_scenario: Callable[..., Scenario]) -> None:
    """It is paid before and after one of the payments is deleted."""
    scenario = make_scenario()
    payment = pay_twice(scenario)
    connection = scenario.connection(INVOICES)
    connection.must_sync()
    assert connection.warehouse.rows(INVOICES[0])[(payment.invoice_key,)]["open_sum"] < 0
    scenario.clock.advance(days=4)
    scenario.changes.delete_sales_payment(scenario.clock.local, payment.key)
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    assert connection.warehouse.rows(INVOICES[0])[(payment.invoice_key,)]["open_sum"] == 0
    scenario.check(connection)


@pytest.mark.parametrize("streams", [*([one] for one in INVOICES), INVOICES], ids=len)
def test_an_invoice_becomes_overdue(make_scenario: Callable[..., Scenario], streams: list[str]) -> None:
    scenario = make_scenario()
    connection = scenario.synced(streams)
    due = falls_due(scenario)
    for days_after in (0, 1):
        scenario.clock.advance(days=(due - scenario.clock.local.date()).days + days_after)
        connection.must_sync()
        scenario.check(connection)


def test_only_what_differs_is_read(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=600)
    connection = scenario.synced([*INVOICES, *PAYMENTS])
    scenario.clock.advance(days=4)
    connection.must_sync()
    delete(scenario)
    scenario.clock.advance(minutes=1)
    before = connection.warehouse.tables[INVOICES[0]].received
    connection.must_sync()
    assert connection.warehouse.tables[INVOICES[0]].received - before == 1
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("streams", [INVOICES, [*INVOICES, *PAYMENTS]], ids=len)
@pytest.mark.parametrize("counted", [False, True])
def test_a_sync_without_changes_asks_each_list_once(
    make_scenario: Callable[..., Scenario], streams: list[str], counted: bool
) -> None:
    """Also while the deletion is still in the list, and while changed invoices still come in the overlap."""
    scenario = make_scenario(ApiAssumptions(deleted_payment_is_change=counted))
    connection = scenario.synced(streams)
    scenario.clock.advance(hours=1)
    calls(scenario)
    connection.must_sync()
    assert calls(scenario)[LIST] == 1
    delete(scenario, 1)
    pay_twice(scenario)
    # an hour later, so that the next sync can be sure to have seen it
    scenario.clock.advance(minutes=61)
    connection.must_sync()
    assert calls(scenario)[LIST] == 2
    for _ in range(3):
        scenario.clock.advance(hours=3)
        connection.must_sync()
        asked = calls(scenario)
        assert (asked[LIST], asked["deletedsalespayments.nv"]) == (1, 1)
    assert_equals_fresh_read(connection)


def test_the_first_sync_of_a_day_compares(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=120)
    connection = scenario.synced(INVOICES)
    for _ in range(9):
        scenario.clock.advance(hours=8)
        calls(scenario)
        connection.must_sync()
        # at 4, 12 and 20 o'clock
        assert calls(scenario)[LIST] == (2 if scenario.clock.local.hour == 4 else 1)
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("streams", [INVOICES, [INVOICES[0]], INVOICES[1:]], ids=len)
def test_an_invoice_that_was_matched_whole(make_scenario: Callable[..., Scenario], streams: list[str]) -> None:
    """No payment and no filter tells of it."""
    scenario = make_scenario(vouchers=120)
    connection = scenario.synced(streams)
    for count in (1, 2):
        opened = [one for one in scenario.company.sales_invoices() if scenario.company.open_sum(one) > 0 and one.number]
        for invoice in opened[:count]:
            scenario.changes.match_sales_invoice(scenario.clock.local, invoice.key)
        scenario.changes.match_sales_invoice(scenario.clock.local, opened[-1].key, Decimal("0.01"))
        scenario.clock.advance(days=1)
        calls(scenario)
        connection.must_sync()
        assert calls(scenario)[LIST] == 2, "the changes, all"
        assert_equals_fresh_read(connection)
        scenario.clock.advance(days=1)
        calls(scenario)
        connection.must_sync()
        assert calls(scenario)[LIST] == 2


@pytest.mark.parametrize("streams", [[INVOICES[0]], INVOICES[1:]], ids=len)
def test_killed_at_any_message(make_scenario: Callable[..., Scenario], streams: list[str]) -> None:
    scenario = make_scenario(vouchers=60)
    connection = scenario.connection(streams)
    with detail_batches_of(2):
        connection.must_sync()
        for kill_after in range(1, 40, 2):
            scenario.clock.advance(days=kill_after % 3, minutes=10)
            (move if kill_after % 4 == 1 else delete)(scenario)
            scenario.clock.advance(minutes=1)
            connection.sync(kill_after)
            if kill_after % 4 == 3:
                scenario.changes.pay_sales_invoice(scenario.clock.local, paid(scenario).invoice_key, Decimal(1))
            scenario.clock.advance(minutes=1)
            connection.must_sync()
            assert_equals_fresh_read(connection)


def test_a_first_read_of_details_that_is_killed(make_scenario: Callable[..., Scenario]) -> None:
    """What the killed sync had read is not read again, unless something else is open by then."""
    for kill_after in range(10, 60, 10):
        scenario = make_scenario(vouchers=60)
        connection = scenario.connection(INVOICES[1:])
        with detail_batches_of(2), batches_of(400):
            connection.sync(kill_after)
            for change in (delete, move):
                scenario.clock.advance(hours=9)
                change(scenario)
            scenario.clock.advance(days=2)
            connection.must_sync()
        assert_equals_fresh_read(connection)


def test_a_first_read_of_details_goes_on_where_it_was_killed(make_scenario: Callable[..., Scenario]) -> None:
    """What the killed sync had read is known, and not read again; one whose payment was deleted meanwhile is."""
    scenario = make_scenario(vouchers=300)
    connection = scenario.connection(INVOICES[1:])
    with detail_batches_of(2), batches_of(400):
        sync_until(connection, record_of(INVOICES[1], 41))
        sent = [row["netvisor_key"] for row in connection.warehouse.sent_of(INVOICES[1])]
        scenario.clock.advance(hours=5)
        gone = paid(scenario)
        assert gone.invoice_key in sent[:-4]
        scenario.changes.delete_sales_payment(scenario.clock.local, gone.key)
        scenario.clock.advance(minutes=1)
        calls(scenario)
        connection.must_sync()
    queries = [call.query for call in scenario.simulator.calls.of("getsalesinvoice.nv")]
    asked = {int(key) for query in queries for key in re.findall(r"\d+", re.sub(".*netvisorkeylist=", "", query))}
    # but for the last batch, of which the state does not know whether it arrived, and one whose turn it is
    again = asked & set(sent[:-4])
    assert gone.invoice_key in again and len(again) <= 1 + 2
    assert_equals_fresh_read(connection)


def test_taken_back_after_a_kill(make_scenario: Callable[..., Scenario]) -> None:
    """The killed sync had said that the invoice is open; the payment is back where it was before the next one."""
    scenario = make_scenario()
    connection = scenario.synced([INVOICES[0]])
    payment = paid(scenario)
    scenario.clock.advance(days=4)
    move(scenario)

    def tells_of_it(message: dict[str, Any]) -> bool:
        data = message.get("record", {}).get("data", {})
        return bool(data.get("netvisor_key") == payment.invoice_key and data["open_sum"])

    scenario.clock.advance(minutes=1)
    sync_until(connection, tells_of_it)
    scenario.changes.move_sales_payment(scenario.clock.local, payment.key, payment.invoice_key)
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_an_invoice_of_before_the_start_date(make_scenario: Callable[..., Scenario]) -> None:
    """It never arrives, whatever changes in it."""
    scenario = make_scenario()
    connection = scenario.synced(INVOICES, start_date="2026-02-01")
    payment = paid(scenario)
    for change in (
        lambda now: scenario.changes.edit_sales_invoice(now, payment.invoice_key),
        lambda now: scenario.changes.delete_sales_payment(now, payment.key),
    ):
        scenario.clock.advance(days=1)
        change(scenario.clock.local)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert (payment.invoice_key,) not in connection.warehouse.rows(INVOICES[0])
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("pause", [1, 6])
def test_the_list_of_deleted_payments_is_blocked_for_a_time(make_scenario: Callable[..., Scenario], pause: int) -> None:
    """The whole list is compared instead, in each sync, and a warning says so."""
    scenario = make_scenario()
    connection = scenario.connection(INVOICES)
    scenario.simulator.rights.block("deletedsalespayments.nv")
    for _ in range(3):
        connection.must_sync()
        scenario.clock.advance(hours=1)
        delete(scenario)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        [warning] = connection.warehouse.warnings()
        assert "deletedsalespayments.nv could not be read" in warning and all(name in warning for name in INVOICES)
        assert_equals_fresh_read(connection)
        scenario.clock.advance(days=pause)
    scenario.simulator.rights.allow("deletedsalespayments.nv")
    connection.must_sync()
    scenario.clock.advance(hours=1)
    delete(scenario)
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    assert connection.warehouse.warnings() == []
    assert_equals_fresh_read(connection)


def test_deleted_invoices_leave_the_state(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection: Connection = scenario.connection([INVOICES[0]])
    connection.must_sync()

    def size() -> int:
        return sum(map(len, connection.warehouse.stream_state(INVOICES[0])["ledger"]))

    before = size()
    scenario.clock.advance(days=1)
    for invoice in list(scenario.company.sales_invoices()):
        scenario.changes.delete_sales_invoice(scenario.clock.local, invoice.key)
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    assert size() < before / 4
    scenario.check(connection)
