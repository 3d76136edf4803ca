"""Vouchers that are invalidated, whether or not Netvisor counts that as a change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from integration_tests.connection import Connection
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import Scenario
from netvisor_simulator import ApiAssumptions

STREAMS = ["vouchers", "voucher_lines"]
NO_CHANGE = ApiAssumptions(invalidation_is_change=False)


def invalidate(scenario: Scenario, count: int = 1) -> list[int]:
    """Invalidates some of the oldest valid vouchers that the connection reads; their keys."""
    start = date(scenario.clock.local.year - 1, 1, 1)
    keys = [one.key for one in scenario.company.vouchers() if one.status == "valid" and one.date >= start][:count]
    for key in keys:
        scenario.changes.invalidate_voucher(scenario.clock.local, key)
    return keys


def ledger_calls(scenario: Scenario, connection: Connection) -> int:
    scenario.simulator.calls.clear()
    connection.must_sync()
    return len(scenario.simulator.calls.of("accountingledger.nv"))


def statuses(connection: Connection, keys: list[int]) -> set[Any]:
    """Of these vouchers, in the tables that there are."""
    tables = connection.warehouse.tables
    found = {row["status"] for key, row in connection.warehouse.rows("vouchers").items() if key[0] in keys}
    if "voucher_lines" in tables:
        lines = connection.warehouse.rows("voucher_lines").items()
        found |= {row["voucher_status"] for key, row in lines if key[0] in keys}
    return found


@pytest.mark.parametrize("streams", [STREAMS, STREAMS[:1]], ids=len)
@pytest.mark.parametrize("is_change", [True, False])
def test_the_first_sync_of_a_day_looks(
    make_scenario: Callable[..., Scenario], is_change: Any, streams: list[str]
) -> None:
    scenario = make_scenario(ApiAssumptions(invalidation_is_change=is_change))
    connection = scenario.synced(streams, start_date="2025-01-01")
    scenario.clock.advance(hours=1)
    assert ledger_calls(scenario, connection) == 1, "the changes"
    scenario.clock.advance(days=1)
    first_of_day = 4
    assert ledger_calls(scenario, connection) == first_of_day, (
        "an older month, two recent ones together, status 3, the changes"
    )
    keys = invalidate(scenario, 3)
    scenario.clock.advance(days=1)
    assert ledger_calls(scenario, connection) == first_of_day
    assert statuses(connection, keys) == {"invalidated"}
    assert_equals_fresh_read(connection)
    # those of later on the same day come at once where Netvisor counts them as changes, and else on the next day
    scenario.clock.advance(hours=1)
    more = invalidate(scenario)
    assert ledger_calls(scenario, connection) == 1
    assert statuses(connection, more) == {"invalidated" if is_change else "valid"}
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert statuses(connection, more) == {"invalidated"}
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("is_change", [True, False])
def test_every_sync_looks_where_it_is_told_to(make_scenario: Callable[..., Scenario], is_change: bool) -> None:
    scenario = make_scenario(ApiAssumptions(invalidation_is_change=is_change))
    connection = scenario.synced(STREAMS, start_date="2025-01-01", comparison="every_sync")
    for _ in range(3):
        keys = invalidate(scenario)
        scenario.clock.advance(hours=1)
        connection.must_sync()
        assert statuses(connection, keys) == {"invalidated"}
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("streams", [STREAMS, STREAMS[:1]], ids=len)
def test_a_voucher_that_is_valid_again_comes_with_its_month(
    make_scenario: Callable[..., Scenario], streams: list[str]
) -> None:
    """Nothing tells of it where it is no change: it is seen when its month is compared."""
    scenario = make_scenario(NO_CHANGE)
    connection = scenario.synced(streams, start_date="2025-01-01")
    [key] = invalidate(scenario)
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert statuses(connection, [key]) == {"invalidated"}
    store = scenario.company.voucher_store
    store.put(store.get(key)._replace(status="valid", modified=None))
    for _ in range(14):
        scenario.clock.advance(days=1)
        connection.must_sync()
    assert statuses(connection, [key]) == {"valid"}
    assert_equals_fresh_read(connection)


def test_what_is_known_is_not_sent_again(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(NO_CHANGE)
    connection = scenario.synced(STREAMS, start_date="2025-01-01")
    invalidate(scenario, 2)
    for _ in range(2):
        scenario.clock.advance(days=5)
        connection.must_sync()
    scenario.clock.advance(days=5)
    before = {name: connection.warehouse.rows(name) for name in STREAMS}
    connection.must_sync()
    # another record of the same row would carry another `_ab_modified_until`
    assert {name: connection.warehouse.rows(name) for name in STREAMS} == before
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("streams", [STREAMS, STREAMS[1:]], ids=len)
def test_killed_at_any_message(make_scenario: Callable[..., Scenario], streams: list[str]) -> None:
    scenario = make_scenario(NO_CHANGE, vouchers=200)
    connection = scenario.connection(streams, start_date="2025-01-01")
    connection.sync(30)
    invalidate(scenario)
    scenario.clock.advance(hours=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)
    for kill_after in range(1, 40, 2):
        invalidate(scenario, 2)
        scenario.clock.advance(days=1)
        if connection.sync(kill_after):
            break
        scenario.clock.advance(hours=1)
        connection.must_sync()
        assert_equals_fresh_read(connection)
    assert kill_after > 3


def test_deleted_after_it_was_invalidated(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(NO_CHANGE)
    connection = scenario.synced(STREAMS, start_date="2025-01-01")
    [key] = invalidate(scenario)
    scenario.clock.advance(days=1)
    connection.must_sync()
    scenario.changes.delete_voucher(scenario.clock.local, key)
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert statuses(connection, [key]) == set()
    assert_equals_fresh_read(connection)
