"""Nothing lost, nothing stale: scripted histories, each ending with the warehouse equal to Netvisor."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from integration_tests.connection import Connection, SetClock, incremental_streams
from integration_tests.invariant import assert_equals_books, assert_equals_fresh_read
from integration_tests.netvisor_simulator import NetvisorSimulator, Readings
from integration_tests.netvisor_simulator.company import Company
from integration_tests.netvisor_simulator.company.plan import HELSINKI
from integration_tests.warehouse_model import Warehouse

TODAY = date(2026, 3, 10)
START = date(2025, 1, 1)
DOCUMENTS = [
    "vouchers",
    "voucher_lines",
    "sales_invoices",
    "sales_invoice_details",
    "sales_invoice_lines",
    "purchase_invoices",
    "purchase_invoice_lines",
]
ORDERS = ["sales_orders", "sales_order_details", "sales_order_lines", "purchase_orders", "purchase_order_lines"]
PAYMENTS = ["sales_payments", "purchase_payments"]
REGISTERS = ["customers", "customer_details", "products", "product_details", "extended_products", "vendors"]
DELETIONS = [
    "deleted_vouchers",
    "deleted_sales_invoices",
    "deleted_sales_orders",
    "deleted_sales_payments",
    "deleted_purchase_invoices",
    "deleted_purchase_orders",
    "deleted_purchase_payments",
]
EVERY_READING = [
    pytest.param(Readings(), id="documented"),
    pytest.param(
        Readings(
            date_bounds="exclusive", modified_bounds="exclusive", casing="lower", line_wrappers="each", list_cap=500
        ),
        id="exclusive",
    ),
    pytest.param(
        Readings(
            modified_bounds="exclusive", casing="upper", one_key="wrapped", unknown_key="error", empty_list="missing"
        ),
        id="exclusive-changes",
    ),
]


class World:
    """A company, its Netvisor and the clock of both.

    Args:
        readings: of Netvisor's documents.
        vouchers: of the company.
        today: where the clock stands, at noon.
    """

    def __init__(self, readings: Readings, vouchers: int, today: date) -> None:
        self.clock = SetClock(datetime(today.year, today.month, today.day, 12, tzinfo=HELSINKI))
        self.company = Company(3, vouchers, 1, today)
        self.simulator = NetvisorSimulator(self.company, readings=readings, clock=self.clock)

    @property
    def changes(self) -> Any:
        """What can be done to the company."""
        return self.company.changes

    def connection(self, streams: list[str], full_refresh: bool = False, **config: Any) -> Connection:
        """A connection with these streams."""
        return Connection(
            self.simulator.config(**{"start_date": START.isoformat(), **config}), streams, full_refresh=full_refresh
        )

    def check(self, connection: Connection) -> None:
        """The warehouse equals Netvisor."""
        self.clock.advance(minutes=1)
        assert_equals_fresh_read(connection)
        assert_equals_books(connection.warehouse, self.company, date.fromisoformat(connection.config["start_date"]))
        self.simulator.assert_clean()

    def memo(self, number: int = 0) -> int:
        """The key of a valid voucher that no document stands behind."""
        store = self.company.voucher_store
        memos = [v.key for v in store.living() if v.status == "valid" and store.index(v.key) is not None]
        keys = [key for key in memos if (store.index(key) or 0) % 10 in (6, 7, 8)]
        return keys[number]


@pytest.fixture
def make_world() -> Iterator[Callable[..., World]]:
    """Makes worlds; their clocks are in charge and their servers run until the test ends."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def make(readings: Readings = Readings(), vouchers: int = 60, today: date = TODAY) -> World:  # noqa: B008
            world = World(readings, vouchers, today)
            stack.enter_context(world.clock.in_charge())
            stack.enter_context(world.simulator)
            return world

        yield make


def invoice_keys(world: World) -> list[int]:
    """Keys of living sales invoices."""
    return [invoice.key for invoice in world.company.sales_invoices()]


# --- 1: the first read is complete ------------------------------------------------------------------------------------


