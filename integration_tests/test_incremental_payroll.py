"""Paychecks and hours, of whose changes no list reports: the last ninety days are compared, older ones by turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

import pytest

from integration_tests.connection import Connection, batches_of, detail_batches_of
from integration_tests.interruption import sync_until
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import TODAY, Scenario
from netvisor_simulator import ApiAssumptions, faults
from netvisor_simulator.company.worktime import hours

PAYCHECKS = ["payroll_paychecks", "payroll_paycheck_details", "payroll_paycheck_lines"]
HOURS = "work_hours"
STREAMS = [*PAYCHECKS, HOURS]
DETAILS = "getpayrollpaycheckbatch.nv"
AUTUMN = "2025-08-15"
"""A start date that leaves some months older than ninety days."""


def paychecks(scenario: Scenario, since: date = TODAY - timedelta(days=60), before: date = date.max) -> list[Any]:
    """Those paid on these days."""
    return [one for one in scenario.company.paychecks() if since <= one.payment_date < before]


def entries(scenario: Scenario, youngest: int = 3) -> Iterator[int]:
    """Keys of entries of working time, of the last weeks where nothing else is said."""
    company = scenario.company
    for employee in company.employees():
        for age in range(youngest, youngest + 37):
            for entry in hours(company.plan.seed, employee, TODAY - timedelta(days=age), TODAY):
                if entry.key not in company.deleted_hours:
                    yield entry.key


def delete_paycheck(scenario: Scenario) -> None:
    """A paycheck is deleted."""
    scenario.changes.delete_paycheck(scenario.clock.local, paychecks(scenario)[0].key)


def fewer_lines(scenario: Scenario) -> None:
    """A paycheck is calculated again, and has fewer lines."""
    paycheck = paychecks(scenario)[0]
    scenario.changes.edit_paycheck(scenario.clock.local, paycheck.key, len(paycheck.lines) - 2)


def more_lines(scenario: Scenario) -> None:
    """A paycheck is calculated again, and has more lines."""
    paycheck = paychecks(scenario)[0]
    scenario.changes.edit_paycheck(scenario.clock.local, paycheck.key, len(paycheck.lines) + 3)


def paid_later_with_fewer_lines(scenario: Scenario) -> None:
    """A paycheck is put off, and has fewer lines."""
    paycheck = paychecks(scenario)[0]
    scenario.changes.edit_paycheck(scenario.clock.local, paycheck.key, 2, paycheck.payment_date + timedelta(days=9))


def paid_long_ago(scenario: Scenario) -> None:
    """A paycheck of the last weeks gets a date of an older month, which that day's sync does not read anyway."""
    paycheck = paychecks(scenario)[0]
    scenario.changes.edit_paycheck(scenario.clock.local, paycheck.key, 2, date(2025, 10, 14))


def delete_hours(scenario: Scenario) -> None:
    """Some entries of working time are deleted."""
    for key in list(islice(entries(scenario), 2)):
        scenario.changes.delete_work_hour(key)


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
@pytest.mark.parametrize(
    "change", [delete_paycheck, fewer_lines, more_lines, paid_later_with_fewer_lines, paid_long_ago]
)
def test_paychecks(make_scenario: Callable[..., Scenario], change: Callable[[Scenario], None], bounds: Any) -> None:
    scenario = make_scenario(ApiAssumptions(date_bounds=bounds), vouchers=200)
    connections = [scenario.connection(streams, start_date=AUTUMN) for streams in (PAYCHECKS[2:], PAYCHECKS)]
    for connection in connections:
        connection.must_sync()
    for pause in (1, 20):
        scenario.clock.advance(days=pause)
        change(scenario)
        for connection in connections:
            connection.must_sync()
            assert_equals_fresh_read(connection)


def test_a_line_that_comes_back(make_scenario: Callable[..., Scenario]) -> None:
    """Lines are numbered, so a later one has the key of one that was deleted."""
    scenario = make_scenario(vouchers=200)
    connection = scenario.synced(PAYCHECKS[2:], start_date=AUTUMN)
    key = paychecks(scenario)[0].key
    for lines in (1, 5, 2, 9):
        scenario.clock.advance(days=1)
        scenario.changes.edit_paycheck(scenario.clock.local, key, lines)
        connection.must_sync()
        found = [number for paycheck, number in connection.warehouse.rows(PAYCHECKS[2]) if paycheck == key]
        assert found == list(range(1, lines + 1))
    assert_equals_fresh_read(connection)


def test_hours(make_scenario: Callable[..., Scenario]) -> None:
    """Entries go with the next sync, also a later one of the same day."""
    scenario = make_scenario()
    connection = scenario.synced([HOURS])
    for pause in (1, 24, 360):
        scenario.clock.advance(hours=pause)
        delete_hours(scenario)
        connection.must_sync()
        assert_equals_fresh_read(connection)


def test_details_of_paid_paychecks_are_read_once_a_day_and_of_others_each_time(
    make_scenario: Callable[..., Scenario],
) -> None:
    scenario = make_scenario(vouchers=200)
    connection = scenario.synced(PAYCHECKS)
    first = (TODAY - timedelta(days=90)).replace(day=1) - timedelta(days=27)
    recent = {one.key: one.status for one in paychecks(scenario, first)}
    asked: list[set[int]] = []
    for hours_later in (24, 2):
        scenario.clock.advance(hours=hours_later)
        scenario.simulator.calls.clear()
        connection.must_sync()
        asked.append({int(call.query.rpartition("=")[2]) for call in scenario.simulator.calls.of(DETAILS)})
        assert not connection.warehouse.sent
    unpaid = {key for key, status in recent.items() if status != 3}
    assert asked[1] == unpaid
    assert asked[0] >= {key for key in recent if scenario.company.paycheck_store.get(key).payment_date > first}


