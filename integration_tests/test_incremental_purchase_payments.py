"""Payments of purchases, of any age, and the open sums of the invoices that they pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.connection import batches_of, detail_batches_of
from integration_tests.interruption import record_of, sync_until
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import START, TODAY, Scenario
from netvisor_simulator import ApiAssumptions, Reply, Request

STREAM = "purchase_payments"
INVOICES = ["purchase_invoices", "purchase_invoice_details", "purchase_invoice_lines"]
LONG_AGO = TODAY - timedelta(days=100)


def old_payments(scenario: Scenario) -> list[Any]:
    """Payments that no sync reads again for their date's sake."""
    return [one for one in scenario.company.purchase_payments() if START <= one.date < LONG_AGO]


def edit(scenario: Scenario) -> None:
    """A payment of long ago gets another sum."""
    scenario.changes.edit_purchase_payment(scenario.clock.local, old_payments(scenario)[1].key, Decimal("1.25"))


def move(scenario: Scenario) -> None:
    """A payment of long ago gets a later date, also of long ago."""
    payment = old_payments(scenario)[1]
    day = payment.date + timedelta(days=1)
    scenario.changes.edit_purchase_payment(scenario.clock.local, payment.key, payment.sum, day)


def enter(scenario: Scenario) -> None:
    """A payment of long ago is entered today."""
    invoice = next(one for one in scenario.company.purchase_invoices() if START <= one.date < LONG_AGO)
    scenario.changes.pay_purchase_invoice(scenario.clock.local, invoice.key, Decimal("2.50"), invoice.date)


def delete(scenario: Scenario) -> None:
    """A payment of long ago is deleted."""
    scenario.changes.delete_purchase_payment(scenario.clock.local, old_payments(scenario)[2].key)


CHANGES = (edit, move, enter, delete)


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("streams", [[STREAM], INVOICES, [*INVOICES, STREAM]], ids=["payments", "invoices", "both"])
def test_a_payment_of_long_ago_changes(
    make_scenario: Callable[..., Scenario], streams: list[str], change: Callable[[Scenario], None], bounds: Any
) -> None:
    scenario = make_scenario(ApiAssumptions(date_bounds=bounds, modified_bounds=bounds))
    connection = scenario.synced(streams, lookback_days=0)
    for pause in (1, 5):
        scenario.clock.advance(days=pause)
        change(scenario)
        scenario.clock.advance(minutes=1)
        scenario.simulator.calls.clear()
        connection.must_sync()
        assert len(scenario.simulator.calls.of("paymentlist.nv")) == 1
        scenario.check(connection)


@pytest.mark.parametrize("change", ["edit", "delete"])
def test_a_payment_of_before_the_start_date_changes(make_scenario: Callable[..., Scenario], change: str) -> None:
    """It pays an invoice dated after that; the payment itself is not read."""
    scenario = make_scenario()
    start = TODAY - timedelta(days=180)
    invoice = next(one for one in scenario.company.purchase_invoices() if one.date > start)
    payment = scenario.changes.pay_purchase_invoice(
        scenario.clock.local, invoice.key, Decimal("2.50"), start - timedelta(300)
    )
    scenario.clock.advance(days=5)
    connection = scenario.connection([*INVOICES, STREAM], start_date=start.isoformat())
    connection.must_sync()
    assert (payment.key,) not in connection.warehouse.rows(STREAM)
    open_sum = connection.warehouse.rows(INVOICES[0])[(invoice.key,)]["open_sum"]
    scenario.clock.advance(days=5)
    if change == "edit":
        scenario.changes.edit_purchase_payment(scenario.clock.local, payment.key, Decimal("1.25"))
    else:
        scenario.changes.delete_purchase_payment(scenario.clock.local, payment.key)
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    assert connection.warehouse.rows(INVOICES[0])[(invoice.key,)]["open_sum"] > open_sum
    scenario.check(connection)