@pytest.mark.parametrize("never_modified", ["in", "out"])
@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
def test_first_read_has_what_was_never_modified_imported_or_dated_ahead(
    make_world: Callable[..., World], never_modified: Any, bounds: Any
) -> None:
    world = make_world(Readings(date_bounds=bounds, modified_bounds=bounds, never_modified=never_modified))
    now = world.clock.local
    world.changes.add_voucher(now, date(2027, 6, 30), description="next year")
    world.changes.add_voucher(now, START, description="on the first day")
    world.changes.add_sales_invoice(now, date(2028, 1, 1))
    world.changes.add_purchase_invoice(now, START)
    world.changes.invalidate_voucher(now, world.memo(1))
    for month in (1, 2, 3, 12):
        world.changes.add_voucher(now, date(2025, month, 28), description="last days")
        world.changes.add_voucher(now, date(2025, month, 1), description="first days")
    connection = world.connection(DOCUMENTS + ORDERS + PAYMENTS)
    connection.must_sync()
    world.check(connection)


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
def test_start_date_limits_documents_by_their_own_date(make_world: Callable[..., World], bounds: Any) -> None:
    world = make_world(Readings(date_bounds=bounds))
    now = world.clock.local
    start = date(2025, 9, 15)
    on_the_day = world.changes.add_voucher(now, start)
    before = world.changes.add_voucher(now, start - timedelta(days=1))
    connection = world.connection(DOCUMENTS, start_date=start.isoformat())
    connection.must_sync()
    rows = connection.warehouse.rows("vouchers")
    assert (on_the_day.key,) in rows
    assert (before.key,) not in rows
    assert min(row["voucher_date"] for row in rows.values()) >= start.isoformat()
    assert min(row["invoice_date"] for row in connection.warehouse.rows("sales_invoices").values()) >= start.isoformat()
    world.check(connection)


# --- 2: late edits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("readings", EVERY_READING)
@pytest.mark.parametrize("lookback", [0])
def test_late_edits_of_any_age_arrive_with_the_next_sync(
    make_world: Callable[..., World], readings: Readings, lookback: int
) -> None:
    world = make_world(readings)
    changes = world.changes
    connection = world.connection(DOCUMENTS + ORDERS + PAYMENTS + REGISTERS, lookback_days=lookback)
    connection.must_sync()
    world.clock.advance(minutes=5)
    # on the very day of the sync, after it
    changes.edit_voucher(world.clock.local, world.memo(0), description="a year old")
    changes.backdate_voucher(world.clock.local, world.memo(3), date(2025, 1, 2))
    invalidated = world.memo(4)
    changes.invalidate_voucher(world.clock.local, invalidated)
    keys = invoice_keys(world)
    changes.edit_sales_invoice(world.clock.local, keys[0])
    unpaid = next(one for one in world.company.sales_invoices() if world.company.open_sum(one) > 0)
    changes.pay_sales_invoice(world.clock.local, unpaid.key, Decimal("1.00"))
    world.clock.advance(minutes=5)
    connection.must_sync()
    world.check(connection)
    assert connection.warehouse.rows("vouchers")[(invalidated,)]["status"] == "invalidated"
    paid = connection.warehouse.rows("sales_invoices")[(unpaid.key,)]
    assert paid["open_sum"] == pytest.approx(float(world.company.open_sum(unpaid)))
    world.clock.advance(days=5)
    changes.edit_customer(world.clock.local, next(world.company.customers()).key)
    changes.edit_vendor(world.clock.local, next(world.company.vendors()).key)
    changes.edit_product(world.clock.local, next(world.company.products()).key)
    changes.edit_purchase_invoice(
        world.clock.local, next(world.company.purchase_invoices()).key, amounts=(Decimal("5.00"),)
    )
    changes.edit_sales_order(world.clock.local, next(world.company.sales_orders()).key)
    changes.edit_purchase_order(world.clock.local, next(world.company.purchase_orders()).key)
    payment = next(world.company.sales_payments())
    changes.edit_sales_payment(world.clock.local, payment.key, Decimal("2.50"))
    world.clock.advance(minutes=5)
    connection.must_sync()
    world.check(connection)


