"""Balances: all month ends come in one call, and a day is sent when one of its balances has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.connection import Connection
from integration_tests.interruption import sync_until
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import Scenario
from netvisor_simulator import ApiAssumptions
from netvisor_simulator.company.chart import ACCOUNTS
from source_netvisor.changes import windows

START = "2021-03-15"
STREAM = "account_balances"
FAR = date(2030, 1, 1)


def days_sent(scenario: Scenario, connection: Connection) -> list[str]:
    """Runs a sync a day later; the days of which it sent balances."""
    scenario.clock.advance(days=1)
    connection.must_sync()
    return sorted({row["date"] for row in connection.warehouse.sent_of(STREAM)})


def post(scenario: Scenario, day: date, account: int = 8560) -> Any:
    """A voucher over 50 euros of that day is entered today."""
    lines = ((account, Decimal("50.00")), (1910, Decimal("-50.00")))
    return scenario.changes.add_voucher(scenario.clock.local, day, lines)


def test_a_company_without_news_sends_nothing(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.synced([STREAM], start_date=START)
    assert min(row["date"] for row in connection.warehouse.sent_of(STREAM)) == "2021-03-31"
    for _ in range(2):
        scenario.simulator.calls.clear()
        assert days_sent(scenario, connection) == []
        assert len(scenario.simulator.calls.of("accountbalance.nv")) == 1
    assert_equals_fresh_read(connection)


def test_a_new_month_comes_alone(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.synced([STREAM])
    scenario.clock.advance(days=24)
    assert days_sent(scenario, connection) == ["2026-04-30"]
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("edited", [date(2021, 3, 20), date(2022, 7, 1), date(2024, 2, 29), date(2025, 2, 28)])
def test_an_edit_of_years_ago_brings_every_balance_since(make_scenario: Callable[..., Scenario], edited: date) -> None:
    scenario = make_scenario()
    connection = scenario.synced([STREAM], start_date=START)
    every = sorted({row["date"] for row in connection.warehouse.rows(STREAM).values()})
    post(scenario, edited)
    sent = days_sent(scenario, connection)
    assert sent[0][:7] == edited.isoformat()[:7]
    assert set(sent) <= set(every) and len(sent) > 12
    assert_equals_fresh_read(connection)
    assert days_sent(scenario, connection) == []


def test_more_than_ten_years(make_scenario: Callable[..., Scenario]) -> None:
    """More month ends than one request takes."""
    scenario = make_scenario()
    connection = scenario.synced([STREAM], start_date="2014-01-01")
    assert days_sent(scenario, connection) == []
    post(scenario, date(2014, 1, 31))
    assert days_sent(scenario, connection)[0] == "2014-01-31"
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("day", [date(2025, 2, 3), date(2026, 2, 3)])
@pytest.mark.parametrize("empty", ["listed", "left_out"])
def test_an_account_that_has_no_balance_any_more(make_scenario: Callable[..., Scenario], empty: Any, day: date) -> None:
    """Its only voucher is deleted, and another one entered, for a shorter time: a row moves between days."""
    scenario = make_scenario(ApiAssumptions(empty_balances=empty))
    connection = scenario.connection([STREAM])
    account = next(number for number in ACCOUNTS if not any(scenario.company.account_turnover(number, FAR)))
    voucher = post(scenario, day, account)
    connection.must_sync()
    key = ACCOUNTS[account].key
    assert 50 in {row["balance"] for found, row in connection.warehouse.rows(STREAM).items() if found[0] == key}
    for number in range(4):
        if number % 2 == 0:
            scenario.changes.delete_voucher(scenario.clock.local, voucher.key)
        else:
            voucher = post(scenario, date(day.year, day.month + 1, 3), account)
        assert days_sent(scenario, connection)
        assert_equals_fresh_read(connection)


def test_killed_at_any_message(make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed sync had not sent is not taken for known; four requests stand for many."""
    monkeypatch.setattr(windows, "MOST_DATES", 8)
    scenario = make_scenario(vouchers=20)
    connection = scenario.connection([STREAM], start_date="2024-03-01")
    connection.sync(kill_after=40)
    connection.must_sync()
    post(scenario, date(2024, 3, 1))
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    messages = connection.messages
    assert messages > 20
    for kill_after in range(1, messages, messages // 10):
        post(scenario, date(2024, 3, 1))
        scenario.clock.advance(minutes=1)
        assert not connection.sync(kill_after)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert_equals_fresh_read(connection)


def test_a_pause_of_years_and_an_earlier_start_date(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.synced([STREAM], start_date=START)
    connection.config["start_date"] = "2019-01-01"
    sent = days_sent(scenario, connection)
    assert (sent[0], sent[-1]) == ("2019-01-31", "2021-02-28"), "the days that are known are not sent"
    post(scenario, date(2019, 1, 31))
    assert days_sent(scenario, connection)[0] == "2019-01-31"
    scenario.clock.advance(days=800)
    assert days_sent(scenario, connection)[0] == "2026-04-30"
    assert_equals_fresh_read(connection)


def test_a_later_start_date(make_scenario: Callable[..., Scenario]) -> None:
    """What is dated before it goes, without being asked for."""
    scenario = make_scenario()
    connection = scenario.synced([STREAM], start_date=START)
    connection.config["start_date"] = "2025-01-15"
    assert max(days_sent(scenario, connection)) == "2024-12-31"
    assert min(row["date"] for row in connection.warehouse.rows(STREAM).values()) == "2025-01-31"
    assert_equals_fresh_read(connection)


def test_what_a_killed_sync_had_sent_is_taken_back(make_scenario: Callable[..., Scenario]) -> None:
    """The balances are again what they were before the killed sync, of which the state has no fingerprint."""
    scenario = make_scenario(vouchers=20)
    connection = scenario.synced([STREAM], start_date="2024-01-01")
    scenario.clock.advance(days=1)
    memo = scenario.memo(-1)
    day = scenario.company.voucher_store.get(memo).date
    scenario.changes.backdate_voucher(scenario.clock.local, memo, date(2024, 1, 15))
    waited: set[str] = {"2024-06-30", "2024-07-31"}

    def has_sent_both(message: dict[str, Any]) -> bool:
        waited.discard(message.get("record", {}).get("data", {}).get("date"))
        return not waited

    sync_until(connection, has_sent_both)
    scenario.changes.backdate_voucher(scenario.clock.local, memo, day)
    scenario.clock.advance(minutes=5)
    connection.must_sync()
    assert_equals_fresh_read(connection)
