"""Dates that move: of documents over the start date and between months, the start date itself, and days that end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from integration_tests.connection import Connection
from integration_tests.invariant import assert_equals_books, assert_equals_fresh_read
from integration_tests.scenario import DOCUMENTS, ORDERS, PAYMENTS, START, Scenario
from netvisor_simulator.company.plan import HELSINKI

VOUCHERS = ["vouchers", "voucher_lines"]
LIMIT = date(2025, 9, 10)
STORES = {
    "voucher": VOUCHERS,
    "sales_invoice": ["sales_invoices", "sales_invoice_details", "sales_invoice_lines"],
    "purchase_invoice": ["purchase_invoices", "purchase_invoice_details", "purchase_invoice_lines"],
    "sales_order": ["sales_orders", "sales_order_lines"],
    "purchase_order": ["purchase_orders", "purchase_order_lines"],
    "sales_payment": ["sales_payments"],
    "purchase_payment": ["purchase_payments"],
}


def move(scenario: Scenario, kind: str, key: int, day: date, reported: bool) -> None:
    """Gives a document another date; whether Netvisor counts it as a change."""
    store = getattr(scenario.company, f"{kind}_store")
    document = store.get(key)
    document = document._replace(date=day, **({"modified": scenario.clock.local} if reported else {}))
    if kind == "voucher":
        scenario.company.put_voucher(document)
    else:
        store.put(document)


def keys_between(scenario: Scenario, kind: str, first: date, last: date) -> list[int]:
    """Documents of these days, of vouchers one that no document stands behind."""
    if kind == "voucher":
        return [scenario.changes.add_voucher(scenario.clock.local, last).key]
    return [one.key for one in getattr(scenario.company, f"{kind}_store").living() if first <= one.date <= last]


def keys_in(connection: Connection, kind: str) -> set[int]:
    """The documents in the table of whole ones."""
    return {key[0] for key in connection.warehouse.rows(STORES[kind][0])}


@pytest.mark.parametrize("reported", [True, False])
@pytest.mark.parametrize("kind", list(STORES))
def test_a_document_that_moves_over_the_start_date(
    make_scenario: Callable[..., Scenario], kind: str, reported: bool
) -> None:
    """It goes when its date is before the start date, and comes back when it is not any more."""
    scenario = make_scenario()
    connection = scenario.connection(STORES[kind], start_date=LIMIT.isoformat())
    inside = keys_between(scenario, kind, date(2026, 1, 1), date(2026, 3, 9))[:1]
    inside = inside or keys_between(scenario, kind, LIMIT, date(2026, 3, 9))[-1:]
    outside = keys_between(scenario, kind, date(2024, 1, 1), date(2025, 8, 1))[:1]
    assert inside and outside
    connection.must_sync()
    for there, here in ((date(2025, 3, 2), date(2026, 3, 1)), (date(2026, 2, 2), date(2025, 9, 9))):
        scenario.clock.advance(days=1)
        move(scenario, kind, inside[0], there, reported)
        move(scenario, kind, outside[0], here, reported)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        if not reported and kind == "voucher":
            # header edits of older months are seen when the month has its turn
            for _ in range(7):
                scenario.clock.advance(days=1)
                connection.must_sync()
        assert (inside[0] in keys_in(connection, kind)) == (there >= LIMIT)
        assert (outside[0] in keys_in(connection, kind)) == (here >= LIMIT)
        assert_equals_fresh_read(connection)


def test_a_document_that_moves_within_the_month_of_the_start_date(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.connection(DOCUMENTS[:5], start_date=LIMIT.isoformat())
    voucher = scenario.changes.add_voucher(scenario.clock.local, LIMIT)
    invoice = scenario.changes.add_sales_invoice(scenario.clock.local, LIMIT)
    connection.must_sync()
    for step in (-1, 0, -9, 1):
        scenario.clock.advance(days=1)
        day = LIMIT + timedelta(days=step)
        move(scenario, "voucher", voucher.key, day, True)
        move(scenario, "sales_invoice", invoice.key, day, True)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert ((voucher.key,) in connection.warehouse.rows("vouchers")) == (step >= 0)
        assert ((invoice.key,) in connection.warehouse.rows("sales_invoices")) == (step >= 0)
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("there", [date(2026, 2, 1), date(2025, 11, 30), date(2025, 1, 1), date(2026, 8, 1)])
def test_a_voucher_that_moves_to_another_month_unreported(make_scenario: Callable[..., Scenario], there: date) -> None:
    """Its month lacks it: it is asked for by key, and comes with the month of its new day."""
    scenario = make_scenario()
    connection = scenario.connection(VOUCHERS)
    voucher = scenario.changes.add_voucher(scenario.clock.local, date(2026, 3, 5))
    connection.must_sync()
    scenario.clock.advance(days=1)
    move(scenario, "voucher", voucher.key, there, reported=False)
    scenario.simulator.calls.clear()
    connection.must_sync()
    assert connection.warehouse.rows("vouchers")[(voucher.key,)]["voucher_date"] == there.isoformat()
    asked = [call.query for call in scenario.simulator.calls.of("accountingledger.nv")]
    assert len(asked) == len(set(asked))
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("streams", [VOUCHERS, VOUCHERS[:1], VOUCHERS[1:]], ids=len)
def test_header_edits_of_older_months_arrive_when_the_month_has_its_turn(
    make_scenario: Callable[..., Scenario], streams: list[str]
) -> None:
    """They leave no history, and no filter reports them."""
    scenario = make_scenario(vouchers=40)
    connection = scenario.synced(streams, start_date="2025-06-15")
    store = scenario.company.voucher_store
    edited = [one for one in store.living() if one.date >= date(2025, 6, 15)]
    for voucher in edited:
        store.put(voucher._replace(description=f"Otsikko {voucher.key}"))
    field = "voucher_description"
    arrived = []
    for _ in range(10):
        scenario.clock.advance(days=1)
        connection.must_sync()
        rows = connection.warehouse.rows(streams[0])
        arrived.append({key[0] for key, row in rows.items() if str(row.get(field)).startswith("Otsikko")})
    first = {one.key for one in edited if one.date >= date(2026, 2, 1)}
    assert arrived[0] >= first
    assert all(before <= after for before, after in pairwise(arrived))
    assert_equals_fresh_read(connection)


# --- the start date moves ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["start", "middle"])
def test_the_start_date_moves_both_ways(make_scenario: Callable[..., Scenario], at: str) -> None:
    scenario = make_scenario(vouchers=120)
    streams = [*DOCUMENTS, *ORDERS, *PAYMENTS, "account_balances", "payroll_paychecks", "work_hours"]
    connection = scenario.synced(streams, start_date="2025-06-01")
    day = 1 if at == "start" else 20
    for start in (date(2025, 11, day), date(2025, 3, day), date(2026, 3, 1), date(2025, 6, day)):
        scenario.clock.advance(days=1)
        scenario.changes.edit_voucher(scenario.clock.local, scenario.memo(0))
        connection.config["start_date"] = start.isoformat()
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert_equals_books(connection.warehouse, scenario.company, start)
        assert_equals_fresh_read(connection)


def test_an_empty_start_date_stays_where_it_was(make_scenario: Callable[..., Scenario]) -> None:
    """Or New Year's night would delete a year."""
    scenario = make_scenario(today=date(2025, 12, 30), vouchers=40)
    scenario.changes.add_voucher(scenario.clock.local, date(2023, 1, 1))
    connection = scenario.connection(DOCUMENTS)
    del connection.config["start_date"]
    connection.must_sync()
    rows = connection.warehouse.rows("vouchers")
    assert any(row["voucher_date"] < "2024-01-01" for row in rows.values())
    scenario.clock.advance(days=4)
    connection.must_sync()
    assert connection.warehouse.rows("vouchers").keys() == rows.keys()
    assert all(state["stream"]["stream_state"]["start_date"] == "2023-01-01" for state in connection.warehouse.state())


