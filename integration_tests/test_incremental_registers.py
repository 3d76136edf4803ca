"""Customers, vendors and products that are deleted: no list tells of them, so the first sync of a day compares all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from integration_tests.connection import batches_of, detail_batches_of
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.list_faults import ListCase, keys
from integration_tests.scenario import EVERY_ASSUMPTION, REGISTERS, Scenario
from netvisor_simulator import ApiAssumptions, Reply, Request
from netvisor_simulator.resources import vendors as simulated_vendors

LISTS = ("customerlist.nv", "productlist.nv", "extendedproductlist.nv", "getvendor.nv")


def delete(scenario: Scenario) -> dict[str, int]:
    """One of each is deleted; stream -> its key."""
    company, gone = scenario.company, {}
    for name, store in (
        ("customers", company.customer_store),
        ("products", company.product_store),
        ("vendors", company.vendor_store),
    ):
        gone[name] = list(store.living())[-1].key
        store.delete(gone[name], scenario.clock.local)
    gone["customer_details"] = gone["customers"]
    gone["product_details"] = gone["extended_products"] = gone["products"]
    return gone


@pytest.mark.parametrize("assumptions", EVERY_ASSUMPTION)
@pytest.mark.parametrize("streams", [*([one] for one in REGISTERS), REGISTERS], ids=len)
def test_what_is_deleted_goes_with_the_next_day(
    make_scenario: Callable[..., Scenario], streams: list[str], assumptions: ApiAssumptions
) -> None:
    scenario = make_scenario(assumptions)
    connection = scenario.synced(streams)
    gone = delete(scenario)
    for name in streams:
        assert (gone[name],) in connection.warehouse.rows(name)
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert all((gone[name],) not in connection.warehouse.rows(name) for name in streams)
    assert_equals_fresh_read(connection)


def test_once_a_day_the_whole_register_is_asked_for(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.synced(REGISTERS)
    asked = []
    scenario.clock.advance(hours=-6)
    for _ in range(9):
        scenario.clock.advance(hours=8)
        scenario.simulator.calls.clear()
        connection.must_sync()
        calls = [call for call in scenario.simulator.calls if call.resource in LISTS]
        whole = [call for call in calls if "since=" not in call.query or "since=1970" in call.query]
        assert max(Counter(call.resource for call in whole).values(), default=0) <= 1
        assert len(calls) - len(whole) == len(LISTS)
        asked.append(len(whole))
    # 14, 22, 6, 14, 22, 6, ...
    assert asked == [0, 0, 4, 0, 0, 4, 0, 0, 4]


def test_what_the_filter_for_changes_never_named_comes_with_the_next_day(
    make_scenario: Callable[..., Scenario],
) -> None:
    """Whether `changedsince` names customers that nobody has changed since they were made is not documented."""
    scenario = make_scenario()
    connection = scenario.synced(["customers", "customer_details"])
    scenario.clock.advance(days=5)
    connection.must_sync()
    # made long ago, as it seems to every filter
    new = scenario.changes.add_customer(scenario.clock.local - timedelta(days=100))
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert all((new.key,) in connection.warehouse.rows(name) for name in connection.warehouse.tables)
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("is_change", [True, False])
def test_a_product_that_is_published_again_comes_back(make_scenario: Callable[..., Scenario], is_change: bool) -> None:
    """Its cursor is Netvisor's moment of change, and whether publishing is one is not known: the deletion's cursor must
    not be later than the row's."""
    scenario = make_scenario()
    connection = scenario.connection(["extended_products"])
    product = next(one for one in scenario.company.products() if one.published and not one.deleted)
    connection.must_sync()
    for published in (False, True, False, True):
        if is_change:
            scenario.changes.edit_product(scenario.clock.local, product.key, published=published)
        else:
            scenario.company.product_store.put(product._replace(published=published))
        scenario.clock.advance(days=1)
        connection.must_sync()
        assert ((product.key,) in connection.warehouse.rows("extended_products")) == published
        assert_equals_fresh_read(connection)


def test_a_page_that_shifts_while_it_is_read(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A vendor who goes while the pages are read moves another one to a page that has been read."""
    monkeypatch.setattr(simulated_vendors, "PAGE", 5)
    scenario = make_scenario()
    connection = scenario.synced(["vendors"])
    store = scenario.company.vendor_store
    first, gone, *others = [vendor.key for vendor in store.living()]
    assert len(others) > 5
    store.delete(gone, scenario.clock.local)
    scenario.clock.advance(days=1)
    asked: list[str] = []

    def answer(request: Request) -> Reply:
        if request.query["changedsince"].year == 1970:
            asked.append(str(request.query.get("page")))
            if len(asked) == 2:
                store.delete(first, scenario.clock.local)
        return simulated_vendors.VENDORS.answer(request)

    scenario.simulator.resources["getvendor.nv"] = replace(simulated_vendors.VENDORS, answer=answer)
    connection.must_sync()
    assert len(asked) > 3
    kept = set(connection.warehouse.rows("vendors"))
    assert kept >= {(key,) for key in others} and (gone,) not in kept
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_a_row_without_a_key_takes_nothing_away(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    connection = scenario.synced(["customer_details"])
    gone = delete(scenario)["customers"]
    scenario.clock.advance(days=1)
    keyless = ListCase(
        "a row without a key", "customers", "customerlist.nv", keys("Netvisorkey", lambda key: f"{key} x", 1)
    )
    scenario.simulator.faults.add(keyless.fault(), resource="customerlist.nv")
    connection.must_sync()
    assert (gone,) in connection.warehouse.rows("customer_details")
    assert any("customerlist.nv came without a key" in text for text in connection.warehouse.warnings())
    scenario.simulator.faults.clear()
    scenario.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("at_once", [1, 4000])
@pytest.mark.parametrize("streams", [["customer_details"], ["vendors"], REGISTERS], ids=len)
def test_killed_at_any_message(make_scenario: Callable[..., Scenario], streams: list[str], at_once: int) -> None:
    scenario = make_scenario(vouchers=40)
    connection = scenario.connection(streams)
    with detail_batches_of(2), batches_of(400 * at_once):
        for kill_after in range(1, 40, 7):
            scenario.changes.add_customer(scenario.clock.local)
            connection.sync(kill_after)
            delete(scenario)
            scenario.clock.advance(minutes=10)
            connection.sync(kill_after + 3)
            scenario.clock.advance(days=1)
            connection.sync(kill_after + 1)
            scenario.clock.advance(minutes=10)
            connection.must_sync()
            assert_equals_fresh_read(connection)


def test_an_edit_of_which_no_filter_tells(make_scenario: Callable[..., Scenario]) -> None:
    """What the list shows comes with the next day; what only the details show has its turn."""
    scenario = make_scenario(vouchers=40)
    company = scenario.company
    connection = scenario.connection(REGISTERS)
    with detail_batches_of(3):
        connection.must_sync()
        customer, product, vendor = next(company.customers()), next(company.products()), next(company.vendors())
        company.customer_store.put(customer._replace(name="Another name Oy", comment="only in the details"))
        company.product_store.put(product._replace(name="Another name", description="only in the details"))
        company.vendor_store.put(vendor._replace(name="Another name Oy"))
        scenario.clock.advance(days=1)
        connection.must_sync()
        assert_equals_fresh_read(connection)
        customer = list(company.customers())[-1]
        company.customer_store.put(customer._replace(comment="only in the details"))
        turns = len(connection.warehouse.rows("customer_details")) // 3 + 1
        for _ in range(turns):
            scenario.clock.advance(days=1)
            connection.must_sync()
        assert_equals_fresh_read(connection)
