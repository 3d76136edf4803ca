"""A list that suddenly lacks much of what the warehouse has: on that day nothing is deleted, all else arrives and the
stream fails with a sentence; a later day that says the same is believed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.connection import Connection
from integration_tests.doubtful_replies import cut
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import START, Scenario
from netvisor_simulator import faults
from netvisor_simulator.faults import Fault
from netvisor_simulator.resources import vendors

STREAMS = {
    "salesinvoicelist.nv": ["sales_invoices", "sales_invoice_details", "sales_invoice_lines"],
    "customerlist.nv": ["customers", "customer_details"],
    "purchaseinvoicelist.nv": ["purchase_invoices", "purchase_invoice_lines"],
    "accountbalance.nv": ["account_balances"],
    "paymentlist.nv": ["purchase_payments"],
    "getvendor.nv": ["vendors"],
}
LISTS = pytest.mark.parametrize("resource", list(STREAMS))
SENTENCE = "nothing says that they were deleted, so they were kept and everything else was delivered"


def without(element: bytes, attributes: bytes = b"") -> Fault:
    """A reply without these elements."""
    pattern = re.compile(rb"<%s%s[\s>].*?</%s>" % (element, attributes, element), re.DOTALL)
    return faults.transform(lambda reply: pattern.sub(b"", reply))


@contextmanager
def cut_lists(scenario: Scenario, resource: str, kept: int) -> Iterator[None]:
    """The list has its first rows only, meanwhile; changes come whole."""
    whole = scenario.simulator.faults
    whole.add(
        cut(resource, kept), resource=resource, times=None,
        when=lambda call: not re.search("lastmodified|since=20", call.query),
    )  # fmt: skip
    try:
        yield
    finally:
        whole.clear()


def tables(connection: Connection) -> dict[str, Any]:
    return {name: connection.warehouse.rows(name) for name in connection.warehouse.tables}


def scenario_of(make_scenario: Callable[..., Scenario]) -> Scenario:
    """A company with enough of everything."""
    scenario = make_scenario(vouchers=120)
    company, changes, now = scenario.company, scenario.changes, scenario.clock.local
    vendor = next(company.vendors())
    for _ in range(100):
        changes.add_customer(now)
    for number in range(30):
        company.vendor_store.put(vendor._replace(key=company.vendor_store.new_key(), code=f"V{number}"))
        changes.pay_purchase_invoice(now, changes.add_purchase_invoice(now).key)
        changes.add_sales_invoice(now)
    # what changed in the last days comes whole, by another list
    scenario.clock.advance(days=5)
    return scenario


@LISTS
@pytest.mark.parametrize("kept", [0, 1])
def test_a_list_that_is_cut_for_a_day(make_scenario: Callable[..., Scenario], resource: str, kept: int) -> None:
    scenario = scenario_of(make_scenario)
    connection = scenario.connection([*STREAMS[resource], "voucher_types"])
    connection.must_sync()
    before = tables(connection)
    assert len(before[STREAMS[resource][0]]) > 25
    scenario.clock.advance(days=1)
    with cut_lists(scenario, resource, kept):
        for _ in range(2):
            if resource == "accountbalance.nv" and kept:
                # each day is there still, with one account
                scenario.changes.add_voucher(scenario.clock.local, START)
            assert not connection.sync()
            assert SENTENCE in str(connection.failure) and resource in str(connection.failure)
            assert connection.warehouse.statuses("voucher_types")[-1] == "COMPLETE"
            assert all(tables(connection)[name].keys() >= before[name].keys() for name in before)
            scenario.clock.advance(hours=2)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_an_empty_list_beside_many_changes(make_scenario: Callable[..., Scenario]) -> None:
    """However few it lacks."""
    scenario = make_scenario(vouchers=40)
    connection = scenario.synced(["customers"])
    before = tables(connection)
    assert 0 < len(before["customers"]) < 20
    scenario.clock.advance(days=1)
    for _ in range(100):
        scenario.changes.add_customer(scenario.clock.local)
    scenario.clock.advance(minutes=1)
    with cut_lists(scenario, "customerlist.nv", 0):
        assert not connection.sync()
        assert SENTENCE in str(connection.failure)
    assert len(connection.warehouse.rows("customers")) == 100 + len(before["customers"])


@LISTS
def test_what_is_really_gone_goes_on_the_next_day(make_scenario: Callable[..., Scenario], resource: str) -> None:
    scenario = scenario_of(make_scenario)
    connection = scenario.connection(STREAMS[resource])
    connection.must_sync()
    with cut_lists(scenario, resource, 0):
        scenario.clock.advance(days=1)
        assert not connection.sync()
        scenario.clock.advance(days=1)
        connection.must_sync()
        assert not any(tables(connection).values())
    # and what was there after all comes back
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_a_list_that_lacks_more_each_day_is_not_believed(make_scenario: Callable[..., Scenario]) -> None:
    scenario = scenario_of(make_scenario)
    connection = scenario.connection(["customers"])
    connection.must_sync()
    customers = len(connection.warehouse.rows("customers"))
    assert customers > 80, customers
    for kept in (customers - 30, customers - 70):
        scenario.clock.advance(days=1)
        with cut_lists(scenario, "customerlist.nv", kept):
            assert not connection.sync()
            assert len(connection.warehouse.rows("customers")) == customers
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_everything_else_is_delivered(make_scenario: Callable[..., Scenario]) -> None:
    scenario = scenario_of(make_scenario)
    connection = scenario.connection(STREAMS["salesinvoicelist.nv"])
    connection.must_sync()
    keys = [one.key for one in scenario.company.sales_invoices() if one.date >= START]
    scenario.clock.advance(days=1)
    scenario.changes.edit_sales_invoice(
        scenario.clock.local, keys[-1], products=((next(scenario.company.products()).key, Decimal(7)),)
    )
    scenario.changes.delete_sales_invoice(scenario.clock.local, keys[-2])
    new = scenario.changes.add_sales_invoice(scenario.clock.local)
    scenario.clock.advance(minutes=1)
    with cut_lists(scenario, "salesinvoicelist.nv", 2):
        assert not connection.sync()
    rows = tables(connection)
    assert all((new.key in {key[0] for key in rows[name]}) for name in rows)
    assert all((keys[-2] not in {key[0] for key in rows[name]}) for name in rows)
    assert keys[0] in {key[0] for key in rows["sales_invoices"]}
    lines = [key for key in rows["sales_invoice_lines"] if key[0] == keys[-1]]
    assert lines, "the edited invoice's new line"
    scenario.clock.advance(hours=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_vouchers_that_a_month_lacks_are_asked_for_by_key(make_scenario: Callable[..., Scenario]) -> None:
    """They answer, so nothing is deleted, and nothing is doubted."""
    scenario = scenario_of(make_scenario)
    connection = scenario.connection(["vouchers", "voucher_lines"])
    connection.must_sync()
    before = tables(connection)
    scenario.clock.advance(days=1)
    scenario.simulator.faults.add(
        without(b"Voucher"), resource="accountingledger.nv", times=None, when=lambda call: "startdate" in call.query
    )
    connection.must_sync()
    assert tables(connection) == before
    assert any("netvisorkeylist" in call.query for call in scenario.simulator.calls.of("accountingledger.nv"))
    scenario.simulator.assert_clean()


@pytest.mark.parametrize("pause", [1, 9])
def test_vouchers_that_are_gone_and_no_list_says_so(make_scenario: Callable[..., Scenario], pause: int) -> None:
    """A log without a gap should have had each of so many; one with a gap could not."""
    scenario = make_scenario(vouchers=240)
    recent = [scenario.changes.add_voucher(scenario.clock.local, date(2026, 2, 10)).key for _ in range(21)]
    connection = scenario.connection(["vouchers", "voucher_lines"])
    connection.must_sync()
    held = len(connection.warehouse.rows("vouchers"))
    scenario.clock.advance(hours=1)
    assert len(recent) < held / 5
    for key in recent:
        scenario.company.delete_voucher(key, scenario.clock.local)
    scenario.simulator.faults.add(without(b"DeletedVoucher"), resource="deletedvouchers.nv", times=None)
    scenario.simulator.faults.add(without(b"Voucher", b' Status="deleted"'), resource="accountingledger.nv", times=None)
    scenario.clock.advance(days=pause)
    if pause == 1:
        assert not connection.sync()
        assert SENTENCE in str(connection.failure)
        assert len(connection.warehouse.rows("vouchers")) == held
        scenario.clock.advance(days=1)
    connection.must_sync()
    scenario.simulator.faults.clear()
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("count", [20, 40])
def test_many_rows_that_go_at_once(make_scenario: Callable[..., Scenario], count: int) -> None:
    """Details that suddenly lack their lines."""
    scenario = make_scenario()
    connection = scenario.connection(["sales_invoice_lines"])
    keys = [one.key for one in scenario.company.sales_invoices() if one.date >= START]
    product = next(scenario.company.products()).key
    for key in keys[:10]:
        scenario.changes.edit_sales_invoice(
            scenario.clock.local, key, products=((product, Decimal(1)),) * (1 + count // 10)
        )
    connection.must_sync()
    rows = len(connection.warehouse.rows("sales_invoice_lines"))
    scenario.clock.advance(hours=3)
    for key in keys[:10]:
        scenario.changes.edit_sales_invoice(scenario.clock.local, key, products=((product, Decimal(1)),))
    gone = len(keys[:10]) * (1 + count // 10)
    succeeded = connection.sync()
    assert succeeded == (gone <= 20 or gone * 5 <= rows)
    if not succeeded:
        assert SENTENCE in str(connection.failure)
        assert len(connection.warehouse.rows("sales_invoice_lines")) == rows + len(keys[:10])
        scenario.clock.advance(days=1)
        connection.must_sync()
    assert_equals_fresh_read(connection)


def test_a_page_that_is_missing_is_asked_for_again(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendors, "PAGE", 5)
    scenario = scenario_of(make_scenario)
    connection = scenario.connection(["vendors"])
    connection.must_sync()
    before = tables(connection)
    scenario.clock.advance(days=1)
    scenario.simulator.faults.add(cut("getvendor.nv", 2), resource="getvendor.nv", nth=2)
    connection.must_sync()
    assert tables(connection) == before


def test_a_list_that_is_written_otherwise_each_day(make_scenario: Callable[..., Scenario]) -> None:
    """It is sent again each day, and from the second one on a warning says so; one day alone may have a reason."""
    scenario = make_scenario()
    connection = scenario.connection(["sales_invoices"])
    for _ in range(20):
        scenario.changes.add_sales_invoice(scenario.clock.local, date(2026, 1, 5))
    spaces = [0]

    def otherwise(reply: bytes) -> bytes:
        return reply.replace(b"<InvoiceNumber>", b"<InvoiceNumber%s>" % (b" " * spaces[-1]))

    scenario.simulator.faults.add(faults.transform(otherwise), resource="salesinvoicelist.nv", times=None)
    connection.must_sync()
    assert len(connection.warehouse.rows("sales_invoices")) > 20
    told = []
    for written in (1, 2, 3, 3, 4, 5):
        spaces.append(written)
        scenario.clock.advance(days=1)
        connection.must_sync()
        told.append(any("differ from what was read the day before" in text for text in connection.warehouse.warnings()))
    assert told == [False, True, True, False, False, True]
    assert_equals_fresh_read(connection)
