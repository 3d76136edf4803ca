"""Payments of purchases, of any age, and the open sums of the invoices that they pay."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import etree
from source_netvisor.changes.touched_documents import checksums, compare
from source_netvisor.state.key_set import KeySet

from integration_tests.connection import Connection, detail_batches_of
from integration_tests.interruption import sync_until
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import START, TODAY, Scenario
from netvisor_simulator import ApiAssumptions, Reply, Request
from source_netvisor.source import SourceNetvisor
from source_netvisor.streams import held_documents
from source_netvisor.sync import family_reading

STREAM = "purchase_payments"
INVOICES = ["purchase_invoices", "purchase_invoice_details", "purchase_invoice_lines"]
LONG_AGO = TODAY - timedelta(days=100)


@contextmanager
def noting(connection: Connection, stream: str) -> Iterator[list[dict[str, Any]]]:
    """The records that the stream sends meanwhile."""
    sent: list[dict[str, Any]] = []
    table = connection.warehouse.tables[stream]
    append = table.append

    def note(record: dict[str, Any]) -> None:
        sent.append(record)
        append(record)

    table.append = note  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        del table.append  # type: ignore[method-assign]


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
    connection = scenario.connection(streams, lookback_days=0)
    connection.must_sync()
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


def test_a_sync_without_changes_sends_the_last_ninety_days_and_reads_no_details(
    make_scenario: Callable[..., Scenario],
) -> None:
    scenario = make_scenario()
    connection = scenario.connection([*INVOICES, STREAM])
    connection.must_sync()
    assert old_payments(scenario)
    for days in (4, 3, 10, 4):
        scenario.clock.advance(days=days)
        scenario.simulator.calls.clear()
        with noting(connection, STREAM) as sent:
            connection.must_sync()
        if days < 7:
            since = scenario.clock.local.date() - timedelta(days=90 + days)
            assert min(row["date"] for row in sent) >= since.isoformat()
            assert [call.resource for call in scenario.simulator.calls].count("paymentlist.nv") == 1
            assert not scenario.simulator.calls.of("getpurchaseinvoice.nv")
    with noting(connection, STREAM) as sent:
        edit(scenario)
        connection.must_sync()
    older = [row for row in sent if row["date"] < LONG_AGO.isoformat()]
    assert len({row["date"] for row in older}) == 1, "one day's payments only"


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


def test_a_state_of_before_reads_again_what_may_have_been_paid(make_scenario: Callable[..., Scenario]) -> None:
    """Earlier versions compared the payments of the last ninety days only, and sent no others."""
    scenario = make_scenario()
    connection = scenario.connection([*INVOICES, STREAM])
    connection.must_sync()
    for name in connection.warehouse.tables:
        state = connection.warehouse.states[name]["stream"]["stream_state"]
        state.pop("day_checksums", None)
        if state.pop("payment_checksums", None):
            state["payments"] = state["delivered"]
    for change in CHANGES:
        change(scenario)
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)
    scenario.clock.advance(days=4)
    scenario.simulator.calls.clear()
    connection.must_sync()
    assert not scenario.simulator.calls.of("getpurchaseinvoice.nv")


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("blocked_from", ["first", "second"])
def test_paid_while_the_list_of_payments_was_blocked(
    make_scenario: Callable[..., Scenario], blocked_from: str, killed: bool
) -> None:
    scenario = make_scenario()
    connection = scenario.connection(INVOICES)
    if blocked_from == "second":
        connection.must_sync()
    scenario.simulator.rights.block("paymentlist.nv")
    with detail_batches_of(2):
        for change in CHANGES:
            if not killed:
                connection.must_sync()
                assert any("paymentlist.nv is blocked" in text for text in connection.warehouse.warnings())
            else:
                connection.sync(kill_after=25)
            change(scenario)
            scenario.clock.advance(hours=9)
    scenario.simulator.rights.allow("paymentlist.nv")
    connection.must_sync()
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("stream", INVOICES[1:])
def test_paid_after_a_kill_in_the_middle_of_changed_documents(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch, stream: str
) -> None:
    """The list names the document as changed, but the killed sync had read it before it was paid."""
    monkeypatch.setattr(family_reading, "STEP", 2)
    scenario = make_scenario()
    connection = scenario.connection([stream], lookback_days=0)
    invoices = [one for one in scenario.company.purchase_invoices() if one.date >= START][:6]
    with detail_batches_of(2):
        connection.must_sync()
        scenario.clock.advance(days=1)
        for invoice in invoices:
            scenario.changes.edit_purchase_invoice(scenario.clock.local, invoice.key)
        scenario.clock.advance(days=3)
        sync_until(connection, lambda message: "changed_details" in json.dumps(message))
        scenario.clock.advance(days=1)
        scenario.changes.pay_purchase_invoice(scenario.clock.local, invoices[0].key, Decimal("1.50"))
        scenario.clock.advance(days=1)
        connection.must_sync()
    assert_equals_fresh_read(connection)


def test_paid_invoices_of_before_the_start_date(make_scenario: Callable[..., Scenario]) -> None:
    """They are in the warehouse once they changed, and the list from the start date on does not have them."""
    scenario = make_scenario()
    connection = scenario.connection(INVOICES, start_date="2025-12-01")
    connection.must_sync()
    invoice = next(one for one in scenario.company.purchase_invoices() if one.date < date(2025, 11, 1))
    scenario.clock.advance(days=1)
    scenario.changes.edit_purchase_invoice(scenario.clock.local, invoice.key)
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    assert (invoice.key,) in connection.warehouse.rows(INVOICES[0])
    scenario.clock.advance(days=4)
    scenario.changes.pay_purchase_invoice(scenario.clock.local, invoice.key, Decimal("3.75"))
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_an_edit_of_the_sum_alone_is_seen_among_many(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=600)
    connection = scenario.connection([*INVOICES, STREAM])
    connection.must_sync()
    scenario.clock.advance(days=4)
    connection.must_sync()
    edit(scenario)
    with noting(connection, INVOICES[1]) as sent:
        connection.must_sync()
    assert 0 < len(sent) <= 8, "the invoice and its neighbours"
    assert_equals_fresh_read(connection)


def test_the_state_stays_small() -> None:
    """The invoices of 100,000 payments; their state goes out with each batch of details."""
    payments = "".join(
        f"<Payment><NetvisorKey>{number}</NetvisorKey><Date>1.3.2025</Date><HomeCurrencySum>{number}</HomeCurrencySum>"
        f"<InvoiceKey>{number + 500}</InvoiceKey></Payment>"
        for number in range(100_000)
    )
    definition = SourceNetvisor().definitions()["purchase_invoices"]
    assert definition.touched_by is not None
    root = etree.fromstring(f"<PaymentList>{payments}</PaymentList>")
    seen, highest = checksums(definition.touched_by, SimpleNamespace(elements=lambda record: iter(root)))  # type: ignore[arg-type]
    assert len(json.dumps(seen.to_json())) < 100_000
    assert highest == 99_999
    assert len(compare(seen, seen, KeySet()).documents(range(500, 100_500))) == 0
    assert len(compare(seen, None, KeySet()).documents(range(500, 100_500))) == 100_000


@pytest.mark.parametrize("at_once", [1, 4000])
@pytest.mark.parametrize("stream", [*INVOICES, STREAM])
def test_what_a_killed_sync_had_sent_is_taken_back(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch, stream: str, at_once: int
) -> None:
    """Payments are again what they were before the killed sync, which the warehouse does not know."""
    monkeypatch.setattr(held_documents, "BYTES_AT_ONCE", 400 * at_once)
    monkeypatch.setattr(held_documents, "MOST_BYTES", 400 * at_once)
    scenario = make_scenario()
    connection = scenario.connection([stream])
    connection.must_sync()
    payment = old_payments(scenario)[1]
    for pause in (4, 1):
        scenario.clock.advance(days=pause)
        scenario.changes.edit_purchase_payment(scenario.clock.local, payment.key, Decimal("1.25"))

        def tells_of_it(message: dict[str, Any]) -> bool:
            record = message.get("record", {}).get("data", {})
            keys = ("netvisor_key", "invoice_netvisor_key")
            wanted = payment.key if stream == STREAM else payment.invoice_key
            return any(record.get(name) == wanted for name in keys)

        sync_until(connection, tells_of_it)
        scenario.changes.edit_purchase_payment(scenario.clock.local, payment.key, payment.sum)
        scenario.clock.advance(minutes=5)
        connection.must_sync()
        assert_equals_fresh_read(connection)


def test_a_payment_that_no_sync_has_seen_costs_little(make_scenario: Callable[..., Scenario]) -> None:
    """What a payment entered and deleted between two syncs may have changed is what the last sync read."""
    scenario = make_scenario(vouchers=600)
    connection = scenario.connection([*INVOICES, STREAM])
    connection.must_sync()
    for number in range(3):
        scenario.clock.advance(days=4)
        connection.must_sync()
        invoices = [one.key for one in scenario.company.purchase_invoices() if one.date >= START]
        payment = scenario.changes.pay_purchase_invoice(scenario.clock.local, invoices[number], Decimal("1.50"))
        scenario.changes.delete_purchase_payment(scenario.clock.local, payment.key)
        scenario.clock.advance(minutes=1)
        with noting(connection, INVOICES[1]) as sent:
            connection.must_sync()
        assert len(sent) < 10
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("blocked", [False, True])
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("kill_after", [None, 12, 20, 30])
@pytest.mark.parametrize("streams", [*([one] for one in INVOICES), [*INVOICES, STREAM]], ids=len)
def test_a_payment_that_lives_while_documents_are_read(
    make_scenario: Callable[..., Scenario],
    monkeypatch: pytest.MonkeyPatch,
    streams: list[str],
    kill_after: int | None,
    first: bool,
    blocked: bool,
) -> None:
    """It is entered after the payments were asked for, and gone before they are asked for again."""
    monkeypatch.setattr(family_reading, "STEP", 2)
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
        scenario.clock.advance(hours=9 if kill_after else 90)
        scenario.changes.delete_purchase_payment(scenario.clock.local, entered[0].key)
        scenario.clock.advance(minutes=1)
        if blocked and STREAM not in streams:
            scenario.simulator.rights.block("deletedpurchasepayments.nv")
            connection.must_sync()
            scenario.clock.advance(days=1)
            scenario.simulator.rights.allow("deletedpurchasepayments.nv")
        connection.must_sync()
    assert_equals_fresh_read(connection)
    for _ in range(2):
        scenario.clock.advance(days=2)
        scenario.simulator.calls.clear()
        connection.must_sync()
    assert not scenario.simulator.calls.of("getpurchaseinvoice.nv"), "a deletion that is still listed is no news"