def test_new_documents_arrive_whatever_their_date(make_world: Callable[..., World]) -> None:
    world = make_world()
    connection = world.connection(DOCUMENTS + ORDERS + PAYMENTS + REGISTERS)
    connection.must_sync()
    for day in (date(2025, 1, 1), date(2025, 12, 31), TODAY, date(2026, 12, 31), date(2031, 1, 1)):
        world.clock.advance(hours=7)
        world.changes.add_voucher(world.clock.local, day)
        world.changes.add_sales_invoice(world.clock.local, day)
        world.changes.add_purchase_invoice(world.clock.local, day)
        world.changes.add_sales_order(world.clock.local, day)
        world.changes.add_purchase_order(world.clock.local, day)
        world.changes.add_customer(world.clock.local)
    world.clock.advance(hours=7)
    connection.must_sync()
    world.check(connection)


# --- 3: deletions -----------------------------------------------------------------------------------------------------


def delete_one_of_each(world: World) -> dict[str, tuple[int, ...]]:
    """Deletes documents; stream -> key of what must be gone."""
    changes, company, now = world.changes, world.company, world.clock.local
    gone: dict[str, tuple[int, ...]] = {}
    voucher = company.voucher_store.get(world.memo(2))
    gone["vouchers"] = (voucher.key,)
    gone["voucher_lines"] = (voucher.key, voucher.lines[0].key)
    changes.delete_voucher(now, voucher.key)
    invoice = list(company.sales_invoices())[1]
    gone["sales_invoices"] = gone["sales_invoice_details"] = (invoice.key,)
    gone["sales_invoice_lines"] = (invoice.key, invoice.lines[0].key)
    changes.delete_sales_invoice(now, invoice.key)
    bill = next(company.purchase_invoices())
    gone["purchase_invoices"] = (bill.key,)
    gone["purchase_invoice_lines"] = (bill.key, bill.lines[0].key)
    changes.delete_purchase_invoice(now, bill.key)
    order = next(one for one in company.sales_orders() if one.date >= START)
    gone["sales_orders"] = gone["sales_order_details"] = (order.key,)
    gone["sales_order_lines"] = (order.key, order.lines[0].key)
    changes.delete_sales_order(now, order.key)
    purchase = next(one for one in company.purchase_orders() if one.date >= START)
    gone["purchase_orders"] = (purchase.key,)
    gone["purchase_order_lines"] = (purchase.key, purchase.lines[0].key)
    changes.delete_purchase_order(now, purchase.key)
    payment = next(company.sales_payments())
    gone["sales_payments"] = (payment.key,)
    changes.delete_sales_payment(now, payment.key)
    spent = next(company.purchase_payments())
    gone["purchase_payments"] = (spent.key,)
    changes.delete_purchase_payment(now, spent.key)
    return gone


@pytest.mark.parametrize("readings", EVERY_READING[:2])
@pytest.mark.parametrize(("pause", "lookback"), [(0, 0), (6, 0), (7, 1), (8, 1), (40, 0)])
def test_deletions_reach_the_warehouse_after_any_pause(
    make_world: Callable[..., World], readings: Readings, lookback: int, pause: int
) -> None:
    world = make_world(readings, 40)
    streams = DOCUMENTS + ORDERS + PAYMENTS
    connection = world.connection(streams, lookback_days=lookback)
    connection.must_sync()
    world.clock.advance(minutes=10)
    gone = delete_one_of_each(world)
    for stream, key in gone.items():
        assert connection.warehouse.rows(stream)[key].get("_ab_cdc_deleted_at") is None, stream
    world.clock.advance(days=pause, minutes=10)
    connection.must_sync()
    warnings = " ".join(connection.warehouse.warnings())
    for stream, key in gone.items():
        assert key not in connection.warehouse.rows(stream), stream
        assert connection.warehouse.tables[stream].deletions()[key]["_ab_cdc_deleted_at"], stream
        assert (stream in warnings) == (pause > 7) or pause == 7, (stream, warnings)
    world.check(connection)
    # and once more, quietly
    world.clock.advance(hours=1)
    connection.must_sync()
    assert connection.warehouse.warnings() == []
    world.check(connection)


