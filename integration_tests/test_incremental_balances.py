"""Balances of long ago: asked for in the same call as the new ones, and sent when a late edit has changed them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.connection import Connection
from integration_tests.interruption import sync_until
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import TODAY, Scenario
from source_netvisor.sync import plan

START = "2021-03-15"
THIRTEEN_MONTHS_AGO = "2025-03-01"
STREAM = "account_balances"


def sent_by(connection: Connection) -> list[dict[str, Any]]:
    """Runs a sync; the rows that it sent."""
    sent: list[dict[str, Any]] = []
    table = connection.warehouse.tables[STREAM]
    append = table.append

    def note(record: dict[str, Any]) -> None:
        sent.append(record)
        append(record)

    table.append = note  # type: ignore[method-assign]
    try:
        connection.must_sync()
    finally:
        del table.append  # type: ignore[method-assign]
    return sent


def post(scenario: Scenario, day: date) -> None:
    """A voucher over 50 euros of that day is entered today."""
    scenario.changes.add_voucher(scenario.clock.local, day, ((8560, Decimal("50.00")), (1910, Decimal("-50.00"))))


def test_an_unchanged_company_sends_the_last_thirteen_month_ends_only(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.connection([STREAM], start_date=START)
    first = sent_by(connection)
    assert min(row["date"] for row in first) == "2021-03-31"
    for _ in range(2):
        scenario.clock.advance(days=1)
        scenario.simulator.calls.clear()
        days = sorted({row["date"] for row in sent_by(connection)})
        assert days[0] == "2025-03-31" and len(days) == 13
        assert len(scenario.simulator.calls.of("accountbalance.nv")) == 1
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("edited", [date(2021, 3, 20), date(2022, 7, 1), date(2024, 2, 29), date(2025, 2, 28)])
def test_an_edit_of_years_ago_brings_every_balance_since(make_scenario: Callable[..., Scenario], edited: date) -> None:
    scenario = make_scenario()
    connection = scenario.connection([STREAM], start_date=START)
    connection.must_sync()
    scenario.clock.advance(days=1)
    post(scenario, edited)
    days = {row["date"] for row in sent_by(connection)}
    assert min(days) == min(day for day in days if day >= edited.isoformat()), "nothing before the edit"
    assert min(days)[:7] == edited.isoformat()[:7]
    assert_equals_fresh_read(connection)
    scenario.clock.advance(days=1)
    assert min(row["date"] for row in sent_by(connection)) > THIRTEEN_MONTHS_AGO


def test_more_than_ten_years(make_scenario: Callable[..., Scenario]) -> None:
    """More month ends than one request takes: the older request's checksums hold as well."""
    scenario = make_scenario()
    connection = scenario.connection([STREAM], start_date="2014-01-01")
    connection.must_sync()
    scenario.clock.advance(days=1)
    assert min(row["date"] for row in sent_by(connection)) > THIRTEEN_MONTHS_AGO
    post(scenario, date(2014, 1, 31))
    scenario.clock.advance(days=1)
    assert min(row["date"] for row in sent_by(connection)) == "2014-01-31"
    assert_equals_fresh_read(connection)


def test_killed_at_any_message(make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed sync had not sent is not taken for known; four requests stand for many."""
    monkeypatch.setattr(plan, "MOST_DATES", 8)
    scenario = make_scenario(vouchers=20)
    connection = scenario.connection([STREAM], start_date="2024-03-01")
    connection.sync(kill_after=40)
    connection.must_sync()
    post(scenario, date(2024, 3, 1))
    scenario.clock.advance(minutes=1)
    messages = Connection(connection.config, [STREAM])
    messages.must_sync()
    for kill_after in range(5, messages.messages, messages.messages // 14):
        post(scenario, date(2024, 3, 1))
        scenario.clock.advance(minutes=1)
        assert not connection.sync(kill_after)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert_equals_fresh_read(connection)


def test_a_state_without_checksums_sends_everything_once(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.connection([STREAM], start_date=START)
    connection.must_sync()
    del connection.warehouse.states[STREAM]["stream"]["stream_state"]["day_checksums"]
    post(scenario, date(2021, 5, 1))
    scenario.clock.advance(days=1)
    assert min(row["date"] for row in sent_by(connection)) == "2021-03-31"
    assert_equals_fresh_read(connection)
    scenario.clock.advance(days=1)
    assert min(row["date"] for row in sent_by(connection)) > THIRTEEN_MONTHS_AGO


def test_a_pause_of_years_and_an_earlier_start_date(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.connection([STREAM], start_date=START)
    connection.must_sync()
    connection.config["start_date"] = "2019-01-01"
    scenario.clock.advance(days=1)
    connection.must_sync()
    post(scenario, date(2019, 1, 31))
    scenario.clock.advance(days=1)
    assert min(row["date"] for row in sent_by(connection)) == "2019-01-31"
    scenario.clock.advance(days=800)
    post(scenario, TODAY)
    days = {row["date"] for row in sent_by(connection)}
    assert min(days) == "2025-03-31" and len(days) == 39
    assert_equals_fresh_read(connection)


def test_the_state_has_a_checksum_of_each_month_end(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.connection([STREAM], start_date=START)
    connection.must_sync()
    state = connection.warehouse.states[STREAM]["stream"]["stream_state"]["day_checksums"]
    assert len(state) == 61 and all(len(checksum) == 16 for checksum in state.values())
    state["2022-01-31"] = "0" * 16
    scenario.clock.advance(days=1)
    assert {row["date"] for row in sent_by(connection) if row["date"] < THIRTEEN_MONTHS_AGO} == {"2022-01-31"}


def test_what_a_killed_sync_had_sent_is_taken_back(make_scenario: Callable[..., Scenario]) -> None:
    """The balances are again what they were before the killed sync, which the warehouse does not know."""
    scenario = make_scenario(vouchers=20)
    connection = scenario.connection([STREAM], start_date="2024-01-01")
    connection.must_sync()
    scenario.clock.advance(days=1)
    memo = scenario.memo(-1)
    day = scenario.company.voucher_store.get(memo).date
    scenario.changes.backdate_voucher(scenario.clock.local, memo, date(2024, 1, 15))
    wrong = {key for key in connection.warehouse.rows(STREAM) if "2024-06-30" in key}

    def has_told_all(message: dict[str, Any]) -> bool:
        record = message.get("record", {}).get("data", {})
        wrong.discard((record.get("account_netvisor_key"), record.get("date")))
        return not wrong

    sync_until(connection, has_told_all)
    scenario.changes.backdate_voucher(scenario.clock.local, memo, day)
    scenario.clock.advance(minutes=5)
    connection.must_sync()
    assert_equals_fresh_read(connection)
