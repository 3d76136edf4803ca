"""New invoices and orders that nobody modifies: they come under either reading of `lastmodifiedstart`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from integration_tests.connection import Connection
from integration_tests.interruption import record_of, sync_until
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import TODAY, Scenario
from netvisor_simulator import ApiAssumptions, faults

FAMILIES: dict[str, tuple[str, list[str]]] = {
    "sales_invoice": ("salesinvoicelist.nv", ["sales_invoices", "sales_invoice_details", "sales_invoice_lines"]),
    "sales_order": ("salesinvoicelist.nv", ["sales_orders", "sales_order_details", "sales_order_lines"]),
    "purchase_invoice": (
        "purchaseinvoicelist.nv", ["purchase_invoices", "purchase_invoice_details", "purchase_invoice_lines"],
    ),
    "purchase_order": ("purchaseorderlist.nv", ["purchase_orders", "purchase_order_details", "purchase_order_lines"]),
}  # fmt: skip
KINDS = list(FAMILIES)
OUT = ApiAssumptions(never_modified="out")
DATES = (date(2025, 1, 1), date(2025, 12, 31), TODAY, date(2031, 1, 1))
"""Of documents that are entered or imported on the same day."""


def add(scenario: Scenario, kind: str, day: date | None = None) -> int:
    """Enters a document that nobody modifies; its key."""
    key: int = getattr(scenario.changes, f"add_{kind}")(scenario.clock.local, day).key
    return key


def sync(scenario: Scenario, connection: Connection) -> Counter[str]:
    """Runs a sync; how often each resource was asked."""
    scenario.simulator.calls.clear()
    connection.must_sync()
    calls = Counter((call.resource, call.query) for call in scenario.simulator.calls)
    assert not [url for url, times in calls.items() if times > 1]
    return Counter(call.resource for call in scenario.simulator.calls)


def readings_in(connection: Connection) -> set[Any]:
    """What the states of the streams say of the filter."""
    return {connection.warehouse.stream_state(name).get("never_modified") for name in connection.warehouse.tables}


@pytest.mark.parametrize("list_cap", [None, 500])
@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
@pytest.mark.parametrize("kind", KINDS)
def test_new_documents_of_any_date_arrive(
    make_scenario: Callable[..., Scenario], kind: str, bounds: Any, list_cap: Any
) -> None:
    assumptions = ApiAssumptions(never_modified="out", date_bounds=bounds, modified_bounds=bounds, list_cap=list_cap)
    scenario = make_scenario(assumptions)
    connection = scenario.connection(FAMILIES[kind][1], lookback_days=0)
    connection.must_sync()
    for day in DATES:
        scenario.clock.advance(hours=9)
        keys = [add(scenario, kind, day), add(scenario, kind, day)]
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        for name in FAMILIES[kind][1]:
            found = {key[0] for key in connection.warehouse.rows(name)}
            assert set(keys) <= found, name
    assert_equals_fresh_read(connection)
    scenario.simulator.assert_clean()


@pytest.mark.parametrize("kind", KINDS)
def test_calls_of_an_idle_sync(make_scenario: Callable[..., Scenario], kind: str) -> None:
    resource, streams = FAMILIES[kind]
    for reading, first, idle in (("in", 2, 1), ("out", 2, 2)):
        scenario = make_scenario(ApiAssumptions(never_modified=reading), vouchers=20)
        add(scenario, kind)
        connection = scenario.connection(streams)
        assert sync(scenario, connection)[resource] == first
        assert readings_in(connection) == {reading}
        scenario.clock.advance(days=10)
        connection.must_sync()  # after so long a pause a repeated read
        for _ in range(3):
            scenario.clock.advance(hours=2)  # the first sync of a day looks at open invoices as well
            calls = sync(scenario, connection)
            assert calls[resource] == idle
            others = {name for name in calls if name != resource}
            payments = {"paymentlist.nv", "deletedsalespayments.nv", "deletedpurchasepayments.nv"}
            assert others <= {f"deleted{kind.replace('_', '')}s.nv", *payments} and max(calls.values()) == idle


@pytest.mark.parametrize("reading", ["in", "out"])
@pytest.mark.parametrize("kind", KINDS)
def test_calls_while_there_are_no_documents(make_scenario: Callable[..., Scenario], kind: str, reading: Any) -> None:
    resource, streams = FAMILIES[kind]
    scenario = make_scenario(ApiAssumptions(never_modified=reading), vouchers=20)
    connection = scenario.connection(streams, start_date=TODAY.isoformat())
    store = getattr(scenario.company, f"{kind}_store")
    for key in [one.key for one in store.living() if one.date >= TODAY]:
        getattr(scenario.changes, f"delete_{kind}")(scenario.clock.local, key)
    for _ in range(3):
        calls = sync(scenario, connection)
        assert calls[resource] == 1 and readings_in(connection) == {None}
        assert not any(connection.warehouse.rows(name) for name in streams)
        scenario.clock.advance(days=1)
    add(scenario, kind)
    assert sync(scenario, connection)[resource] == 2
    assert readings_in(connection) == {reading}
    scenario.clock.advance(hours=2)
    new = add(scenario, kind)
    assert sync(scenario, connection)[resource] == {"in": 1, "out": 2}[reading]
    assert all((new in {key[0] for key in connection.warehouse.rows(name)}) for name in streams)
    assert_equals_fresh_read(connection)


def scenario_of_modified_documents(make_scenario: Callable[..., Scenario], kind: str, vouchers: int = 20) -> Scenario:
    """Documents each of which has been modified, so that they cannot show what the filter leaves out."""
    scenario = make_scenario(OUT, vouchers=vouchers)
    for document in list(getattr(scenario.company, f"{kind}_store").living()):
        getattr(scenario.changes, f"edit_{kind}")(scenario.clock.local, document.key)
    return scenario


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_documents_that_were_all_modified(make_scenario: Callable[..., Scenario], kind: str) -> None:
    """They are not believed: the first sync of each day asks for new documents, until one of them shows the truth."""
    resource, streams = FAMILIES[kind]
    scenario = scenario_of_modified_documents(make_scenario, kind)
    look = kind == "sales_invoice"  # at open invoices, in the first sync of a day
    connection = scenario.connection(streams)
    connection.must_sync()
    assert readings_in(connection) == {"in"}
    scenario.clock.advance(hours=2)
    assert sync(scenario, connection)[resource] == 1
    scenario.clock.advance(days=1)
    assert sync(scenario, connection)[resource] == 2 + look and readings_in(connection) == {"in"}
    scenario.clock.advance(days=1)
    new = [add(scenario, kind), add(scenario, kind, DATES[0])]
    assert sync(scenario, connection)[resource] == 2 + look and readings_in(connection) == {"out"}
    assert all(set(new) <= {key[0] for key in connection.warehouse.rows(name)} for name in streams)
    assert_equals_fresh_read(connection)
    scenario.clock.advance(hours=2)
    add(scenario, kind, DATES[1])
    assert sync(scenario, connection)[resource] == 2
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("streams", [FAMILIES["sales_invoice"][1], FAMILIES["sales_invoice"][1][1:]], ids=len)
def test_an_open_invoice_shows_the_truth(make_scenario: Callable[..., Scenario], streams: list[str]) -> None:
    """Of many documents, too, all may have been modified; open invoices are looked at once a day."""
    for kill_after in range(0, 30, 4):
        scenario = scenario_of_modified_documents(make_scenario, "sales_invoice", 120)
        connection = scenario.connection(streams)
        connection.must_sync()
        assert readings_in(connection) == {"in"}
        scenario.clock.advance(hours=1)
        first = add(scenario, "sales_invoice")
        scenario.clock.advance(days=1)
        if kill_after and not connection.sync(kill_after):
            scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert readings_in(connection) == {"out"}
        scenario.clock.advance(hours=1)
        second = add(scenario, "sales_invoice")
        connection.must_sync()
        for name in streams:
            assert {first, second} <= {key[0] for key in connection.warehouse.rows(name)}
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("kind", KINDS)
def test_killed_while_a_few_documents_show_the_truth(make_scenario: Callable[..., Scenario], kind: str) -> None:
    for kill_after in range(1, 40, 3):
        scenario = scenario_of_modified_documents(make_scenario, kind)
        connection = scenario.connection(FAMILIES[kind][1])
        connection.must_sync()
        scenario.clock.advance(days=1)
        add(scenario, kind)
        if connection.sync(kill_after):
            break
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert_equals_fresh_read(connection)


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_before_learns_and_finds_what_was_missed(make_scenario: Callable[..., Scenario], kind: str) -> None:
    scenario = make_scenario(OUT, vouchers=40)
    connection = scenario.connection(FAMILIES[kind][1])
    connection.must_sync()
    scenario.clock.advance(days=1)
    missed = add(scenario, kind, DATES[1])
    for name in FAMILIES[kind][1]:
        state = connection.warehouse.states[name]["stream"]["stream_state"]
        del state["never_modified"], state["complete_up_to"]
        # an earlier version went on without the document
        moved = json.dumps(state).replace("2026-03-10T", "2026-03-11T")
        connection.warehouse.states[name]["stream"]["stream_state"] = json.loads(moved)
    scenario.clock.advance(hours=12)
    look = kind == "sales_invoice"  # in the first sync of a day
    assert sync(scenario, connection)[FAMILIES[kind][0]] == 3 + look
    assert readings_in(connection) == {"out"}
    assert all((missed in {key[0] for key in connection.warehouse.rows(name)}) for name in FAMILIES[kind][1])
    assert_equals_fresh_read(connection)
    scenario.clock.advance(days=1)
    assert sync(scenario, connection)[FAMILIES[kind][0]] == 2 + look


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_message(make_scenario: Callable[..., Scenario], kind: str) -> None:
    """A document that the state knows and the warehouse does not have comes with the next sync.

    The kinds share the messages among them, and a connection meets every fourth: what a kind's sync says has the same
    order for all, and a company that grows with each kill would be compared again and again.
    """
    streams = FAMILIES[kind][1]
    scenario = make_scenario(OUT, vouchers=20)
    for old_state in (False, True):
        connection = scenario.connection(streams)
        connection.must_sync()
        for kill_after in range(1 + (KINDS.index(kind) + 2 * old_state) % len(KINDS), 40, len(KINDS)):
            if old_state and kill_after % 7 == 0:
                for name in streams:
                    state = connection.warehouse.states[name]["stream"]["stream_state"]
                    state.pop("never_modified", None), state.pop("complete_up_to", None)
            scenario.clock.advance(minutes=10)
            add(scenario, kind)
            new = add(scenario, kind, DATES[kill_after // len(KINDS) % len(DATES)])
            getattr(scenario.changes, f"edit_{kind}")(scenario.clock.local, new)
            scenario.clock.advance(minutes=1)
            if connection.sync(kill_after):
                continue
            scenario.clock.advance(minutes=1)
            connection.must_sync()
            assert_equals_fresh_read(connection)


@pytest.mark.parametrize("messages", [5, 20, 45, 70])
@pytest.mark.parametrize("kind", KINDS)
def test_a_first_read_that_is_killed(make_scenario: Callable[..., Scenario], kind: str, messages: int) -> None:
    scenario = make_scenario(OUT, vouchers=40)
    connection = scenario.connection(FAMILIES[kind][1])
    connection.sync(messages)
    scenario.clock.advance(minutes=5)
    add(scenario, kind)
    connection.must_sync()
    assert readings_in(connection) == {"out"}
    scenario.clock.advance(minutes=5)
    add(scenario, kind, DATES[0])
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_streams_of_different_age_share_their_requests(make_scenario: Callable[..., Scenario]) -> None:
    """Streams that are selected later, with a state of before, or were killed, ask no URL twice."""
    for kind in KINDS:
        resource, streams = FAMILIES[kind]
        scenario = make_scenario(OUT, vouchers=40)
        older = scenario.connection(streams[:1])
        older.must_sync()
        del older.warehouse.states[streams[0]]["stream"]["stream_state"]["never_modified"]
        connection = scenario.connection(streams)
        connection.warehouse.states.update(older.warehouse.states)
        connection.warehouse.tables[streams[0]] = older.warehouse.tables[streams[0]]
        scenario.clock.advance(hours=3)
        add(scenario, kind)
        assert sync(scenario, connection)[resource] == 3, "the changes, all, and the comparison"
        assert_equals_fresh_read(connection)
        add(scenario, kind)
        sync_until(connection, record_of(streams[0], 1))
        scenario.clock.advance(hours=1)
        assert sync(scenario, connection)[resource] <= 3
        assert_equals_fresh_read(connection)


def test_paid_and_new_purchase_invoices_share_the_list(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(OUT)
    connection = scenario.connection([*FAMILIES["purchase_invoice"][1], "purchase_payments"])
    unpaid = add(scenario, "purchase_invoice")
    connection.must_sync()
    scenario.clock.advance(days=1)
    scenario.changes.pay_purchase_invoice(scenario.clock.local, unpaid)
    add(scenario, "purchase_invoice")
    scenario.clock.advance(minutes=1)
    assert sync(scenario, connection)["purchaseinvoicelist.nv"] == 2
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("kind", KINDS)
def test_documents_of_before_the_start_date_stay_out(make_scenario: Callable[..., Scenario], kind: str) -> None:
    """They would come with the list of what is above a key, were they not left out by date."""
    scenario = make_scenario(OUT)
    connection = scenario.connection(FAMILIES[kind][1], start_date="2025-06-01")
    connection.must_sync()
    scenario.clock.advance(days=1)
    old = add(scenario, kind, date(2025, 5, 31))
    for _ in range(2):
        sync(scenario, connection)
        assert old not in {key[0] for key in connection.warehouse.rows(FAMILIES[kind][1][0])}
        scenario.clock.advance(days=1)
    assert_equals_fresh_read(connection)


def test_a_filter_that_is_refused_is_not_relied_on(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.connection(["sales_invoices"])
    scenario.simulator.faults.add(
        faults.netvisor_code("INVALID_DATA"), resource="salesinvoicelist.nv",
        when=lambda call: "2000-01-01" in call.query,
    )  # fmt: skip
    connection.must_sync()
    assert readings_in(connection) == {"out"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ahead", [0, 1, 2])
def test_new_documents_arrive_in_streams_that_stand_at_different_ones(
    make_scenario: Callable[..., Scenario], kind: str, ahead: int
) -> None:
    """The lists of what lies above two keys have the same documents, and each stream has to have them."""
    streams = FAMILIES[kind][1]
    scenario = make_scenario(OUT, vouchers=20)
    add(scenario, kind)
    connection = scenario.connection(streams)
    connection.must_sync()
    selected = connection.catalog["streams"]
    add(scenario, kind)
    scenario.clock.advance(days=1)
    connection.catalog["streams"] = [selected[ahead]]
    connection.must_sync()
    connection.catalog["streams"] = selected
    add(scenario, kind)
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)
