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
from integration_tests.world import TODAY, World
from netvisor_simulator import Readings, faults
from netvisor_simulator.company.chart import ACCOUNTS
from netvisor_simulator.company.worktime import hours
from source_netvisor.streams import held_documents

PAYCHECKS = ["payroll_paychecks", "payroll_paycheck_details", "payroll_paycheck_lines"]
HOURS = "work_hours"
BALANCES = "account_balances"
FAR = date(2030, 1, 1)


def paychecks(world: World) -> list[Any]:
    """Those of the last ninety days and of those to come."""
    return [one for one in world.company.paychecks() if one.payment_date > TODAY - timedelta(days=60)]


def entries(world: World) -> Iterator[int]:
    """Keys of entries of working time of the last weeks."""
    company = world.company
    for employee in company.employees():
        for age in range(3, 40):
            for entry in hours(company.plan.seed, employee, TODAY - timedelta(days=age), TODAY):
                if entry.key not in company.deleted_hours:
                    yield entry.key


def delete_paycheck(world: World) -> None:
    """A paycheck is deleted."""
    world.changes.delete_paycheck(world.clock.local, paychecks(world)[0].key)


def fewer_lines(world: World) -> None:
    """A paycheck is calculated anew, and has fewer lines."""
    paycheck = paychecks(world)[0]
    world.changes.edit_paycheck(world.clock.local, paycheck.key, len(paycheck.lines) - 2)


def more_lines(world: World) -> None:
    """A paycheck is calculated anew, and has more lines."""
    paycheck = paychecks(world)[0]
    world.changes.edit_paycheck(world.clock.local, paycheck.key, len(paycheck.lines) + 3)


def paid_later_with_fewer_lines(world: World) -> None:
    """A paycheck is put off, and has fewer lines."""
    paycheck = paychecks(world)[0]
    world.changes.edit_paycheck(world.clock.local, paycheck.key, 2, paycheck.payment_date + timedelta(days=9))


def delete_hours(world: World) -> None:
    """Some entries of working time are deleted."""
    for key in list(islice(entries(world), 2)):
        world.changes.delete_work_hour(key)


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
@pytest.mark.parametrize("change", [delete_paycheck, fewer_lines, more_lines, paid_later_with_fewer_lines])
@pytest.mark.parametrize("streams", [*([one] for one in PAYCHECKS), PAYCHECKS], ids=len)
def test_paychecks(
    make_world: Callable[..., World], streams: list[str], change: Callable[[World], None], bounds: Any
) -> None:
    world = make_world(Readings(date_bounds=bounds), vouchers=400)
    connection = world.connection(streams)
    connection.must_sync()
    for pause in (1, 20, 1):
        world.clock.advance(days=pause)
        change(world)
        connection.must_sync()
        assert_equals_fresh_read(connection)


def test_a_line_that_comes_back(make_world: Callable[..., World]) -> None:
    """Lines are numbered, so a later one has the key of one that was deleted."""
    world = make_world(vouchers=400)
    connection = world.connection(PAYCHECKS[2:])
    connection.must_sync()
    key = paychecks(world)[0].key
    for lines in (1, 5, 2, 9):
        world.clock.advance(hours=5)
        world.changes.edit_paycheck(world.clock.local, key, lines)
        connection.must_sync()
        found = [number for paycheck, number in connection.warehouse.rows(PAYCHECKS[2]) if paycheck == key]
        assert found == list(range(1, lines + 1))
    assert_equals_fresh_read(connection)


def test_hours(make_world: Callable[..., World]) -> None:
    world = make_world()
    connection = world.connection([HOURS])
    connection.must_sync()
    for pause in (1, 15):
        world.clock.advance(days=pause)
        delete_hours(world)
        connection.must_sync()
        assert_equals_fresh_read(connection)


def unused(world: World) -> int:
    """The number of an account to which the company has never posted anything."""
    return next(number for number in ACCOUNTS if not any(world.company.account_turnover(number, FAR)))


def post(world: World, day: date, account: int) -> Any:
    """Something is posted to the account; the voucher."""
    return world.changes.add_voucher(world.clock.local, day, ((account, Decimal("50.00")), (1910, Decimal("-50.00"))))