def test_a_sync_without_changes_sends_nothing_and_reads_one_batch_of_details_a_day(
    make_scenario: Callable[..., Scenario],
) -> None:
    scenario = make_scenario()
    connection = scenario.synced([*INVOICES, STREAM])
    assert old_payments(scenario)
    for hours, batches in ((96, 1), (3, 0), (144, 1)):
        scenario.clock.advance(hours=hours)
        scenario.simulator.calls.clear()
        connection.must_sync()
        assert not connection.warehouse.sent_of(STREAM) and not connection.warehouse.sent_of(INVOICES[0])
        assert len(scenario.simulator.calls.of("paymentlist.nv")) == 1
        assert len(scenario.simulator.calls.of("getpurchaseinvoice.nv")) == batches
    scenario.clock.advance(hours=1)
    edit(scenario)
    connection.must_sync()
    assert [row["netvisor_key"] for row in connection.warehouse.sent_of(STREAM)] == [old_payments(scenario)[1].key]
    assert len(connection.warehouse.sent_of(INVOICES[0])) == 1
    assert_equals_fresh_read(connection)


def test_killed_at_any_message(make_scenario: Callable[..., Scenario]) -> None:
    """What a killed sync had not sent is not taken for known."""
    scenario = make_scenario(vouchers=30)
    connection = scenario.connection([STREAM, *INVOICES])
    with detail_batches_of(2):
        connection.must_sync()
        for kill_after in range(1, 60, 3):
            scenario.clock.advance(minutes=10)
            for change in (edit, enter, *(delete for _ in range(kill_after % 2 and len(old_payments(scenario)) > 3))):
                change(scenario)
            scenario.clock.advance(minutes=1)
            if connection.sync(kill_after):
                continue
            enter(scenario)
            scenario.clock.advance(minutes=1)
            connection.must_sync()
            assert_equals_fresh_read(connection)


def test_a_first_read_that_is_killed_while_payments_change(make_scenario: Callable[..., Scenario]) -> None:
    for kill_after in range(1, 60, 7):
        scenario = make_scenario(vouchers=30)
        connection = scenario.connection([*INVOICES, STREAM])
        with detail_batches_of(2):
            connection.sync(kill_after)
            for change in CHANGES:
                scenario.clock.advance(hours=9)
                change(scenario)
            scenario.clock.advance(minutes=1)
            connection.must_sync()
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("blocked_from", ["first", "second"])
def test_paid_while_the_list_of_payments_was_blocked(
    make_scenario: Callable[..., Scenario], blocked_from: str, killed: bool
) -> None:
    """The invoices are compared in each sync instead, and a warning says so."""
    scenario = make_scenario()
    connection = scenario.connection(INVOICES)
    if blocked_from == "second":
        connection.must_sync()
    scenario.simulator.rights.block("paymentlist.nv")
    with detail_batches_of(2):
        for change in CHANGES:
            if killed:
                connection.sync(kill_after=25)
            else:
                connection.must_sync()
                assert any("paymentlist.nv could not be read" in text for text in connection.warehouse.warnings())
                assert_equals_fresh_read(connection)
            change(scenario)
            scenario.clock.advance(hours=9)
    scenario.simulator.rights.allow("paymentlist.nv")
    connection.must_sync()
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("stream", INVOICES[1:])
def test_paid_after_a_kill_in_the_middle_of_changed_documents(
    make_scenario: Callable[..., Scenario], stream: str
) -> None:
    """The list names the document as changed, but the killed sync had read it before it was paid."""
    scenario = make_scenario()
    connection = scenario.connection([stream], lookback_days=0)
    invoices = [one for one in scenario.company.purchase_invoices() if one.date >= START][:6]
    with detail_batches_of(2), batches_of(400):
        connection.must_sync()
        scenario.clock.advance(days=1)
        for invoice in invoices:
            scenario.changes.edit_purchase_invoice(scenario.clock.local, invoice.key)
        scenario.clock.advance(days=3)
        sync_until(connection, record_of(stream, 5))
        scenario.clock.advance(days=1)
        scenario.changes.pay_purchase_invoice(scenario.clock.local, invoices[0].key, Decimal("1.50"))
        scenario.clock.advance(days=1)
        connection.must_sync()
    assert_equals_fresh_read(connection)