@pytest.mark.parametrize("days", [2, 12])
def test_deletions_while_their_list_is_blocked_arrive_when_it_is_allowed(
    make_world: Callable[..., World], days: int
) -> None:
    world = make_world(vouchers=40)
    connection = world.connection(DOCUMENTS[:5])
    connection.must_sync()
    lists = ("deletedvouchers.nv", "deletedsalesinvoices.nv")
    world.simulator.rights.block(*lists)
    for number in range(days):
        world.clock.advance(days=1)
        if number < 2:
            world.changes.delete_sales_invoice(world.clock.local, invoice_keys(world)[number])
        world.clock.advance(minutes=1)
        connection.must_sync()
        assert any("SERVICE_ACCESS_ERROR" in text for text in connection.warehouse.warnings())
    world.simulator.rights.allow(*lists)
    world.clock.advance(hours=1)
    connection.must_sync()
    world.check(connection)


def test_deletion_lists_keep_what_netvisor_forgets(make_world: Callable[..., World]) -> None:
    world = make_world()
    connection = world.connection([*DELETIONS, *DOCUMENTS])
    connection.must_sync()
    deleted: list[int] = []
    for number in range(5):
        world.clock.advance(days=3)
        deleted.append(world.memo(number))
        world.changes.delete_voucher(world.clock.local, deleted[-1])
        world.clock.advance(minutes=1)
        connection.must_sync()
    rows = connection.warehouse.rows("deleted_vouchers")
    assert {(key,) for key in deleted} <= set(rows)
    assert_equals_fresh_read(connection, DOCUMENTS)
    # what the list still tells is in the warehouse as it is told
    fresh = world.connection(DELETIONS)
    fresh.must_sync()
    for stream in DELETIONS:
        wanted = fresh.warehouse.rows(stream)
        assert {key: row for key, row in connection.warehouse.rows(stream).items() if key in wanted} == wanted


# --- 4: no ghost lines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("readings", EVERY_READING)
def test_lines_that_vanish_from_a_document_vanish_from_the_warehouse(
    make_world: Callable[..., World], readings: Readings
) -> None:
    world = make_world(readings)
    changes, company = world.changes, world.company
    connection = world.connection(["voucher_lines", "sales_invoice_lines", "purchase_invoice_lines"])
    connection.must_sync()
    for round_ in range(3):
        world.clock.advance(hours=2)
        now = world.clock.local
        changes.edit_voucher(now, world.memo(5))
        product = next(company.products()).key
        changes.edit_sales_invoice(now, invoice_keys(world)[2], products=((product, Decimal(round_ + 1)),))
        bill = next(company.purchase_invoices())
        changes.edit_purchase_invoice(now, bill.key, amounts=(Decimal("7.00"),) * (3 - round_))
        world.clock.advance(minutes=1)
        connection.must_sync()
        world.check(connection)


# --- 5: interruption --------------------------------------------------------------------------------------------------


def test_killed_at_any_message_of_the_first_read(make_world: Callable[..., World]) -> None:
    world = make_world(vouchers=20)
    streams = ["vouchers", "voucher_lines", "sales_invoices", "sales_invoice_lines"]
    whole = world.connection(streams)
    whole.must_sync()
    for kill_after in range(0, whole.messages, 17):
        connection = world.connection(streams)
        assert not connection.sync(kill_after)
        world.clock.advance(minutes=1)
        connection.must_sync()
        assert connection.messages <= whole.messages + 10
        assert connection.warehouse.rows("vouchers").keys() == whole.warehouse.rows("vouchers").keys()
        assert connection.warehouse.rows("voucher_lines").keys() == whole.warehouse.rows("voucher_lines").keys()
        assert connection.warehouse.rows("sales_invoices").keys() == whole.warehouse.rows("sales_invoices").keys()
        assert_equals_books(connection.warehouse, world.company, START)
    world.check(connection)


@pytest.mark.parametrize("pause", [0, 3, 9])
def test_changes_between_the_kill_and_the_restart(make_world: Callable[..., World], pause: int) -> None:
    for kill_after in (40, 90, 140, 200):
        world = make_world(vouchers=20)
        connection = world.connection(DOCUMENTS)
        connection.sync(kill_after)
        world.clock.advance(minutes=5)
        now = world.clock.local
        early, late = world.memo(0), world.memo(-1)
        world.changes.delete_voucher(now, early)
        world.changes.backdate_voucher(now, late, START)
        world.changes.edit_voucher(now, world.memo(1))
        world.changes.delete_sales_invoice(now, invoice_keys(world)[0])
        world.changes.edit_sales_invoice(
            now, invoice_keys(world)[1], products=((next(world.company.products()).key, Decimal(4)),)
        )
        world.clock.advance(days=pause, minutes=5)
        connection.must_sync()
        world.check(connection)