@pytest.mark.parametrize("day", [date(2025, 2, 3), date(2026, 2, 3)])
@pytest.mark.parametrize("empty", ["listed", "left_out"])
def test_balances(make_world: Callable[..., World], empty: Any, day: date) -> None:
    """The only voucher of an account is deleted, and another one entered, for a shorter time."""
    world = make_world(Readings(empty_balances=empty))
    connection = world.connection([BALANCES])
    account = unused(world)
    voucher = post(world, day, account)
    connection.must_sync()
    found = [
        row["balance"] for (key, _), row in connection.warehouse.rows(BALANCES).items() if key == ACCOUNTS[account].key
    ]
    assert 50 in found
    for number in range(4):
        world.clock.advance(days=1)
        if number % 2 == 0:
            world.changes.delete_voucher(world.clock.local, voucher.key)
        else:
            voucher = post(world, day + timedelta(days=28), account)
        world.clock.advance(minutes=1)
        connection.must_sync()
        assert_equals_fresh_read(connection)


STREAMS = [*PAYCHECKS, HOURS, BALANCES]


def everything(world: World, number: int) -> None:
    """Something vanishes from each stream."""
    (delete_paycheck if number % 5 == 1 else fewer_lines if number % 2 else more_lines)(world)
    delete_hours(world)
    if number % 2:
        world.posted.append(post(world, TODAY - timedelta(days=30), unused(world)))
    elif world.posted:
        world.changes.delete_voucher(world.clock.local, world.posted.pop().key)


@pytest.mark.parametrize("at_once", [1, 4000])
@pytest.mark.parametrize("streams", [*([one] for one in STREAMS), STREAMS], ids=len)
def test_killed_at_any_message(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch, streams: list[str], at_once: int
) -> None:
    monkeypatch.setattr(held_documents, "BYTES_AT_ONCE", 400 * at_once)
    monkeypatch.setattr(held_documents, "MOST_BYTES", 400 * at_once)
    world = make_world(Readings(empty_balances="left_out"), vouchers=400)
    connection = world.connection(streams, start_date="2025-12-01")
    for kill_after in range(1, 60, 9):
        everything(world, kill_after)
        world.clock.advance(minutes=10)
        connection.sync(kill_after)
        everything(world, kill_after + 1)
        world.clock.advance(hours=kill_after)
        connection.must_sync()
        assert_equals_fresh_read(connection)


def test_a_document_that_netvisor_refuses_is_not_taken_for_gone(make_world: Callable[..., World]) -> None:
    """Only what was read, and does not have the row, can say so."""
    world = make_world(vouchers=400)
    connection = world.connection([PAYCHECKS[1], HOURS])
    connection.must_sync()
    before = {name: set(connection.warehouse.rows(name)) for name in (PAYCHECKS[1], HOURS)}
    world.clock.advance(days=1)
    for resource in ("getpayrollpaycheckbatch.nv", "getworkdays.nv"):
        world.simulator.faults.add(faults.netvisor_code("INVALID_DATA", "not now"), resource=resource, times=1)
    connection.must_sync()
    assert {name: set(connection.warehouse.rows(name)) for name in before} == before
    delete_hours(world)
    delete_paycheck(world)
    world.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_older_days_are_forgotten(make_world: Callable[..., World]) -> None:
    """The state knows rows of the days that are read again, however long the first read was."""
    world = make_world(vouchers=600)
    sizes = []
    for start in ("2023-01-01", "2025-12-01"):
        connection = world.connection([HOURS], start_date=start)
        connection.must_sync()
        state = connection.warehouse.stream_state(HOURS)
        sizes.append(sum(map(len, state["rows_of_days"])))
    assert sizes[0] < 1.5 * sizes[1]


def test_a_state_of_an_earlier_version(make_world: Callable[..., World]) -> None:
    """It does not know the rows; from the next sync on they are known."""
    world = make_world(vouchers=400)
    with detail_batches_of(2):
        connection = world.connection(STREAMS)
        connection.must_sync()
        for name in STREAMS:
            assert connection.warehouse.states[name]["stream"]["stream_state"].pop("rows_of_days")
        connection.must_sync()
        world.clock.advance(days=1)
        everything(world, 1)
        world.clock.advance(minutes=1)
        connection.must_sync()
    assert_equals_fresh_read(connection)