def test_paid_invoices_of_before_the_start_date(make_scenario: Callable[..., Scenario]) -> None:
    """They never arrive."""
    scenario = make_scenario()
    connection = scenario.synced(INVOICES, start_date="2025-12-01")
    invoice = next(one for one in scenario.company.purchase_invoices() if one.date < date(2025, 11, 1))
    for change in (
        lambda now: scenario.changes.edit_purchase_invoice(now, invoice.key),
        lambda now: scenario.changes.pay_purchase_invoice(now, invoice.key, Decimal("3.75")),
    ):
        scenario.clock.advance(days=1)
        change(scenario.clock.local)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert (invoice.key,) not in connection.warehouse.rows(INVOICES[0])
        assert_equals_fresh_read(connection)


def test_an_edit_of_the_sum_alone_is_seen_among_many(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=600)
    connection = scenario.synced([*INVOICES, STREAM])
    scenario.clock.advance(days=4)
    connection.must_sync()
    scenario.clock.advance(hours=1)
    edit(scenario)
    connection.must_sync()
    assert len(connection.warehouse.sent_of(INVOICES[1])) == 1
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("at_once", [1, 4000])
@pytest.mark.parametrize("stream", [*INVOICES, STREAM])
def test_what_a_killed_sync_had_sent_is_taken_back(
    make_scenario: Callable[..., Scenario], stream: str, at_once: int
) -> None:
    """Payments are again what they were before the killed sync, which the warehouse does not know."""
    scenario = make_scenario()
    connection = scenario.synced([stream])
    payment = old_payments(scenario)[1]
    for pause in (4, 1):
        scenario.clock.advance(days=pause)
        scenario.changes.edit_purchase_payment(scenario.clock.local, payment.key, Decimal("1.25"))

        def brings_it(message: dict[str, Any]) -> bool:
            record = message.get("record", {}).get("data", {})
            wanted = payment.key if stream == STREAM else payment.invoice_key
            return any(record.get(name) == wanted for name in ("netvisor_key", "invoice_netvisor_key"))

        with batches_of(400 * at_once):
            sync_until(connection, brings_it)
        scenario.changes.edit_purchase_payment(scenario.clock.local, payment.key, payment.sum)
        scenario.clock.advance(minutes=5)
        connection.must_sync()
        assert_equals_fresh_read(connection)


def test_a_payment_that_no_sync_has_seen_costs_nothing(make_scenario: Callable[..., Scenario]) -> None:
    """It was entered and deleted between two syncs."""
    scenario = make_scenario()
    connection = scenario.synced([*INVOICES, STREAM])
    for number in range(3):
        scenario.clock.advance(days=4)
        connection.must_sync()
        invoices = [one.key for one in scenario.company.purchase_invoices() if one.date >= START]
        payment = scenario.changes.pay_purchase_invoice(scenario.clock.local, invoices[number], Decimal("1.50"))
        scenario.changes.delete_purchase_payment(scenario.clock.local, payment.key)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert not connection.warehouse.sent
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("kill_after", [None, 12, 20, 30])
@pytest.mark.parametrize("streams", [*([one] for one in INVOICES), [*INVOICES, STREAM]], ids=len)
def test_a_payment_that_lives_while_documents_are_read(
    make_scenario: Callable[..., Scenario], streams: list[str], kill_after: int | None, first: bool
) -> None:
    """It is entered after the payments were asked for, and gone before they are asked for again."""
    scenario = make_scenario()
    connection = scenario.connection(streams, lookback_days=0)
    invoice = next(one for one in scenario.company.purchase_invoices() if one.date >= START)
    if not first:
        connection.must_sync()
        scenario.clock.advance(days=4)
        connection.must_sync()
        scenario.changes.edit_purchase_invoice(scenario.clock.local, invoice.key)
        scenario.clock.advance(minutes=1)
    listing = scenario.simulator.resources["purchaseinvoicelist.nv"]
    entered: list[Any] = []

    def answer(request: Request) -> Reply:
        if not entered:
            entered.append(scenario.changes.pay_purchase_invoice(scenario.clock.local, invoice.key, Decimal("1.50")))
        return listing.answer(request)

    scenario.simulator.resources["purchaseinvoicelist.nv"] = replace(listing, answer=answer)
    with detail_batches_of(2):
        connection.sync(kill_after)
        assert entered
        scenario.clock.advance(hours=24 if kill_after else 90)
        scenario.changes.delete_purchase_payment(scenario.clock.local, entered[0].key)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
    assert_equals_fresh_read(connection)