def test_killed_at_any_message_of_a_sync_of_changes(make_world: Callable[..., World]) -> None:
    for kill_after in range(1, 60, 5):
        world = make_world(vouchers=20)
        connection = world.connection(DOCUMENTS)
        connection.must_sync()
        for round_ in range(2):
            world.clock.advance(days=round_ * 3, minutes=30)
            now = world.clock.local
            world.changes.edit_voucher(now, world.memo(0))
            world.changes.delete_voucher(now, world.memo(2))
            world.changes.add_sales_invoice(now)
            keys = invoice_keys(world)
            world.changes.edit_sales_invoice(
                now, keys[-1], products=((next(world.company.products()).key, Decimal(4)),)
            )
            world.changes.delete_sales_invoice(now, keys[1])
            world.clock.advance(minutes=1)
            connection.sync(kill_after + round_)
        world.clock.advance(minutes=30)
        connection.must_sync()
        world.check(connection)


class Cut(Exception):
    """The process is killed."""


def sync_until(connection: Connection, last: Callable[[dict[str, Any]], bool]) -> None:
    """Runs a sync that is killed right after the message for which `last` is true."""
    receive = connection.warehouse.receive

    def receive_and_look(line: Any) -> None:
        receive(line)
        if last(json.loads(line)):
            raise Cut

    connection.warehouse.receive = receive_and_look  # type: ignore[method-assign]
    try:
        with pytest.raises(Cut):
            connection.sync()
    finally:
        del connection.warehouse.receive  # type: ignore[method-assign]


def state_of(stream: str, count: int) -> Callable[[dict[str, Any]], bool]:
    """Whether a message is the `count`-th STATE of the stream."""
    seen = Counter[str]()

    def look(message: dict[str, Any]) -> bool:
        if message["type"] != "STATE":
            return False
        seen[message["state"]["stream"]["stream_descriptor"]["name"]] += 1
        return message["state"]["stream"]["stream_descriptor"]["name"] == stream and seen[stream] == count

    return look


def record_of(stream: str, count: int) -> Callable[[dict[str, Any]], bool]:
    """Whether a message is the `count`-th RECORD of the stream."""
    seen = Counter[str]()

    def look(message: dict[str, Any]) -> bool:
        if message["type"] != "RECORD":
            return False
        seen[message["record"]["stream"]] += 1
        return message["record"]["stream"] == stream and seen[stream] == count

    return look


@pytest.mark.parametrize("first", ["vouchers", "voucher_lines"])
def test_streams_that_were_killed_at_different_windows(make_world: Callable[..., World], first: str) -> None:
    world = make_world(vouchers=20)
    for month in range(1, 13):
        world.changes.add_voucher(world.clock.local, date(2025, month, 1))
        world.changes.add_voucher(world.clock.local, date(2025, month, 28))
    streams = ["vouchers", "voucher_lines"] if first == "vouchers" else ["voucher_lines", "vouchers"]
    connection = world.connection(streams)
    sync_until(connection, state_of(first, 7))
    world.clock.advance(minutes=10)
    connection.must_sync()
    world.check(connection)


@pytest.mark.parametrize("stream", ["vouchers", "sales_invoices", "sales_invoice_details", "sales_payments"])
def test_deleted_after_a_kill_before_the_state_and_a_long_pause(make_world: Callable[..., World], stream: str) -> None:
    world = make_world(vouchers=20)
    connection = world.connection([stream])
    seen: list[int] = []

    def second_record(message: dict[str, Any]) -> bool:
        if message["type"] == "RECORD":
            seen.append(message["record"]["data"]["netvisor_key"])
        return len(seen) == 2

    sync_until(connection, second_record)
    store = {"vouchers": "voucher", "sales_payments": "sales_payment"}.get(stream, "sales_invoice")
    for key in seen:
        getattr(world.changes, f"delete_{store}")(world.clock.local, key)
    world.clock.advance(days=30)
    connection.must_sync()
    world.clock.advance(minutes=1)
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("pauses", [(30,), (3, 30), (30, 30), (3, 3, 3)])
def test_deleted_during_the_pauses_of_a_first_read(make_world: Callable[..., World], pauses: tuple[int, ...]) -> None:
    world = make_world(vouchers=40)
    connection = world.connection(DOCUMENTS[:5])
    for number, pause in enumerate(pauses):
        sync_until(connection, record_of("sales_invoice_lines", 6))
        world.clock.advance(minutes=10)
        world.changes.delete_voucher(world.clock.local, world.memo(number))
        world.changes.delete_sales_invoice(world.clock.local, invoice_keys(world)[0])
        world.clock.advance(days=pause)
    connection.must_sync()
    world.check(connection)


