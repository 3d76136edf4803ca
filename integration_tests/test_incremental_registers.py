"""Customers, vendors and products that are deleted: Netvisor has no list of them, so they are read anew every week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from integration_tests.connection import detail_batches_of
from integration_tests.invariant import assert_equals_fresh_read
from integration_tests.netvisor_simulator import Readings, faults
from integration_tests.world import EVERY_READING, REGISTERS, World
from source_netvisor import held_documents

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
def test_what_is_deleted_goes_within_a_week(
    make_world: Callable[..., World], streams: list[str], readings: Readings
) -> None:
    world = make_world(readings)
    connection = world.connection(streams)
    connection.must_sync()
    gone = delete(world)
    for name in streams:
        assert (gone[name],) in connection.warehouse.rows(name)
    for _ in range(7):
        world.clock.advance(days=1)
        connection.must_sync()
    assert_equals_fresh_read(connection)
    assert all((gone[name],) not in connection.warehouse.rows(name) for name in streams)


def test_once_a_week_the_whole_register_is_asked_for(make_world: Callable[..., World]) -> None:
    world = make_world()
    connection = world.connection(REGISTERS)
    connection.must_sync()
    asked = []
    for _ in range(16):
        world.clock.advance(days=1)
        world.simulator.calls.clear()
        connection.must_sync()
        calls = [call for call in world.simulator.calls if call.resource in LISTS]
        assert max(Counter(call.resource for call in calls).values()) == 1
        asked.append(sum("since=" not in call.query or "since=1970" in call.query for call in calls))
    assert asked == [0] * 6 + [4] + [0] * 6 + [4] + [0] * 2


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
            world.clock.advance(days=8)
            connection.sync(kill_after + 1)
            world.clock.advance(minutes=10)
            connection.must_sync()
            world.clock.advance(days=8)
            connection.must_sync()
            assert_equals_fresh_read(connection)


def test_what_netvisor_refuses_is_not_taken_for_gone(make_world: Callable[..., World]) -> None:
    """Nobody misses a customer who is gone for a week more, but one who is not gone has to stay."""
    world = make_world()
    connection = world.connection(["customer_details", "product_details"])
    connection.must_sync()
    before = {name: set(connection.warehouse.rows(name)) for name in connection.warehouse.tables}
    world.clock.advance(days=7)
    for resource in ("getcustomer.nv", "getproduct.nv"):
        # the batch, and one of the halves into which it is divided
        refused = faults.netvisor_code("INVALID_DATA", "not now")
        world.simulator.faults.add(refused, resource=resource, times=5)
    connection.must_sync()
    assert {name: set(connection.warehouse.rows(name)) for name in before} == before
    gone = delete(world)
    world.clock.advance(days=7)
    connection.must_sync()
    assert all((gone[name],) not in connection.warehouse.rows(name) for name in before)
    assert_equals_fresh_read(connection)


def test_a_state_of_an_earlier_version(make_world: Callable[..., World]) -> None:
    """It does not know what was sent; the registers are read anew at once, and known from then on."""
    world = make_world()
    connection = world.connection(REGISTERS)
    connection.must_sync()
    for name in REGISTERS:
        state: dict[str, Any] = connection.warehouse.states[name]["stream"]["stream_state"]
        del state["delivered"], state["deletions_until"]
    world.clock.advance(days=1)
    connection.must_sync()
    delete(world)
    world.clock.advance(days=7)
    connection.must_sync()
    assert_equals_fresh_read(connection)
