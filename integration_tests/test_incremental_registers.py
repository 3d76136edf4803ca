"""Customers, vendors and products that are deleted: no list tells of them, so the first sync of a day compares all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integration_tests.connection import detail_batches_of
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.list_faults import ListCase, keys
from integration_tests.world import EVERY_READING, REGISTERS, World
from netvisor_simulator import Readings, Reply, Request
from netvisor_simulator.resources import vendors as simulated_vendors
from source_netvisor.streams import held_documents

LISTS = ("customerlist.nv", "productlist.nv", "extendedproductlist.nv", "getvendor.nv")


def delete(world: World) -> dict[str, int]:
    """One of each is deleted; stream -> its key."""
    company, gone = world.company, {}
    for name, store in (
        ("customers", company.customer_store),
        ("products", company.product_store),
        ("vendors", company.vendor_store),
    ):
        gone[name] = list(store.living())[-1].key
        store.delete(gone[name], world.clock.local)
    gone["customer_details"] = gone["customers"]
    gone["product_details"] = gone["extended_products"] = gone["products"]
    return gone


@pytest.mark.parametrize("readings", EVERY_READING)
@pytest.mark.parametrize("streams", [*([one] for one in REGISTERS), REGISTERS], ids=len)
def test_what_is_deleted_goes_with_the_next_day(
    make_world: Callable[..., World], streams: list[str], readings: Readings
) -> None:
    world = make_world(readings)
    connection = world.connection(streams)
    connection.must_sync()
    gone = delete(world)
    for name in streams:
        assert (gone[name],) in connection.warehouse.rows(name)
    world.clock.advance(days=1)
    connection.must_sync()
    assert all((gone[name],) not in connection.warehouse.rows(name) for name in streams)
    assert_equals_fresh_read(connection)


def test_once_a_day_the_whole_register_is_asked_for(make_world: Callable[..., World]) -> None:
    world = make_world()
    connection = world.connection(REGISTERS)
    connection.must_sync()
    asked = []
    world.clock.advance(hours=-6)
    for _ in range(9):
        world.clock.advance(hours=8)
        world.simulator.calls.clear()
        connection.must_sync()
        calls = [call for call in world.simulator.calls if call.resource in LISTS]
        whole = [call for call in calls if "since=" not in call.query or "since=1970" in call.query]
        assert max(Counter(call.resource for call in whole).values(), default=0) <= 1
        assert len(calls) - len(whole) == len(LISTS)
        asked.append(len(whole))
    # 14, 22, 6, 14, 22, 6, ...
    assert asked == [0, 0, 4, 0, 0, 4, 0, 0, 4]


def test_what_the_filter_for_changes_never_named_comes_with_the_next_day(make_world: Callable[..., World]) -> None:
    """Whether `changedsince` names customers that nobody has changed since they were made is not documented."""
    world = make_world()
    connection = world.connection(["customers", "customer_details"])
    connection.must_sync()
    world.clock.advance(days=5)
    connection.must_sync()
    # made long ago, as it seems to every filter
    new = world.changes.add_customer(world.clock.local - timedelta(days=100))
    world.clock.advance(days=1)
    connection.must_sync()
    assert all((new.key,) in connection.warehouse.rows(name) for name in connection.warehouse.tables)
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("is_change", [True, False])
def test_a_product_that_is_published_again_comes_back(make_world: Callable[..., World], is_change: bool) -> None:
    """Its cursor is Netvisor's moment of change, and whether publishing is one is not known: the deletion's cursor must
    not be later than the row's."""
    world = make_world()
    connection = world.connection(["extended_products"])
    product = next(one for one in world.company.products() if one.published and not one.deleted)
    connection.must_sync()
    for published in (False, True, False, True):
        if is_change:
            world.changes.edit_product(world.clock.local, product.key, published=published)
        else:
            world.company.product_store.put(product._replace(published=published))
        world.clock.advance(days=1)
        connection.must_sync()
        assert ((product.key,) in connection.warehouse.rows("extended_products")) == published
        assert_equals_fresh_read(connection)


def test_a_page_that_shifts_while_it_is_read(make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    """A vendor who goes while the pages are read moves another one to a page that has been read."""
    monkeypatch.setattr(simulated_vendors, "PAGE", 5)
    world = make_world()
    connection = world.connection(["vendors"])
    connection.must_sync()
    store = world.company.vendor_store
    first, gone, *others = [vendor.key for vendor in store.living()]
    assert len(others) > 5
    store.delete(gone, world.clock.local)
    world.clock.advance(days=1)
    asked: list[str] = []

    def answer(request: Request) -> Reply:
        if request.query["changedsince"].year == 1970:
            asked.append(str(request.query.get("page")))
            if len(asked) == 2:
                store.delete(first, world.clock.local)
        return simulated_vendors.VENDORS.answer(request)

    world.simulator.resources["getvendor.nv"] = replace(simulated_vendors.VENDORS, answer=answer)
    connection.must_sync()
    assert len(asked) > 3
    kept = set(connection.warehouse.rows("vendors"))
    assert kept >= {(key,) for key in others} and (gone,) not in kept
    world.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)


def test_a_row_without_a_key_takes_nothing_away(make_world: Callable[..., World]) -> None:
    world = make_world()
    connection = world.connection(["customers", "customer_details"])
    connection.must_sync()
    gone = delete(world)["customers"]
    world.clock.advance(days=1)
    keyless = ListCase(
        "a row without a key", "customers", "customerlist.nv", keys("Netvisorkey", lambda key: f"{key} x", 1)
    )
    world.simulator.faults.add(keyless.fault(), resource="customerlist.nv", nth=2)
    connection.must_sync()
    assert (gone,) in connection.warehouse.rows("customers")
    assert any(
        "what was deleted cannot be told from customerlist.nv" in log["message"] for log in connection.warehouse.logs
    )
    connection.must_sync()
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("at_once", [1, 4000])
@pytest.mark.parametrize("streams", [*([one] for one in REGISTERS), REGISTERS], ids=len)
def test_killed_at_any_message(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch, streams: list[str], at_once: int
) -> None:
    monkeypatch.setattr(held_documents, "BYTES_AT_ONCE", 400 * at_once)
    monkeypatch.setattr(held_documents, "MOST_BYTES", 400 * at_once)
    world = make_world(vouchers=40)
    connection = world.connection(streams)
    with detail_batches_of(2):
        for kill_after in range(1, 40, 7):
            world.changes.add_customer(world.clock.local)
            connection.sync(kill_after)
            delete(world)
            world.clock.advance(minutes=10)
            connection.sync(kill_after + 3)
            world.clock.advance(days=1)
            connection.sync(kill_after + 1)
            world.clock.advance(minutes=10)
            connection.must_sync()
            world.clock.advance(days=1)
            connection.must_sync()
            assert_equals_fresh_read(connection)


def test_a_state_of_an_earlier_version(make_world: Callable[..., World]) -> None:
    """It does not know what was sent; the registers are compared at once, and known from then on."""
    world = make_world()
    connection = world.connection(REGISTERS)
    connection.must_sync()
    for name in REGISTERS:
        state: dict[str, Any] = connection.warehouse.states[name]["stream"]["stream_state"]
        del state["delivered"], state["deletions_until"]
    world.clock.advance(days=1)
    connection.must_sync()
    delete(world)
    world.clock.advance(days=1)
    connection.must_sync()
    assert_equals_fresh_read(connection)
