"""Announce, send, confirm: no record leaves before a state that has its key, so that nothing that was sent can be
forgotten; and a state goes out with each finished window of a first read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.connection import Connection, batches_of, detail_batches_of, incremental_streams
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.scenario import DELETIONS, DOCUMENTS, START, Scenario, invoice_keys
from integration_tests.shared_source import definitions
from source_netvisor.state.ledger import Ledger

DEFINITIONS = definitions()


class Watch:
    """Holds each record against the last state of its stream.

    Attributes:
        records: how many there were.
        violations: records whose keys no state had announced, or whose group the state took for known.
    """

    def __init__(self) -> None:
        self.records = 0
        self.violations: list[str] = []
        self.states: dict[str, list[dict[str, Any]]] = {}
        self._ledgers: dict[str, Ledger] = {}

    def look(self, message: dict[str, Any]) -> None:
        """Takes in a message."""
        if message["type"] == "STATE":
            stream = message["state"]["stream"]
            name = stream["stream_descriptor"]["name"]
            self.states.setdefault(name, []).append(stream["stream_state"])
            self._ledgers.pop(name, None)
        elif message["type"] == "RECORD":
            self._record(message["record"]["stream"], message["record"]["data"])

    def _record(self, name: str, row: dict[str, Any]) -> None:
        self.records += 1
        definition = DEFINITIONS[name]
        if name not in self._ledgers:
            states = self.states.get(name, [{"ledger": []}])
            self._ledgers[name] = Ledger.from_json(states[-1]["ledger"], bits_of(states[-1]["ledger"]))
        key = row[definition.group_by or definition.group_key]
        group = self._ledgers[name].get(date.fromisoformat(key).toordinal() if isinstance(key, str) else key)
        names = [part for part in definition.primary_key if part not in ("business_id", definition.group_by)]
        if group is None or row[names[-1] if names else definition.row_key] not in group.rows:
            self.violations.append(f"{name}: {row} was not announced")
        elif group.fingerprint is not None:
            self.violations.append(f"{name}: {row} was announced as known")


def bits_of(blocks: list[str]) -> int:
    """How many bits of the fingerprints a state has; others would make them unknown."""
    for bits in (16, 24, 32):
        ledger = Ledger.from_json(blocks, bits)
        if any(group.fingerprint is not None for _, group in ledger.items()):
            return bits
    return 24


@contextmanager
def watched(connection: Connection) -> Iterator[Watch]:
    """Looks at each message of the syncs meanwhile."""
    watch = Watch()
    for name, state in connection.warehouse.states.items():
        watch.states[name] = [state["stream"]["stream_state"]]
    receive = connection.warehouse.receive

    def receive_and_look(line: Any) -> None:
        watch.look(json.loads(line))
        receive(line)

    connection.warehouse.receive = receive_and_look  # type: ignore[method-assign]
    try:
        yield watch
    finally:
        del connection.warehouse.receive  # type: ignore[method-assign]


def everything_changes(scenario: Scenario) -> None:
    """Documents come, change, lose lines and go, in every stream."""
    changes, company, now = scenario.changes, scenario.company, scenario.clock.local
    product = next(company.products()).key
    changes.edit_voucher(now, scenario.memo(0))
    changes.delete_voucher(now, scenario.memo(1))
    changes.backdate_voucher(now, scenario.memo(2), date(2025, 1, 2))
    changes.edit_sales_invoice(now, invoice_keys(scenario)[2], products=((product, Decimal(4)),))
    changes.delete_sales_invoice(now, invoice_keys(scenario)[3])
    changes.add_sales_invoice(now)
    changes.edit_purchase_invoice(now, next(company.purchase_invoices()).key, amounts=(Decimal(5),))
    changes.delete_purchase_payment(now, next(one.key for one in company.purchase_payments() if one.date >= START))
    changes.edit_sales_order(now, next(company.sales_orders()).key)
    changes.delete_purchase_order(now, next(one.key for one in company.purchase_orders() if one.date >= START))
    company.customer_store.delete(changes.add_customer(now).key, now)
    company.vendor_store.delete(list(company.vendor_store.living())[-1].key, now)
    changes.edit_product(now, product)
    paychecks = [one for one in company.paychecks() if one.payment_date >= date(2025, 10, 1)]
    changes.edit_paycheck(now, paychecks[0].key, 2)
    changes.delete_paycheck(now, paychecks[-1].key)


@pytest.mark.parametrize("at_once", [1, 4000])
def test_no_record_leaves_unannounced(make_scenario: Callable[..., Scenario], at_once: int) -> None:
    scenario = make_scenario(vouchers=120)
    connection = scenario.connection(incremental_streams(), start_date="2025-10-01")
    with batches_of(400 * at_once), detail_batches_of(3), watched(connection) as watch:
        for pause in (0, 1, 9):
            scenario.clock.advance(days=pause)
            if pause:
                everything_changes(scenario)
            scenario.clock.advance(minutes=1)
            before = watch.records
            connection.must_sync()
            assert watch.violations == []
            assert watch.records - before > 10
        connection.config["start_date"] = "2026-01-15"
        scenario.clock.advance(days=1)
        connection.must_sync()
        assert watch.violations == []
        connection.config["language"] = "FI"
        scenario.clock.advance(days=1)
        connection.must_sync()
        assert watch.violations == []
    assert_equals_fresh_read(connection, [name for name in incremental_streams() if name not in DELETIONS])


def test_a_state_for_each_window_of_a_first_read(make_scenario: Callable[..., Scenario]) -> None:
    """Each says which window is next, and the position at which the reading began. Fifteen months take four calls."""
    scenario = make_scenario(vouchers=40)
    connection = scenario.connection(DOCUMENTS[:2])
    with watched(connection) as watch:
        connection.must_sync()
    months = ["2025-01-01", "2025-02-01", "2025-04-01", "2025-08-01"]
    for name in DOCUMENTS[:2]:
        following = [(state.get("backfill") or {}).get("next") for state in watch.states[name]]
        reached = [month for month in dict.fromkeys(following) if month is not None]
        assert reached == months
        assert following[-1] is None
        assert {state["_ab_modified_until"] for state in watch.states[name]} == {"2026-03-10T10:00:00.000000Z"}
        assert [state["compared"] for state in watch.states[name]][:-1] == [None] * (len(following) - 1)


def test_the_sum_of_the_states_of_a_first_read_is_bounded(make_scenario: Callable[..., Scenario]) -> None:
    """States go out with windows while they are small beside the records."""
    scenario = make_scenario(vouchers=600)
    connection = scenario.connection(DOCUMENTS[:2])
    with watched(connection) as watch:
        connection.must_sync()
    records = sum(len(json.dumps(row)) for _, row in connection.warehouse.sent)
    for name in DOCUMENTS[:2]:
        assert sum(len(json.dumps(state)) for state in watch.states[name]) < records