def sync_daily(scenario: Scenario, connection: Connection, days: int) -> None:
    """A sync on each of so many days."""
    for _ in range(days):
        scenario.clock.advance(days=1)
        connection.must_sync()


@pytest.mark.parametrize("change", ["delete", "edit"])
def test_older_paychecks_and_hours_have_their_turn(make_scenario: Callable[..., Scenario], change: str) -> None:
    """One older month is compared each day, so what changed late arrives in as many days as there are months."""
    scenario = make_scenario(vouchers=200)
    connection = scenario.synced(STREAMS, start_date="2025-05-15")
    for paycheck in paychecks(scenario, date(2025, 5, 15), date(2025, 11, 15))[::3]:
        if change == "delete":
            scenario.changes.delete_paycheck(scenario.clock.local, paycheck.key)
        else:
            scenario.changes.edit_paycheck(scenario.clock.local, paycheck.key, 2)
    for key in list(islice(entries(scenario, 200), 3)):
        scenario.changes.delete_work_hour(key)
    sync_daily(scenario, connection, 8)
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("at_once", [1, 4000])
@pytest.mark.parametrize("streams", [PAYCHECKS[2:], STREAMS], ids=len)
def test_killed_at_any_message(make_scenario: Callable[..., Scenario], streams: list[str], at_once: int) -> None:
    scenario = make_scenario(vouchers=200)
    connection = scenario.connection(streams, start_date="2025-12-01")
    with batches_of(400 * at_once):
        for kill_after in range(1, 60, 9):
            (delete_paycheck if kill_after % 5 == 1 else fewer_lines if kill_after % 2 else more_lines)(scenario)
            delete_hours(scenario)
            scenario.clock.advance(minutes=10)
            connection.sync(kill_after)
            more_lines(scenario)
            delete_hours(scenario)
            # paid paychecks are read once a day
            scenario.clock.advance(hours=24 + kill_after)
            connection.must_sync()
            assert_equals_fresh_read(connection)


def window_done(day: date) -> Callable[[dict[str, Any]], bool]:
    """Whether a message is a state of paychecks by which the windows before the day have been read."""

    def look(message: dict[str, Any]) -> bool:
        state = message.get("state", {}).get("stream", {}).get("stream_state", {})
        following = (state.get("backfill") or {}).get("next")
        return following is not None and following > day.isoformat()

    return look


@pytest.mark.parametrize("streams", [[PAYCHECKS[0]], STREAMS], ids=len)
def test_a_first_read_that_is_killed_knows_what_changed_in_windows_that_it_had_read(
    make_scenario: Callable[..., Scenario], streams: list[str]
) -> None:
    """No list reports it, so the last ninety days are compared again."""
    scenario = make_scenario(vouchers=200)
    connection = scenario.connection(streams, start_date=AUTUMN)
    with batches_of(400):
        sync_until(connection, window_done(date(2026, 2, 10)))
        delete_paycheck(scenario)
        delete_hours(scenario)
        fewer_lines(scenario)
        scenario.clock.advance(minutes=10)
        connection.must_sync()
    assert_equals_fresh_read(connection)


def test_a_document_that_netvisor_refuses_is_not_taken_for_gone(make_scenario: Callable[..., Scenario]) -> None:
    """Only what was read, and does not have the row, can say so."""
    scenario = make_scenario(vouchers=200)
    connection = scenario.synced([PAYCHECKS[1], HOURS])
    before = {name: set(connection.warehouse.rows(name)) for name in (PAYCHECKS[1], HOURS)}
    scenario.clock.advance(days=1)
    for resource in (DETAILS, "getworkdays.nv"):
        scenario.simulator.faults.add(faults.netvisor_code("INVALID_DATA", "not now"), resource=resource, times=1)
    connection.must_sync()
    assert {name: set(connection.warehouse.rows(name)) for name in before} == before
    delete_hours(scenario)
    delete_paycheck(scenario)
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_streams_that_stand_at_different_days_share_their_requests(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=200, today=date(2026, 2, 27))
    connection = scenario.synced(PAYCHECKS, start_date=AUTUMN)
    selected = connection.catalog["streams"]
    for ahead in range(len(PAYCHECKS)):
        connection.catalog["streams"] = [selected[ahead]]
        scenario.clock.advance(days=1)
        connection.must_sync()
        connection.catalog["streams"] = selected
        more_lines(scenario)
        scenario.clock.advance(days=1)
        scenario.simulator.calls.clear()
        connection.must_sync()
        asked = [(call.resource, call.query) for call in scenario.simulator.calls]
        assert len(asked) == len(set(asked))
        assert_equals_fresh_read(connection)


def test_small_batches_and_large_ones_give_the_same(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=200)
    whole = scenario.connection(STREAMS, start_date=AUTUMN)
    whole.must_sync()
    small = scenario.connection(STREAMS, start_date=AUTUMN)
    with batches_of(400), detail_batches_of(2):
        small.must_sync()
    assert all(small.warehouse.rows(name) == whole.warehouse.rows(name) for name in STREAMS)
    assert min(len(whole.warehouse.rows(name)) for name in STREAMS) > 5
