"""Documents that the list has and whose details Netvisor refuses, or leaves out: what the warehouse has of them stays,
and their details come once they can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.connection import Connection, detail_batches_of
from integration_tests.doubtful_replies import Withheld
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import START, Scenario
from netvisor_simulator import ApiAssumptions, faults

INVOICES = ["sales_invoices", "sales_invoice_details", "sales_invoice_lines"]
DETAILED = INVOICES[1:]
RESOURCE = "getsalesinvoice.nv"


HOW = pytest.mark.parametrize("how", ["refused", "left_out"])


def key_of(scenario: Scenario, number: int = 2) -> int:
    """The key of an invoice."""
    keys: list[int] = [one.key for one in scenario.company.sales_invoices() if one.date >= START]
    return keys[number]


def rows_of(connection: Connection, key: int) -> dict[str, list[Any]]:
    """The rows of an invoice in each table of details."""
    return {
        name: [row for found, row in connection.warehouse.rows(name).items() if found[0] == key] for name in DETAILED
    }


def edit(scenario: Scenario, key: int) -> None:
    """The invoice gets one line, of another product."""
    product = next(scenario.company.products()).key
    scenario.changes.edit_sales_invoice(scenario.clock.local, key, products=((product, Decimal(3)),))


@HOW
def test_refused_in_the_first_read(make_scenario: Callable[..., Scenario], how: str) -> None:
    scenario = make_scenario()
    withheld, key = Withheld(scenario.simulator, how), key_of(scenario)
    withheld.keys.add(key)
    connection = scenario.connection(INVOICES)
    connection.must_sync()
    assert any(RESOURCE in text and str(key) in text for text in connection.warehouse.warnings())
    assert (key,) in connection.warehouse.rows(INVOICES[0])
    assert rows_of(connection, key) == {name: [] for name in DETAILED}
    scenario.clock.advance(days=2)
    connection.must_sync()
    assert rows_of(connection, key) == {name: [] for name in DETAILED}
    withheld.keys.clear()
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert all(rows_of(connection, key).values())
    assert_equals_fresh_read(connection)


@HOW
def test_every_sync_asks_again_where_every_sync_compares(make_scenario: Callable[..., Scenario], how: str) -> None:
    scenario = make_scenario()
    withheld, key = Withheld(scenario.simulator, how), key_of(scenario)
    connection = scenario.connection(INVOICES, comparison="every_sync")
    connection.must_sync()
    withheld.keys.add(key)
    connection.config["language"] = "FI"
    scenario.clock.advance(minutes=5)
    connection.must_sync()
    withheld.keys.clear()
    scenario.clock.advance(minutes=5)
    connection.must_sync()
    assert_equals_fresh_read(connection)


@HOW
def test_a_long_pause_is_no_week_of_attempts(make_scenario: Callable[..., Scenario], how: str) -> None:
    scenario = make_scenario()
    withheld, key = Withheld(scenario.simulator, how), key_of(scenario, -1)
    withheld.keys.add(key)
    connection = scenario.connection(DETAILED)
    # so that its turn would be long in coming
    with detail_batches_of(1):
        for days in (18, 1, 1):
            connection.must_sync()
            scenario.clock.advance(days=days)
        withheld.keys.clear()
        connection.must_sync()
        assert all(rows_of(connection, key).values())


@HOW
@pytest.mark.parametrize("pause", [1, 9])
def test_an_edit_that_cannot_be_read(make_scenario: Callable[..., Scenario], how: str, pause: int) -> None:
    """It comes after the overlap has passed, and after a pause longer than the deletion log reaches."""
    scenario = make_scenario()
    withheld, key = Withheld(scenario.simulator, how), key_of(scenario)
    connection = scenario.connection(INVOICES)
    connection.must_sync()
    before = rows_of(connection, key)
    withheld.keys.add(key)
    scenario.clock.advance(days=1)
    edit(scenario, key)
    for _ in range(3):
        scenario.clock.advance(days=pause)
        connection.must_sync()
        assert rows_of(connection, key) == before
    withheld.keys.clear()
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


@HOW
@pytest.mark.parametrize("pause", [7, 8, 40])
def test_refused_in_the_comparison_after_a_pause(make_scenario: Callable[..., Scenario], how: str, pause: int) -> None:
    """The living rows stay, and so does what was not edited."""
    scenario = make_scenario()
    withheld, keys = Withheld(scenario.simulator, how), [key_of(scenario, number) for number in range(4)]
    connection = scenario.connection(INVOICES)
    connection.must_sync()
    before = [rows_of(connection, key) for key in keys]
    withheld.keys.update(keys)
    scenario.clock.advance(days=pause)
    edit(scenario, keys[0])
    connection.must_sync()
    assert [rows_of(connection, key) for key in keys] == before
    withheld.keys.clear()
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


@HOW
def test_a_refused_document_that_is_deleted_goes(make_scenario: Callable[..., Scenario], how: str) -> None:
    scenario = make_scenario()
    withheld, key = Withheld(scenario.simulator, how), key_of(scenario)
    connection = scenario.connection(INVOICES)
    connection.must_sync()
    withheld.keys.add(key)
    scenario.clock.advance(days=1)
    edit(scenario, key)
    connection.must_sync()
    assert all(rows_of(connection, key).values())
    scenario.changes.delete_sales_invoice(scenario.clock.local, key)
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert not any(rows_of(connection, key).values())
    assert_equals_fresh_read(connection)


@HOW
def test_refused_for_a_month(make_scenario: Callable[..., Scenario], how: str) -> None:
    """Asked for daily during a week, and by turns from then on."""
    scenario = make_scenario()
    withheld, key = Withheld(scenario.simulator, how), key_of(scenario)
    connection = scenario.connection(INVOICES)
    withheld.keys.add(key)
    asked = []
    with detail_batches_of(2):
        for _ in range(12):
            scenario.simulator.calls.clear()
            connection.must_sync()
            queries = [call.query for call in scenario.simulator.calls.of(RESOURCE)]
            asked.append(any(re.search(rf"\b{key}\b", query) for query in queries))
            scenario.clock.advance(days=1)
        assert all(asked[:9]) and not all(asked)
        withheld.keys.clear()
        documents = len(connection.warehouse.rows(INVOICES[0]))
        for _ in range(documents // 2 + 1):
            scenario.clock.advance(days=1)
            connection.must_sync()
    assert all(rows_of(connection, key).values())
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("first", [False, True])
def test_a_resource_that_gives_nothing_at_all(make_scenario: Callable[..., Scenario], first: bool) -> None:
    """Then it is the resource that cannot be read: the stream fails, and all comes as soon as it can be read."""
    scenario = make_scenario()
    connection = scenario.connection(INVOICES)
    if not first:
        connection.must_sync()

    def without_documents(reply: bytes) -> bytes:
        return re.sub(rb"(</ResponseStatus>).*(</Root>)", rb"\1<SalesInvoices/>\2", reply, flags=re.DOTALL)

    scenario.simulator.faults.add(faults.transform(without_documents), resource=RESOURCE, times=None)
    for number in range(10):
        scenario.clock.advance(days=1)
        edit(scenario, key_of(scenario, number % 3))
        edit(scenario, key_of(scenario, number % 3 + 1))
        assert not connection.sync()
        assert "not one of the documents that the list has" in str(connection.failure)
        assert connection.warehouse.statuses(INVOICES[0])[-1] == "COMPLETE"
    scenario.simulator.faults.clear()
    connection.must_sync()
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize(
    ("stream", "resource", "parameter", "store"),
    [
        ("customer_details", "getcustomer.nv", "idlist", "customer_store"),
        ("product_details", "getproduct.nv", "idlist", "product_store"),
        ("purchase_invoice_lines", "getpurchaseinvoice.nv", "netvisorkeylist", "purchase_invoice_store"),
        ("sales_order_lines", "getorder.nv", "netvisorkeylist", "sales_order_store"),
        ("purchase_order_details", "getpurchaseorder.nv", "netvisorkeylist", "purchase_order_store"),
        ("payroll_paycheck_details", "getpayrollpaycheckbatch.nv", "netvisorkey", "paycheck_store"),
    ],
)
def test_every_resource_of_details(
    make_scenario: Callable[..., Scenario], stream: str, resource: str, parameter: str, store: str
) -> None:
    scenario = make_scenario(ApiAssumptions(unknown_key="error"), vouchers=200)
    withheld = Withheld(scenario.simulator, "refused", resource, parameter)
    connection = scenario.connection([stream])
    connection.must_sync()
    before = connection.warehouse.rows(stream)
    key = next(iter(before))[0] if stream != "payroll_paycheck_details" else max(before)[0]
    assert getattr(scenario.company, store).get(key) is not None
    withheld.keys.add(key)
    for days in (1, 9, 1):
        scenario.clock.advance(days=days)
        connection.must_sync()
        assert before.keys() - connection.warehouse.rows(stream).keys() == set()
    withheld.keys.clear()
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


@HOW
def test_killed_while_details_are_refused(make_scenario: Callable[..., Scenario], how: str) -> None:
    scenario = make_scenario(vouchers=40)
    withheld = Withheld(scenario.simulator, how)
    connection = scenario.connection(INVOICES)
    with detail_batches_of(2):
        for kill_after in range(1, 80, 9):
            key = key_of(scenario, kill_after % 4)
            withheld.keys = {key}
            edit(scenario, key)
            connection.sync(kill_after)
            scenario.clock.advance(hours=5)
            connection.must_sync()
            withheld.keys = set()
            scenario.clock.advance(days=1)
            connection.must_sync()
            assert_equals_fresh_read(connection)
