"""Which sales payments are credit losses: a filter of their list tells it, and no element of a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from integration_tests.connection import Connection
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.reads import read, records
from integration_tests.scenario import START, Scenario
from netvisor_simulator import ApiAssumptions, faults

LIST = "salespaymentlist.nv"
FIELD = "is_credit_loss"
FILTERED = [ApiAssumptions(), ApiAssumptions(date_bounds="exclusive", modified_bounds="exclusive", casing="upper")]


def lost(scenario: Scenario) -> set[int]:
    """The keys of the payments that are credit losses."""
    return {one.key for one in scenario.company.sales_payments() if one.is_credit_loss and one.date >= START}


def marks(rows: list[dict[str, Any]]) -> dict[int, Any]:
    """Key -> mark."""
    return {row["netvisor_key"]: row.get(FIELD) for row in rows if row.get("_ab_cdc_deleted_at") is None}


def held(connection: Connection) -> dict[int, Any]:
    """The same of the destination's table."""
    return marks(list(connection.warehouse.rows("sales_payments").values()))


def asked(scenario: Scenario) -> list[str]:
    """What was asked of the list since this was asked last: each call's filter, `all` where it has none."""
    kinds = [dict(part.split("=") for part in call.query.split("&")) for call in scenario.simulator.calls.of(LIST)]
    scenario.simulator.calls.clear()
    return sorted(kind.get("limitbytype", "all") for kind in kinds)


def warnings(connection: Connection) -> list[str]:
    """Those about the mark."""
    return [line for line in connection.warehouse.warnings() if FIELD in line]


@pytest.mark.parametrize("assumptions", FILTERED, ids=["documented", "exclusive"])
@pytest.mark.parametrize("full_refresh", [False, True])
def test_each_payment_says_whether_it_is_one(
    make_scenario: Callable[..., Scenario], assumptions: ApiAssumptions, full_refresh: bool
) -> None:
    scenario = make_scenario(assumptions, vouchers=300)
    run = read(scenario.simulator.config(start_date=START.isoformat()), ["sales_payments"], full_refresh=full_refresh)
    found = marks(records(run)["sales_payments"])
    losses = lost(scenario)
    assert len(losses) > 1 and len(found) > 2 * len(losses)
    assert found == {key: key in losses for key in found}
    scenario.simulator.assert_clean()