@pytest.mark.parametrize("pauses", [(30,), (3, 30), (30, 2)])
def test_deleted_during_the_pauses_of_a_repeated_read(
    make_world: Callable[..., World], pauses: tuple[int, ...]
) -> None:
    world = make_world(vouchers=40)
    connection = world.connection(DOCUMENTS[:5])
    connection.must_sync()
    world.clock.advance(days=20)
    world.changes.delete_voucher(world.clock.local, world.memo(-1))
    for number, pause in enumerate(pauses):
        sync_until(connection, record_of("sales_invoice_lines", 6))
        world.clock.advance(minutes=10)
        world.changes.delete_voucher(world.clock.local, world.memo(number))
        world.changes.delete_sales_invoice(world.clock.local, invoice_keys(world)[0])
        world.clock.advance(days=pause)
    connection.must_sync()
    world.check(connection)


@pytest.mark.parametrize("pause", [1, 30])
def test_start_date_moved_back(make_world: Callable[..., World], pause: int) -> None:
    world = make_world(vouchers=40)
    connection = world.connection(DOCUMENTS[:5], start_date="2025-08-01")
    connection.must_sync()
    world.changes.delete_voucher(world.clock.local, world.memo(-1))
    world.changes.delete_sales_invoice(world.clock.local, invoice_keys(world)[-1])
    world.clock.advance(days=pause)
    connection.config["start_date"] = START.isoformat()
    connection.must_sync()
    world.check(connection)


def test_older_document_that_changed_before_the_start_date_was_moved_back(make_world: Callable[..., World]) -> None:
    world = make_world(vouchers=40)
    connection = world.connection(DOCUMENTS[:5], start_date="2026-01-01")
    connection.must_sync()
    older = world.memo(0)
    for number in range(2):
        world.clock.advance(minutes=10)
        world.changes.edit_voucher(world.clock.local, older, description=f"edit {number}")
        world.changes.edit_sales_invoice(world.clock.local, invoice_keys(world)[0], comment=f"edit {number}")
        world.clock.advance(minutes=10)
        if number:
            connection.config["start_date"] = "2025-12-01"
        connection.must_sync()
    world.check(connection)