# --- days that end ----------------------------------------------------------------------------------------------------


def work(scenario: Scenario) -> dict[int, Callable[[], Any]]:
    """What happens while a sync runs, and moves the clock over midnight."""

    def edit(number: int) -> None:
        now = scenario.clock.advance(minutes=20)
        scenario.changes.edit_voucher(now, scenario.memo(number % 4))
        scenario.changes.add_voucher(now)
        scenario.changes.add_sales_invoice(now)
        scenario.company.customer_store.delete(list(scenario.company.customer_store.living())[-1].key, now)

    return {count: (lambda number=count: edit(number)) for count in (3, 8, 14, 22)}


@pytest.mark.parametrize("first", [True, False])
def test_a_sync_that_spans_midnight(make_scenario: Callable[..., Scenario], first: bool) -> None:
    """It belongs to the day on which it began, so the next one compares."""
    scenario = make_scenario(vouchers=40)
    scenario.changes.add_customer(scenario.clock.local)
    connection = scenario.connection([*DOCUMENTS, "customers"])
    if not first:
        connection.must_sync()
    scenario.clock.set(datetime(2026, 3, 31, 23, 30, tzinfo=HELSINKI))
    scenario.changes.edit_voucher(scenario.clock.local, scenario.memo(5))
    connection.sync(meanwhile=work(scenario))
    assert scenario.clock.local.date() == date(2026, 4, 1), connection.messages
    scenario.clock.advance(minutes=10)
    connection.must_sync()
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("hours", [1, 20, 25])
def test_a_clock_that_is_set_back(make_scenario: Callable[..., Scenario], hours: int) -> None:
    """What changed since the clock was right arrives, and wins over what was sent under the wrong one."""
    scenario = make_scenario(vouchers=40)
    connection = scenario.synced([*DOCUMENTS, "customers", "account_balances"])
    scenario.clock.advance(hours=hours)
    scenario.changes.edit_voucher(scenario.clock.local, scenario.memo(0))
    connection.must_sync()
    scenario.clock.advance(hours=-hours, minutes=10)
    for number in range(3):
        now = scenario.clock.local
        scenario.changes.edit_voucher(now, scenario.memo(0))
        scenario.changes.delete_voucher(now, scenario.memo(2))
        scenario.changes.add_sales_invoice(now, START)
        if hours > 12:
            # the wrong clock's day was compared, and this one has to be as well
            customer = next(scenario.company.customers())
            scenario.company.customer_store.put(customer._replace(town=f"Unreported {number}"))
        scenario.clock.advance(minutes=10)
        connection.must_sync()
        if number == 0:
            assert_equals_fresh_read(connection)
    scenario.clock.advance(days=2)
    connection.must_sync()
    assert_equals_fresh_read(connection)
