"""What happens to a connection: streams that are left out for a while, states that are lost, resources that are
blocked, another language, and records that are made otherwise."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from integration_tests.connection import Connection
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import DOCUMENTS, ORDERS, REGISTERS, START, Scenario, invoice_keys
from integration_tests.shared_source import shared_source

STREAMS = [*DOCUMENTS, *ORDERS[:3], "customers", "purchase_payments", "account_balances"]
DAYS = pytest.mark.parametrize("days", [2, 7, 30])


def something_changes(scenario: Scenario, number: int) -> None:
    """Vouchers, invoices, orders and customers come, change and go."""
    changes, company, now = scenario.changes, scenario.company, scenario.clock.local
    # another one each time: lines that only a lost state knew can't be deleted
    changes.edit_voucher(now, scenario.memo(number + 2))
    changes.delete_voucher(now, scenario.memo(1))
    changes.add_voucher(now)
    changes.delete_sales_invoice(now, invoice_keys(scenario)[0])
    changes.edit_sales_invoice(now, invoice_keys(scenario)[0], comment=f"edit {number}")
    changes.add_sales_order(now)
    changes.delete_sales_order(now, next(one.key for one in company.sales_orders() if one.date >= START))
    changes.edit_customer(now, next(company.customers()).key)
    changes.add_customer(now)
    bill = next(one for one in company.purchase_invoices() if one.date >= START)
    changes.pay_purchase_invoice(now, bill.key, 1)


# --- streams that are not selected ------------------------------------------------------------------------------------


@DAYS
def test_streams_that_are_not_selected_for_a_while(make_scenario: Callable[..., Scenario], days: int) -> None:
    scenario = make_scenario(vouchers=40)
    connection = scenario.synced(STREAMS)
    selected = connection.catalog["streams"]
    for part in (selected[::2], selected[1::3]):
        connection.catalog["streams"] = part
        for number in range(2):
            scenario.clock.advance(days=days / 2)
            something_changes(scenario, number)
            scenario.clock.advance(minutes=1)
            connection.must_sync()
        connection.catalog["streams"] = selected
        scenario.clock.advance(days=1)
        connection.must_sync()
        assert_equals_fresh_read(connection)


# --- states that are older than the warehouse -------------------------------------------------------------------------


@DAYS
@pytest.mark.parametrize("streams", [STREAMS, REGISTERS], ids=["documents", "registers"])
def test_a_state_one_sync_older_than_the_warehouse(
    make_scenario: Callable[..., Scenario], streams: list[str], days: int
) -> None:
    """What it does not know comes again, under a later cursor; what it knows and is gone goes once more."""
    scenario = make_scenario(vouchers=40)
    connection = scenario.synced(streams)
    older = copy.deepcopy(connection.warehouse.states)
    scenario.clock.advance(days=1)
    something_changes(scenario, 1)
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    connection.warehouse.states = older
    scenario.clock.advance(days=days)
    something_changes(scenario, 2)
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


# --- resources that are blocked ---------------------------------------------------------------------------------------


@DAYS
@pytest.mark.parametrize(
    "resources",
    [
        ["accountingledger.nv"], ["salesinvoicelist.nv"], ["getsalesinvoice.nv", "getpurchaseinvoice.nv"],
        ["customerlist.nv", "paymentlist.nv", "accountbalance.nv"],
        ["deletedvouchers.nv", "deletedsalesinvoices.nv", "deletedsalesorders.nv"],
    ],
    ids=lambda names: names[0],
)  # fmt: skip
def test_resources_that_are_blocked_for_days(
    make_scenario: Callable[..., Scenario], resources: list[str], days: int
) -> None:
    """Their streams fail, or say what is missing; the others go on; and all of them are right when they are allowed."""
    scenario = make_scenario(vouchers=40)
    connection = scenario.synced(STREAMS)
    scenario.simulator.rights.block(*resources)
    for number in range(3):
        scenario.clock.advance(days=days / 3)
        something_changes(scenario, number)
        scenario.clock.advance(minutes=1)
        before = {name: set(connection.warehouse.rows(name)) for name in STREAMS}
        succeeded = connection.sync()
        logs_only = all(name.startswith("deleted") for name in resources)
        assert succeeded == logs_only
        incomplete = [name for name in STREAMS if connection.warehouse.statuses(name)[-1] == "INCOMPLETE"]
        assert bool(incomplete) != logs_only and len(incomplete) < len(STREAMS)
        if not logs_only:
            # what the log of deletions says is known all the same
            assert all(connection.warehouse.rows(name).keys() <= before[name] for name in incomplete)
    scenario.simulator.rights.allow(*resources)
    scenario.clock.advance(hours=1)
    connection.must_sync()
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


# --- records that are made otherwise ----------------------------------------------------------------------------------


def sent_and_deleted(connection: Connection, stream: str) -> tuple[int, int]:
    """How many rows the last sync sent of a stream, and how many deletions."""
    sent = connection.warehouse.sent_of(stream)
    deletions = [row for row in sent if row.get("_ab_cdc_deleted_at")]
    return len(sent) - len(deletions), len(deletions)


def test_another_language_brings_every_row_again(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=40)
    streams = [*STREAMS, "payroll_paycheck_lines", "work_hours"]
    connection = scenario.synced(streams)
    counts = {name: len(connection.warehouse.rows(name)) for name in streams}
    connection.config["language"] = "FI"
    scenario.clock.advance(hours=1)
    connection.must_sync()
    assert {name: sent_and_deleted(connection, name) for name in streams} == {
        name: (count, 0) for name, count in counts.items()
    }
    assert_equals_fresh_read(connection)
    scenario.clock.advance(hours=1)
    connection.must_sync()
    assert sent_and_deleted(connection, "vouchers") == (0, 0)


@pytest.mark.parametrize("kill_after", [None, 3, 10, 30])
def test_a_new_version_of_a_stream_s_records(make_scenario: Callable[..., Scenario], kill_after: int | None) -> None:
    """All of its rows come again, and those of no other stream; what is gone goes as always."""
    scenario = make_scenario(vouchers=40)
    connection = scenario.synced(STREAMS)
    names = ("vouchers", "sales_invoice_lines", "customers")
    source = shared_source()
    newer = {
        name: replace(one, record_version=2) if name in names else one for name, one in source.definitions().items()
    }
    with mock.patch.object(source, "definitions", return_value=newer):
        scenario.clock.advance(hours=1)
        if kill_after:
            connection.sync(kill_after)
            scenario.clock.advance(hours=1)
        before = {name: set(connection.warehouse.rows(name)) for name in STREAMS}
        scenario.changes.delete_voucher(scenario.clock.local, scenario.memo(1))
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        if not kill_after:
            for name in names:
                sent = {key for key in before[name] if key in connection.warehouse.rows(name)}
                assert sent_and_deleted(connection, name) == (len(sent), len(before[name]) - len(sent)), name
            assert sent_and_deleted(connection, "sales_invoices") == (0, 0)
        assert_equals_fresh_read(connection)


def test_the_state_of_another_host_is_refused(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=20)
    connection = scenario.synced(["vouchers", "customers", "accounts"])
    before: dict[str, Any] = {name: connection.warehouse.rows(name) for name in ("vouchers", "customers")}
    for state in connection.warehouse.states.values():
        if "host" in state["stream"]["stream_state"]:
            state["stream"]["stream_state"]["host"] = "integrationdemo.netvisor.fi"
    scenario.clock.advance(days=1)
    scenario.changes.delete_voucher(scenario.clock.local, scenario.memo(1))
    assert not connection.sync()
    assert "integrationdemo.netvisor.fi" in str(connection.failure)
    assert not connection.warehouse.sent
    assert {name: connection.warehouse.rows(name) for name in before} == before