def console_sync(connection: Connection, folder: Path, kill_after: int | None) -> int:
    """Runs the console script as a process of its own, killed with SIGKILL after so many lines; its exit status."""
    arguments = [str(Path(sys.executable).with_name("source-netvisor")), "read"]
    contents = {"config": connection.config, "catalog": connection.catalog, "state": connection.warehouse.state()}
    for name, content in contents.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
        arguments += [f"--{name}", str(folder / f"{name}.json")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        for number, line in enumerate(process.stdout, 1):
            # what is in the pipe arrives even after the kill, but a line that breaks off is nothing
            if line.endswith("\n"):
                connection.warehouse.receive(line)
            if number == kill_after:
                process.kill()
        return process.wait()


def test_console_script_killed_with_sigkill(tmp_path: Path) -> None:
    company = Company(5, 150, 1)
    start = date(company.today.year - 1, 1, 1)
    with NetvisorSimulator(company) as simulator:
        connection = Connection(simulator.config(start_date=start.isoformat()), DOCUMENTS)
        for kill_after in (40, 300):
            assert console_sync(connection, tmp_path, kill_after) == -9
            now = simulator.now
            memo = company.changes._memo(Random(kill_after), now)
            assert memo is not None
            company.changes.delete_voucher(now, memo)
            company.changes.edit_sales_invoice(now, next(company.sales_invoices()).key, comment=f"edit {kill_after}")
            company.changes.delete_sales_invoice(now, list(company.sales_invoices())[-1].key)
        assert console_sync(connection, tmp_path, None) == 0
        assert_equals_books(connection.warehouse, company, start)
        assert_equals_fresh_read(connection)
        simulator.assert_clean()


def test_streams_that_are_selected_later_or_read_whole_beside_others(make_world: Callable[..., World]) -> None:
    world = make_world(vouchers=40)
    first = world.connection(["vouchers", "sales_invoices"])
    first.must_sync()
    world.clock.advance(days=2)
    world.changes.edit_voucher(world.clock.local, world.memo(0))
    world.changes.delete_voucher(world.clock.local, world.memo(1))
    world.changes.delete_sales_invoice(world.clock.local, invoice_keys(world)[0])
    world.changes.edit_sales_invoice(world.clock.local, invoice_keys(world)[1])
    world.clock.advance(minutes=1)
    later = world.connection(DOCUMENTS)
    whole = world.connection(["voucher_lines", "sales_invoice_details"], full_refresh=True)
    by_name = {entry["stream"]["name"]: entry for entry in whole.catalog["streams"]}
    later.catalog["streams"] = [by_name.get(e["stream"]["name"], e) for e in later.catalog["streams"]]
    later.warehouse = Warehouse(later.catalog)
    later.warehouse.states = first.warehouse.states
    for name in first.warehouse.tables:
        later.warehouse.tables[name] = first.warehouse.tables[name]
    for _ in range(2):
        later.must_sync()
        world.check(later)
        world.clock.advance(days=1)
        world.changes.edit_voucher(world.clock.local, world.memo(2))
        world.changes.delete_sales_invoice(world.clock.local, invoice_keys(world)[0])
        world.clock.advance(minutes=1)
    later.must_sync()
    world.check(later)


# --- 6: states that cannot be right -----------------------------------------------------------------------------------


def test_idle_sync_asks_once_for_each_listing_and_moves_on(make_world: Callable[..., World]) -> None:
    world = make_world()
    connection = world.connection(incremental_streams())
    connection.must_sync()
    world.clock.advance(days=1)
    connection.must_sync()
    world.clock.advance(days=1)
    before = {name: connection.warehouse.stream_state(name) for name in incremental_streams()}
    world.simulator.calls.clear()
    # nothing changed within the lookback, so not even details are asked for
    world.clock.advance(days=3)
    connection.must_sync()
    calls = Counter((call.resource, "listtype" in call.query) for call in world.simulator.calls)
    # payroll has no filter for changes: 30 days a request, and one employee and calendar year, are Netvisor's limits
    payroll = {"getpayrollpaycheckbatchlist.nv", "getpayrollpaycheckbatch.nv", "getworkdays.nv"}
    many = {listing: count for listing, count in calls.items() if count > 1 and listing[0] not in payroll}
    assert not many
    for name, old in before.items():
        new = connection.warehouse.stream_state(name)
        cursor = connection.warehouse.tables[name].cursor_field
        assert new[cursor] > old[cursor], name
        if "deletions_until" in old:
            assert new["deletions_until"] > old["deletions_until"], name


def shifted(value: Any, years: int) -> Any:
    """A state with every moment moved by so many years."""
    if isinstance(value, dict):
        return {name: shifted(inner, years) for name, inner in value.items()}
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", value):
        return f"{int(value[:4]) + years}{value[4:]}"
    return value


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        pytest.param(lambda state: shifted(state, 73), "future", id="future"),
        pytest.param(lambda state: {**state, "delivered": ["?"]}, "damaged", id="damaged"),
        pytest.param(lambda state: {"_ab_modified_until": "2026-03-10"}, "did not write it", id="another connector's"),
    ],
)
def test_a_state_that_cannot_be_right_is_not_obeyed(
    make_world: Callable[..., World], damage: Callable[[dict[str, Any]], dict[str, Any]], sentence: str
) -> None:
    world = make_world(vouchers=20)
    connection = world.connection(["vouchers", "sales_invoices"])
    connection.must_sync()
    for state in connection.warehouse.states.values():
        state["stream"]["stream_state"] = damage(state["stream"]["stream_state"])
    world.clock.advance(hours=1)
    world.changes.edit_voucher(world.clock.local, world.memo(0))
    world.changes.edit_sales_invoice(world.clock.local, invoice_keys(world)[0])
    connection.must_sync()
    warnings = connection.warehouse.warnings()
    assert all(any(name in text and sentence in text for text in warnings) for name in connection.warehouse.tables)
    world.check(connection)
    world.clock.advance(hours=1)
    connection.must_sync()
    assert connection.warehouse.warnings() == []


