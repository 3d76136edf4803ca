"""Positions: idle syncs, states that cannot be right, start dates that move, streams that join later, nights."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.connection import incremental_streams
from integration_tests.invariant import assert_equals_books, assert_equals_fresh_read
from integration_tests.scenario import (
    DELETIONS,
    DOCUMENTS,
    EVERY_ASSUMPTION,
    START,
    Scenario,
    invoice_keys,
)
from integration_tests.warehouse_model import Warehouse
from netvisor_simulator import ApiAssumptions
from netvisor_simulator.company.plan import HELSINKI

# --- 6: states that cannot be right -----------------------------------------------------------------------------------


def shifted(value: Any, years: int) -> Any:
    """A state with every moment moved by so many years."""
    if isinstance(value, dict):
        return {name: shifted(inner, years) for name, inner in value.items()}
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", value):
        return f"{int(value[:4]) + years}{value[4:]}"
    return value


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        pytest.param(lambda state: shifted(state, 73), "future", id="future"),
        pytest.param(lambda state: {**state, "ledger": ["?"]}, "damaged", id="damaged"),
        pytest.param(lambda state: {"_ab_modified_until": "2026-03-10"}, "did not write it", id="another connector's"),
    ],
)
def test_a_state_that_cannot_be_right_is_not_obeyed(
    make_scenario: Callable[..., Scenario], damage: Callable[[dict[str, Any]], dict[str, Any]], sentence: str
) -> None:
    scenario = make_scenario(vouchers=20)
    connection = scenario.synced(["vouchers", "sales_invoices"])
    for state in connection.warehouse.states.values():
        state["stream"]["stream_state"] = damage(state["stream"]["stream_state"])
    scenario.clock.advance(hours=1)
    scenario.changes.edit_voucher(scenario.clock.local, scenario.memo(0))
    scenario.changes.edit_sales_invoice(scenario.clock.local, invoice_keys(scenario)[0])
    connection.must_sync()
    warnings = connection.warehouse.warnings()
    assert all(any(name in text and sentence in text for text in warnings) for name in connection.warehouse.tables)
    scenario.check(connection)
    scenario.clock.advance(hours=1)
    connection.must_sync()
    assert connection.warehouse.warnings() == []


def test_a_state_of_another_company_is_refused(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=20)
    connection = scenario.synced(["vouchers", "customers"])
    state = connection.warehouse.states["vouchers"]["stream"]["stream_state"]
    state["business_id"] = "7654321-2"
    received = connection.warehouse.tables["vouchers"].received
    assert not connection.sync()
    assert "7654321-2" in (connection.failure or "")
    assert connection.warehouse.tables["vouchers"].received == received
    assert connection.warehouse.statuses("vouchers") == ["STARTED", "INCOMPLETE"]
    assert connection.warehouse.statuses("customers")[-1] == "COMPLETE"


@pytest.mark.parametrize("hours", [1, 25])
def test_a_clock_that_was_ahead_hides_no_later_change(make_scenario: Callable[..., Scenario], hours: int) -> None:
    scenario = make_scenario()
    connection = scenario.connection(DOCUMENTS)
    scenario.clock.advance(hours=hours)
    connection.must_sync()
    scenario.clock.advance(hours=-hours, minutes=10)
    scenario.changes.edit_voucher(scenario.clock.local, scenario.memo(0))
    gone = scenario.memo(1)
    scenario.changes.delete_voucher(scenario.clock.local, gone)
    for _ in range(2):
        connection.must_sync()
        scenario.check(connection)
        scenario.clock.advance(minutes=10)
        scenario.changes.edit_voucher(scenario.clock.local, scenario.memo(0))
        scenario.changes.edit_sales_invoice(scenario.clock.local, invoice_keys(scenario)[0], comment=f"{_}")
    connection.must_sync()
    scenario.check(connection)


# --- 7: time ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pause", [1, 30])
def test_start_date_moved_back(make_scenario: Callable[..., Scenario], pause: int) -> None:
    scenario = make_scenario(vouchers=40)
    connection = scenario.synced(DOCUMENTS[:5], start_date="2025-08-01")
    scenario.changes.delete_voucher(scenario.clock.local, scenario.memo(-1))
    scenario.changes.delete_sales_invoice(scenario.clock.local, invoice_keys(scenario)[-1])
    scenario.clock.advance(days=pause)
    connection.config["start_date"] = START.isoformat()
    connection.must_sync()
    scenario.check(connection)


def test_every_stream_follows_a_start_date_that_was_moved_back(make_scenario: Callable[..., Scenario]) -> None:
    """Those too whose details are limited by date, as hours are."""
    scenario = make_scenario(vouchers=200)
    streams = [name for name in incremental_streams() if name not in DELETIONS]
    connection = scenario.synced(streams, start_date="2025-11-01")
    scenario.clock.advance(days=1)
    connection.config["start_date"] = START.isoformat()
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_older_document_that_changed_before_the_start_date_was_moved_back(
    make_scenario: Callable[..., Scenario],
) -> None:
    scenario = make_scenario(vouchers=40)
    connection = scenario.synced(DOCUMENTS[:5], start_date="2026-01-01")
    older = scenario.memo(0)
    for number in range(2):
        scenario.clock.advance(minutes=10)
        scenario.changes.edit_voucher(scenario.clock.local, older, description=f"edit {number}")
        scenario.changes.edit_sales_invoice(scenario.clock.local, invoice_keys(scenario)[0], comment=f"edit {number}")
        scenario.clock.advance(minutes=10)
        if number:
            connection.config["start_date"] = "2025-12-01"
        connection.must_sync()
    scenario.check(connection)


def test_streams_that_are_selected_later_or_read_whole_beside_others(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=40)
    first = scenario.connection(["vouchers", "sales_invoices"])
    first.must_sync()
    scenario.clock.advance(days=2)
    scenario.changes.edit_voucher(scenario.clock.local, scenario.memo(0))
    scenario.changes.delete_voucher(scenario.clock.local, scenario.memo(1))
    scenario.changes.delete_sales_invoice(scenario.clock.local, invoice_keys(scenario)[0])
    scenario.changes.edit_sales_invoice(scenario.clock.local, invoice_keys(scenario)[1])
    scenario.clock.advance(minutes=1)
    later = scenario.connection(DOCUMENTS)
    whole = scenario.connection(["voucher_lines", "sales_invoice_details"], full_refresh=True)
    by_name = {entry["stream"]["name"]: entry for entry in whole.catalog["streams"]}
    later.catalog["streams"] = [by_name.get(e["stream"]["name"], e) for e in later.catalog["streams"]]
    later.warehouse = Warehouse(later.catalog)
    later.warehouse.states = first.warehouse.states
    for name in first.warehouse.tables:
        later.warehouse.tables[name] = first.warehouse.tables[name]
    for _ in range(2):
        later.must_sync()
        scenario.check(later)
        scenario.clock.advance(days=1)
        scenario.changes.edit_voucher(scenario.clock.local, scenario.memo(2))
        scenario.changes.delete_sales_invoice(scenario.clock.local, invoice_keys(scenario)[0])
        scenario.clock.advance(minutes=1)
    later.must_sync()
    scenario.check(later)


# --- 7: time ----------------------------------------------------------------------------------------------------------

NIGHTS = [
    pytest.param(datetime(2026, 3, 29, 0, 30, tzinfo=HELSINKI), id="spring"),
    pytest.param(datetime(2025, 10, 26, 0, 30, tzinfo=HELSINKI), id="autumn"),
    pytest.param(datetime(2025, 12, 31, 22, 0, tzinfo=HELSINKI), id="year-end"),
    pytest.param(datetime(2026, 2, 28, 22, 0, tzinfo=HELSINKI), id="month-end"),
]


@pytest.mark.parametrize("lookback", [0, 1])
def test_the_hour_that_comes_twice(make_scenario: Callable[..., Scenario], lookback: int) -> None:
    """Stamps of its second time are later than those of its first, though they read earlier: the later edit wins."""
    night = datetime(2025, 10, 26, 1, 0, tzinfo=HELSINKI)
    scenario = make_scenario(ApiAssumptions(), 20, night.date())
    scenario.clock.set(night)
    connection = scenario.connection(["sales_payments", "extended_products"], lookback_days=lookback)
    connection.must_sync()
    invoice = scenario.changes.add_sales_invoice(scenario.clock.local)
    payment = scenario.changes.pay_sales_invoice(scenario.clock.local, invoice.key).key
    product = next(scenario.company.products()).key
    for step in range(12):
        scenario.clock.advance(minutes=19)
        scenario.changes.edit_sales_payment(scenario.clock.local, payment, Decimal(step + 1))
        scenario.changes.edit_product(scenario.clock.local, product, description=f"edit {step}")
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert_equals_fresh_read(connection)
        assert connection.warehouse.rows("sales_payments")[(payment,)]["sum"] == step + 1


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("assumptions", EVERY_ASSUMPTION[1:2])
def test_every_half_hour_of_a_special_night(
    make_scenario: Callable[..., Scenario], night: datetime, assumptions: ApiAssumptions
) -> None:
    scenario = make_scenario(assumptions, 20, night.date())
    scenario.clock.set(night)
    connection = scenario.connection(["vouchers", "voucher_lines", "sales_invoices"], lookback_days=0)
    connection.must_sync()
    for step in range(12):
        scenario.clock.advance(minutes=29, seconds=59)
        scenario.changes.edit_voucher(scenario.clock.local, scenario.memo(0))
        scenario.changes.add_voucher(scenario.clock.local)
        scenario.changes.add_sales_invoice(scenario.clock.local)
        if step % 3 == 0:
            scenario.changes.delete_voucher(scenario.clock.local, scenario.memo(-1))
        scenario.clock.advance(seconds=1)
        connection.must_sync()
        assert_equals_books(connection.warehouse, scenario.company, START)
    scenario.check(connection)
