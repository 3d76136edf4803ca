"""Rows of days that are read again, and which are gone: no list of Netvisor's tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

from integration_tests.connection import detail_batches_of
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import TODAY, Scenario
from netvisor_simulator import ApiAssumptions, faults
from netvisor_simulator.company.chart import ACCOUNTS
from netvisor_simulator.company.worktime import hours
from source_netvisor.streams import held_documents

PAYCHECKS = ["payroll_paychecks", "payroll_paycheck_details", "payroll_paycheck_lines"]
HOURS = "work_hours"
BALANCES = "account_balances"
FAR = date(2030, 1, 1)


def paychecks(scenario: Scenario) -> list[Any]:
    """Those of the last ninety days and of those to come."""
    return [one for one in scenario.company.paychecks() if one.payment_date > TODAY - timedelta(days=60)]


def entries(scenario: Scenario) -> Iterator[int]:
    """Keys of entries of working time of the last weeks."""
    company = scenario.company
    for employee in company.employees():
        for age in range(3, 40):
            for entry in hours(company.plan.seed, employee, TODAY - timedelta(days=age), TODAY):
                if entry.key not in company.deleted_hours:
                    yield entry.key


def delete_paycheck(scenario: Scenario) -> None:
    """A paycheck is deleted."""
    scenario.changes.delete_paycheck(scenario.clock.local, paychecks(scenario)[0].key)


def fewer_lines(scenario: Scenario) -> None:
    """A paycheck is calculated anew, and has fewer lines."""
    paycheck = paychecks(scenario)[0]
    scenario.changes.edit_paycheck(scenario.clock.local, paycheck.key, len(paycheck.lines) - 2)


def more_lines(scenario: Scenario) -> None:
    """A paycheck is calculated anew, and has more lines."""
    paycheck = paychecks(scenario)[0]
    scenario.changes.edit_paycheck(scenario.clock.local, paycheck.key, len(paycheck.lines) + 3)


def paid_later_with_fewer_lines(scenario: Scenario) -> None:
    """A paycheck is put off, and has fewer lines."""
    paycheck = paychecks(scenario)[0]
    scenario.changes.edit_paycheck(scenario.clock.local, paycheck.key, 2, paycheck.payment_date + timedelta(days=9))


def delete_hours(scenario: Scenario) -> None:
    """Some entries of working time are deleted."""
    for key in list(islice(entries(scenario), 2)):
        scenario.changes.delete_work_hour(key)


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
@pytest.mark.parametrize("change", [delete_paycheck, fewer_lines, more_lines, paid_later_with_fewer_lines])
@pytest.mark.parametrize("streams", [*([one] for one in PAYCHECKS), PAYCHECKS], ids=len)
def test_paychecks(
    make_scenario: Callable[..., Scenario], streams: list[str], change: Callable[[Scenario], None], bounds: Any
) -> None:
    scenario = make_scenario(ApiAssumptions(date_bounds=bounds), vouchers=400)
    connection = scenario.connection(streams)
    connection.must_sync()
    for pause in (1, 20, 1):
        scenario.clock.advance(days=pause)
        change(scenario)
        connection.must_sync()
        assert_equals_fresh_read(connection)


def test_a_line_that_comes_back(make_scenario: Callable[..., Scenario]) -> None:
    """Lines are numbered, so a later one has the key of one that was deleted."""
    scenario = make_scenario(vouchers=400)
    connection = scenario.connection(PAYCHECKS[2:])
    connection.must_sync()
    key = paychecks(scenario)[0].key
    for lines in (1, 5, 2, 9):
        scenario.clock.advance(hours=5)
        scenario.changes.edit_paycheck(scenario.clock.local, key, lines)
        connection.must_sync()
        found = [number for paycheck, number in connection.warehouse.rows(PAYCHECKS[2]) if paycheck == key]
        assert found == list(range(1, lines + 1))
    assert_equals_fresh_read(connection)


def test_hours(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.connection([HOURS])
    connection.must_sync()
    for pause in (1, 15):
        scenario.clock.advance(days=pause)
        delete_hours(scenario)
        connection.must_sync()
        assert_equals_fresh_read(connection)


def unused(scenario: Scenario) -> int:
    """The number of an account to which the company has never posted anything."""
    return next(number for number in ACCOUNTS if not any(scenario.company.account_turnover(number, FAR)))


def post(scenario: Scenario, day: date, account: int) -> Any:
    """Something is posted to the account; the voucher."""
    return scenario.changes.add_voucher(
        scenario.clock.local, day, ((account, Decimal("50.00")), (1910, Decimal("-50.00")))
    )


@pytest.mark.parametrize("day", [date(2025, 2, 3), date(2026, 2, 3)])
@pytest.mark.parametrize("empty", ["listed", "left_out"])
def test_balances(make_scenario: Callable[..., Scenario], empty: Any, day: date) -> None:
    """The only voucher of an account is deleted, and another one entered, for a shorter time."""
    scenario = make_scenario(ApiAssumptions(empty_balances=empty))
    connection = scenario.connection([BALANCES])
    account = unused(scenario)
    voucher = post(scenario, day, account)
    connection.must_sync()
    found = [
        row["balance"] for (key, _), row in connection.warehouse.rows(BALANCES).items() if key == ACCOUNTS[account].key
    ]
    assert 50 in found
    for number in range(4):
        scenario.clock.advance(days=1)
        if number % 2 == 0:
            scenario.changes.delete_voucher(scenario.clock.local, voucher.key)
        else:
            voucher = post(scenario, day + timedelta(days=28), account)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert_equals_fresh_read(connection)


STREAMS = [*PAYCHECKS, HOURS, BALANCES]


def everything(scenario: Scenario, number: int) -> None:
    """Something vanishes from each stream."""
    (delete_paycheck if number % 5 == 1 else fewer_lines if number % 2 else more_lines)(scenario)
    delete_hours(scenario)
    if number % 2:
        scenario.posted.append(post(scenario, TODAY - timedelta(days=30), unused(scenario)))
    elif scenario.posted:
        scenario.changes.delete_voucher(scenario.clock.local, scenario.posted.pop().key)


@pytest.mark.parametrize("at_once", [1, 4000])
@pytest.mark.parametrize("streams", [*([one] for one in STREAMS), STREAMS], ids=len)
def test_killed_at_any_message(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch, streams: list[str], at_once: int
) -> None:
    monkeypatch.setattr(held_documents, "BYTES_AT_ONCE", 400 * at_once)
    monkeypatch.setattr(held_documents, "MOST_BYTES", 400 * at_once)
    scenario = make_scenario(ApiAssumptions(empty_balances="left_out"), vouchers=400)
    connection = scenario.connection(streams, start_date="2025-12-01")
    for kill_after in range(1, 60, 9):
        everything(scenario, kill_after)
        scenario.clock.advance(minutes=10)
        connection.sync(kill_after)
        everything(scenario, kill_after + 1)
        scenario.clock.advance(hours=kill_after)
        connection.must_sync()
        assert_equals_fresh_read(connection)


def test_a_document_that_netvisor_refuses_is_not_taken_for_gone(make_scenario: Callable[..., Scenario]) -> None:
    """Only what was read, and does not have the row, can say so."""
    scenario = make_scenario(vouchers=400)
    connection = scenario.connection([PAYCHECKS[1], HOURS])
    connection.must_sync()
    before = {name: set(connection.warehouse.rows(name)) for name in (PAYCHECKS[1], HOURS)}
    scenario.clock.advance(days=1)
    for resource in ("getpayrollpaycheckbatch.nv", "getworkdays.nv"):
        scenario.simulator.faults.add(faults.netvisor_code("INVALID_DATA", "not now"), resource=resource, times=1)
    connection.must_sync()
    assert {name: set(connection.warehouse.rows(name)) for name in before} == before
    delete_hours(scenario)
    delete_paycheck(scenario)
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_older_days_are_forgotten(make_scenario: Callable[..., Scenario]) -> None:
    """The state knows rows of the days that are read again, however long the first read was."""
    scenario = make_scenario(vouchers=600)
    sizes = []
    for start in ("2023-01-01", "2025-12-01"):
        connection = scenario.connection([HOURS], start_date=start)
        connection.must_sync()
        state = connection.warehouse.stream_state(HOURS)
        sizes.append(sum(map(len, state["rows_of_days"])))
    assert sizes[0] < 1.5 * sizes[1]


def test_a_state_of_an_earlier_version(make_scenario: Callable[..., Scenario]) -> None:
    """It does not know the rows; from the next sync on they are known."""
    scenario = make_scenario(vouchers=400)
    with detail_batches_of(2):
        connection = scenario.connection(STREAMS)
        connection.must_sync()
        for name in STREAMS:
            assert connection.warehouse.states[name]["stream"]["stream_state"].pop("rows_of_days")
        connection.must_sync()
        scenario.clock.advance(days=1)
        everything(scenario, 1)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
    assert_equals_fresh_read(connection)
