"""New invoices and orders that nobody has modified: whether `lastmodifiedstart` lists them is not documented. Where it
does they come with the next sync, and otherwise with the first one of the next day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from integration_tests.connection import Connection, detail_batches_of
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import TODAY, Scenario
from netvisor_simulator import ApiAssumptions

GROUPS: dict[str, list[str]] = {
    "sales_invoice": ["sales_invoices", "sales_invoice_details", "sales_invoice_lines"],
    "sales_order": ["sales_orders", "sales_order_details", "sales_order_lines"],
    "purchase_invoice": ["purchase_invoices", "purchase_invoice_details", "purchase_invoice_lines"],
    "purchase_order": ["purchase_orders", "purchase_order_details", "purchase_order_lines"],
}
KINDS = list(GROUPS)
OUT = ApiAssumptions(never_modified="out")
DATES = (date(2025, 1, 1), date(2025, 12, 31), TODAY, date(2031, 1, 1))
"""Of documents that are entered or imported on the same day."""


def add(scenario: Scenario, kind: str, day: date | None = None) -> int:
    """Enters a document that nobody modifies; its key."""
    key: int = getattr(scenario.changes, f"add_{kind}")(scenario.clock.local, day).key
    return key


def has(connection: Connection, kind: str, key: int) -> bool:
    """Whether every table of the kind has the document."""
    return all(key in {found[0] for found in connection.warehouse.rows(name)} for name in GROUPS[kind])


@pytest.mark.parametrize("list_cap", [None, 500])
@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
@pytest.mark.parametrize("kind", KINDS)
def test_documents_of_any_date_arrive_with_the_next_day(
    make_scenario: Callable[..., Scenario], kind: str, bounds: Any, list_cap: Any
) -> None:
    assumptions = ApiAssumptions(never_modified="out", date_bounds=bounds, modified_bounds=bounds, list_cap=list_cap)
    scenario = make_scenario(assumptions, vouchers=20)
    connection = scenario.synced(GROUPS[kind], lookback_days=0)
    for day in DATES:
        scenario.clock.advance(hours=9)
        keys = [add(scenario, kind, day), add(scenario, kind, day)]
        scenario.clock.advance(days=1)
        connection.must_sync()
        assert all(has(connection, kind, key) for key in keys)
    assert_equals_fresh_read(connection)
    scenario.simulator.assert_clean()


@pytest.mark.parametrize(("listed", "comparison"), [("in", "daily"), ("in", "every_sync"), ("out", "every_sync")])
@pytest.mark.parametrize("kind", KINDS)
def test_documents_that_arrive_with_the_next_sync(
    make_scenario: Callable[..., Scenario], kind: str, listed: Any, comparison: str
) -> None:
    scenario = make_scenario(ApiAssumptions(never_modified=listed), vouchers=20)
    connection = scenario.synced(GROUPS[kind], comparison=comparison)
    for day in DATES:
        scenario.clock.advance(minutes=30)
        key = add(scenario, kind, day)
        scenario.clock.advance(minutes=30)
        connection.must_sync()
        assert has(connection, kind, key)
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_documents_of_a_company(make_scenario: Callable[..., Scenario], kind: str) -> None:
    scenario = make_scenario(OUT, vouchers=20)
    connection = scenario.connection(GROUPS[kind], start_date=TODAY.isoformat())
    store = getattr(scenario.company, f"{kind}_store")
    for key in [one.key for one in store.living() if one.date >= TODAY]:
        getattr(scenario.changes, f"delete_{kind}")(scenario.clock.local, key)
    for _ in range(2):
        connection.must_sync()
        assert not any(connection.warehouse.rows(name) for name in GROUPS[kind])
        scenario.clock.advance(days=1)
    key = add(scenario, kind)
    connection.must_sync()
    assert has(connection, kind, key)
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_message(make_scenario: Callable[..., Scenario], kind: str) -> None:
    """A document that the state knows and the warehouse does not have comes with the next sync.

    The kinds share the messages among them, for what a kind's sync says has the same order for all.
    """
    scenario = make_scenario(OUT, vouchers=20)
    connection = scenario.synced(GROUPS[kind])
    for number, kill_after in enumerate(range(1 + KINDS.index(kind), 40, len(KINDS))):
        scenario.clock.advance(days=1)
        add(scenario, kind)
        new = add(scenario, kind, DATES[number % len(DATES)])
        getattr(scenario.changes, f"edit_{kind}")(scenario.clock.local, new)
        scenario.clock.advance(minutes=1)
        if connection.sync(kill_after):
            continue
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("messages", [5, 20, 45])
@pytest.mark.parametrize("kind", KINDS)
def test_a_first_read_that_is_killed(make_scenario: Callable[..., Scenario], kind: str, messages: int) -> None:
    scenario = make_scenario(OUT, vouchers=40)
    connection = scenario.connection(GROUPS[kind])
    with detail_batches_of(2):
        connection.sync(messages)
        scenario.clock.advance(minutes=5)
        add(scenario, kind)
        # some streams may have come to their end: they have the new document on the next day
        scenario.clock.advance(days=1)
        connection.must_sync()
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("kind", KINDS)
def test_documents_of_before_the_start_date_stay_out(make_scenario: Callable[..., Scenario], kind: str) -> None:
    scenario = make_scenario(OUT)
    connection = scenario.synced(GROUPS[kind], start_date="2025-06-01")
    scenario.clock.advance(days=1)
    old = add(scenario, kind, date(2025, 5, 31))
    for _ in range(2):
        connection.must_sync()
        assert old not in {key[0] for key in connection.warehouse.rows(GROUPS[kind][0])}
        scenario.clock.advance(days=1)
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ahead", [0, 1, 2])
def test_streams_that_stand_at_different_days(make_scenario: Callable[..., Scenario], kind: str, ahead: int) -> None:
    """Each has to have the documents, and no URL is asked twice."""
    scenario = make_scenario(OUT, vouchers=20)
    add(scenario, kind)
    connection = scenario.connection(GROUPS[kind])
    connection.must_sync()
    selected = connection.catalog["streams"]
    add(scenario, kind)
    scenario.clock.advance(days=1)
    connection.catalog["streams"] = [selected[ahead]]
    connection.must_sync()
    connection.catalog["streams"] = selected
    add(scenario, kind)
    scenario.clock.advance(days=1)
    scenario.simulator.calls.clear()
    connection.must_sync()
    asked = [(call.resource, call.query) for call in scenario.simulator.calls]
    assert len(asked) == len(set(asked))
    assert_equals_fresh_read(connection)