def test_a_state_of_another_company_is_refused(make_world: Callable[..., World]) -> None:
    world = make_world(vouchers=20)
    connection = world.connection(["vouchers", "customers"])
    connection.must_sync()
    state = connection.warehouse.states["vouchers"]["stream"]["stream_state"]
    state["business_id"] = "7654321-2"
    received = connection.warehouse.tables["vouchers"].received
    assert not connection.sync()
    assert "7654321-2" in (connection.failure or "")
    assert connection.warehouse.tables["vouchers"].received == received
    assert connection.warehouse.statuses("vouchers") == ["STARTED", "INCOMPLETE"]
    assert connection.warehouse.statuses("customers")[-1] == "COMPLETE"


@pytest.mark.parametrize("hours", [1, 25])
def test_a_clock_that_was_ahead_hides_no_later_change(make_world: Callable[..., World], hours: int) -> None:
    world = make_world()
    connection = world.connection(DOCUMENTS)
    world.clock.advance(hours=hours)
    connection.must_sync()
    world.clock.advance(hours=-hours, minutes=10)
    world.changes.edit_voucher(world.clock.local, world.memo(0))
    gone = world.memo(1)
    world.changes.delete_voucher(world.clock.local, gone)
    for _ in range(2):
        connection.must_sync()
        world.check(connection)
        world.clock.advance(minutes=10)
        world.changes.edit_voucher(world.clock.local, world.memo(0))
        world.changes.edit_sales_invoice(world.clock.local, invoice_keys(world)[0], comment=f"{_}")
    connection.must_sync()
    world.check(connection)


# --- 7: time ----------------------------------------------------------------------------------------------------------

NIGHTS = [
    pytest.param(datetime(2026, 3, 29, 0, 30, tzinfo=HELSINKI), id="spring"),
    pytest.param(datetime(2025, 10, 26, 0, 30, tzinfo=HELSINKI), id="autumn"),
    pytest.param(datetime(2025, 12, 31, 22, 0, tzinfo=HELSINKI), id="year-end"),
    pytest.param(datetime(2026, 2, 28, 22, 0, tzinfo=HELSINKI), id="month-end"),
]


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("readings", EVERY_READING[1:2])
def test_every_half_hour_of_a_special_night(
    make_world: Callable[..., World], night: datetime, readings: Readings
) -> None:
    world = make_world(readings, 20, night.date())
    world.clock.set(night)
    connection = world.connection(["vouchers", "voucher_lines", "sales_invoices"], lookback_days=0)
    connection.must_sync()
    for step in range(12):
        world.clock.advance(minutes=29, seconds=59)
        world.changes.edit_voucher(world.clock.local, world.memo(0))
        world.changes.add_voucher(world.clock.local)
        world.changes.add_sales_invoice(world.clock.local)
        if step % 3 == 0:
            world.changes.delete_voucher(world.clock.local, world.memo(-1))
        world.clock.advance(seconds=1)
        connection.must_sync()
        assert_equals_books(connection.warehouse, world.company, START)
    world.check(connection)


# --- full refresh -----------------------------------------------------------------------------------------------------


def test_full_refresh_gives_what_incremental_gives(make_world: Callable[..., World]) -> None:
    world = make_world()
    streams = [name for name in incremental_streams() if name not in DELETIONS]
    incremental = world.connection(streams)
    incremental.must_sync()
    full = world.connection(streams, full_refresh=True)
    full.must_sync()
    ignored = "_ab_modified_until"
    for name in streams:
        one, other = incremental.warehouse.rows(name), full.warehouse.rows(name)
        assert {key: {**row, ignored: None} for key, row in one.items()} == {
            key: {**row, ignored: None} for key, row in other.items()
        }, name
    assert json.dumps(full.warehouse.state()).count("__ab_no_cursor_state_message") == len(streams)