def test_a_company_without_any(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    for key in lost(scenario):
        scenario.changes.delete_sales_payment(scenario.clock.local, key)
    connection = scenario.connection(["sales_payments"])
    connection.must_sync()
    assert held(connection) and not any(held(connection).values())
    assert asked(scenario) == ["all", "onlycreditloss"]


def test_a_company_without_payments(make_scenario: Callable[..., Scenario]) -> None:
    """Nothing can be marked, and nothing more is asked."""
    scenario = make_scenario(vouchers=1)
    assert not list(scenario.company.sales_payments())
    connection = scenario.connection(["sales_payments"])
    connection.must_sync()
    assert asked(scenario) == ["all"]


def test_a_company_in_which_all_are(make_scenario: Callable[..., Scenario]) -> None:
    """That all are marked does not yet say that Netvisor does not obey the filter."""
    scenario = make_scenario()
    for one in list(scenario.company.sales_payments()):
        if not one.is_credit_loss:
            scenario.changes.delete_sales_payment(scenario.clock.local, one.key)
    connection = scenario.connection(["sales_payments"])
    connection.must_sync()
    assert set(held(connection)) == lost(scenario) and all(held(connection).values())
    assert warnings(connection) == []


@pytest.mark.parametrize("comparison", ["daily", "every_sync"])
@pytest.mark.parametrize("assumptions", FILTERED, ids=["documented", "exclusive"])
def test_a_new_one_comes_with_the_next_sync(
    make_scenario: Callable[..., Scenario], assumptions: ApiAssumptions, comparison: str
) -> None:
    scenario = make_scenario(assumptions, vouchers=200)
    connection = scenario.synced(["sales_payments", "sales_invoices"], comparison=comparison)
    for hours in (1, 1, 26):
        opened = [one for one in scenario.company.sales_invoices() if scenario.company.open_sum(one) > 0]
        paid = scenario.changes.pay_sales_invoice(scenario.clock.local, opened[0].key)
        loss = scenario.changes.write_off_sales_invoice(scenario.clock.local, opened[1].key)
        scenario.clock.advance(hours=hours)
        connection.must_sync()
        assert (held(connection)[paid.key], held(connection)[loss.key]) == (False, True)
        row = connection.warehouse.rows("sales_invoices")[(opened[1].key,)]
        assert row["invoice_status"] == "creditloss"
        scenario.check(connection)


def test_what_it_costs(make_scenario: Callable[..., Scenario]) -> None:
    """Two calls more in the first sync of a day, and later only where payments are new or have changed."""
    scenario = make_scenario()
    connection = scenario.synced(["sales_payments"])
    whole = ["all", "excludecreditloss", "onlycreditloss"]
    assert asked(scenario) == whole
    for hours, expected in ((2, ["all"]), (24, ["all", *whole]), (3, ["all"])):
        scenario.clock.advance(hours=hours)
        connection.must_sync()
        assert asked(scenario) == expected
    invoice = next(one for one in scenario.company.sales_invoices() if scenario.company.open_sum(one) > 0)
    scenario.changes.pay_sales_invoice(scenario.clock.local, invoice.key)
    scenario.clock.advance(minutes=1)
    connection.must_sync()
    assert asked(scenario) == ["all", "onlycreditloss"]
    assert connection.warehouse.tables["sales_payments"].received
    scenario.clock.advance(hours=1)
    connection.must_sync()
    assert asked(scenario) == ["all"]
    scenario.simulator.assert_clean()


def without(*keys: int) -> Any:
    """Takes payments out of a reply."""

    def edited(reply: bytes) -> bytes:
        begin, end = b"<SalesPayment>", b"</SalesPayment>"
        head, *rows = reply.split(begin)
        last = rows[-1].partition(end)[2]
        kept = [row.partition(end)[0] for row in rows if not any(b"<NetvisorKey>%d<" % key in row for key in keys)]
        return head + b"".join(begin + row + end for row in kept) + last

    return faults.transform(edited)


def test_one_whose_row_does_not_change(make_scenario: Callable[..., Scenario]) -> None:
    """A payment becomes a credit loss, or ceases to be one, and nothing but the filter tells of it."""
    scenario = make_scenario()
    key = min(lost(scenario))
    connection = scenario.connection(["sales_payments"])
    scenario.simulator.faults.add(
        without(key), resource=LIST, times=1, when=lambda call: "onlycreditloss" in call.query
    )
    connection.must_sync()
    assert held(connection)[key] is False
    # the change filter does not name it, and the day's comparison does
    scenario.clock.advance(hours=3)
    connection.must_sync()
    assert held(connection)[key] is False
    scenario.clock.advance(days=3)
    connection.must_sync()
    assert held(connection)[key] is True
    assert [row["netvisor_key"] for row in connection.warehouse.sent_of("sales_payments")] == [key]
    assert_equals_fresh_read(connection)
    scenario.simulator.faults.add(
        without(key), resource=LIST, times=1, when=lambda call: "onlycreditloss" in call.query
    )
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert held(connection)[key] is False


@pytest.mark.parametrize("played", ["refused", "ignored"])
@pytest.mark.parametrize("full_refresh", [False, True])
def test_a_filter_that_netvisor_does_not_obey(
    make_scenario: Callable[..., Scenario], played: Any, full_refresh: bool
) -> None:
    """Nobody knows then, and one warning says so."""
    scenario = make_scenario(ApiAssumptions(credit_loss_filter=played))
    connection = scenario.connection(["sales_payments"], full_refresh=full_refresh)
    words = {
        "refused": "refuses limitbytype=onlycreditloss, so is_credit_loss stays empty",
        "ignored": "sends a row for limitbytype=onlycreditloss that it sends for limitbytype=excludecreditloss too",
    }[played]
    for _ in range(2):
        connection.must_sync()
        [warning] = warnings(connection)
        assert warning.startswith(f"{LIST}: Netvisor {words}")
        assert set(held(connection).values()) == {None}
        scenario.clock.advance(days=1)
    scenario.check(connection)


def test_a_filter_that_netvisor_begins_to_obey(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(ApiAssumptions(credit_loss_filter="ignored"))
    connection = scenario.synced(["sales_payments"])
    assert set(held(connection).values()) == {None}
    scenario.simulator.assumptions = ApiAssumptions()
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert held(connection) == {key: key in lost(scenario) for key in held(connection)}
    scenario.check(connection)


def test_a_filter_that_is_not_obeyed_beside_changes(make_scenario: Callable[..., Scenario]) -> None:
    """A new payment is not taken for a credit loss where the list of changes ignores the filter."""
    scenario = make_scenario()
    connection = scenario.synced(["sales_payments"])
    known = scenario.simulator.resources[LIST]

    def answer(request: Any) -> Any:
        if "lastmodifiedstart" in request.query:
            request = replace(request, query={n: v for n, v in request.query.items() if n != "limitbytype"})
        return known.answer(request)

    scenario.simulator.resources[LIST] = replace(known, answer=answer)
    invoice = next(one for one in scenario.company.sales_invoices() if scenario.company.open_sum(one) > 0)
    paid = scenario.changes.pay_sales_invoice(scenario.clock.local, invoice.key)
    scenario.clock.advance(hours=1)
    connection.must_sync()
    assert held(connection)[paid.key] is None and len(warnings(connection)) == 1
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert held(connection)[paid.key] is False
    assert held(connection) == {key: key in lost(scenario) for key in held(connection)}


def test_the_list_of_credit_losses_fails(make_scenario: Callable[..., Scenario]) -> None:
    """The stream fails, as with any list; nothing is sent with a mark that nobody has seen."""
    scenario = make_scenario()
    connection = scenario.connection(["sales_payments"])
    scenario.simulator.faults.add(
        faults.netvisor_code("SERVICE_ACCESS_ERROR", "no"), resource=LIST, times=None,
        when=lambda call: "limitbytype" in call.query,
    )  # fmt: skip
    connection.sync()
    assert connection.warehouse.rows("sales_payments") == {}


def test_a_payment_of_before_the_start_date(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=300)
    connection = scenario.synced(["sales_payments"], start_date=date(2025, 8, 1).isoformat())
    assert held(connection) == {key: key in lost(scenario) for key in held(connection)}
    scenario.check(connection)
