"""Syncs that are killed at any message, and what changes before they are taken up."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from integration_tests.connection import Connection
from integration_tests.interruption import record_of, state_of, sync_until
from integration_tests.invariant import assert_equals_books, assert_equals_fresh_read
from integration_tests.scenario import (
    DOCUMENTS,
    START,
    Scenario,
    invoice_keys,
)
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company

# --- 5: interruption --------------------------------------------------------------------------------------------------


def test_killed_at_any_message_of_the_first_read(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=20)
    streams = ["vouchers", "voucher_lines", "sales_invoices", "sales_invoice_lines"]
    whole = scenario.connection(streams)
    whole.must_sync()
    for kill_after in range(0, whole.messages, 17):
        connection = scenario.connection(streams)
        assert not connection.sync(kill_after)
        scenario.clock.advance(minutes=1)
        connection.must_sync()
        assert connection.messages <= whole.messages + 10
        assert connection.warehouse.rows("vouchers").keys() == whole.warehouse.rows("vouchers").keys()
        assert connection.warehouse.rows("voucher_lines").keys() == whole.warehouse.rows("voucher_lines").keys()
        assert connection.warehouse.rows("sales_invoices").keys() == whole.warehouse.rows("sales_invoices").keys()
        assert_equals_books(connection.warehouse, scenario.company, START)
    scenario.check(connection)


@pytest.mark.parametrize("pause", [0, 3, 9])
def test_changes_between_the_kill_and_the_restart(make_scenario: Callable[..., Scenario], pause: int) -> None:
    for kill_after in (40, 90, 140, 200):
        scenario = make_scenario(vouchers=20)
        connection = scenario.connection(DOCUMENTS)
        connection.sync(kill_after)
        scenario.clock.advance(minutes=5)
        now = scenario.clock.local
        early, late = scenario.memo(0), scenario.memo(-1)
        scenario.changes.delete_voucher(now, early)
        scenario.changes.backdate_voucher(now, late, START)
        scenario.changes.edit_voucher(now, scenario.memo(1))
        scenario.changes.delete_sales_invoice(now, invoice_keys(scenario)[0])
        scenario.changes.edit_sales_invoice(
            now, invoice_keys(scenario)[1], products=((next(scenario.company.products()).key, Decimal(4)),)
        )
        scenario.clock.advance(days=pause, minutes=5)
        connection.must_sync()
        scenario.check(connection)


def test_killed_at_any_message_of_a_sync_of_changes(make_scenario: Callable[..., Scenario]) -> None:
    for kill_after in range(1, 60, 5):
        scenario = make_scenario(vouchers=20)
        connection = scenario.connection(DOCUMENTS)
        connection.must_sync()
        for round_ in range(2):
            scenario.clock.advance(days=round_ * 3, minutes=30)
            now = scenario.clock.local
            scenario.changes.edit_voucher(now, scenario.memo(0))
            scenario.changes.delete_voucher(now, scenario.memo(2))
            scenario.changes.add_sales_invoice(now)
            keys = invoice_keys(scenario)
            scenario.changes.edit_sales_invoice(
                now, keys[-1], products=((next(scenario.company.products()).key, Decimal(4)),)
            )
            scenario.changes.delete_sales_invoice(now, keys[1])
            scenario.clock.advance(minutes=1)
            connection.sync(kill_after + round_)
        scenario.clock.advance(minutes=30)
        connection.must_sync()
        scenario.check(connection)


@pytest.mark.parametrize("first", ["vouchers", "voucher_lines"])
def test_streams_that_were_killed_at_different_windows(make_scenario: Callable[..., Scenario], first: str) -> None:
    scenario = make_scenario(vouchers=20)
    for month in range(1, 13):
        scenario.changes.add_voucher(scenario.clock.local, date(2025, month, 1))
        scenario.changes.add_voucher(scenario.clock.local, date(2025, month, 28))
    streams = ["vouchers", "voucher_lines"] if first == "vouchers" else ["voucher_lines", "vouchers"]
    connection = scenario.connection(streams)
    sync_until(connection, state_of(first, 7))
    scenario.clock.advance(minutes=10)
    connection.must_sync()
    scenario.check(connection)


@pytest.mark.parametrize("stream", ["vouchers", "sales_invoices", "sales_invoice_details", "sales_payments"])
def test_deleted_after_a_kill_before_the_state_and_a_long_pause(
    make_scenario: Callable[..., Scenario], stream: str
) -> None:
    scenario = make_scenario(vouchers=20)
    connection = scenario.connection([stream])
    seen: list[int] = []

    def second_record(message: dict[str, Any]) -> bool:
        if message["type"] == "RECORD":
            seen.append(message["record"]["data"]["netvisor_key"])
        return len(seen) == 2

    sync_until(connection, second_record)
    store = {"vouchers": "voucher", "sales_payments": "sales_payment"}.get(stream, "sales_invoice")
    for key in seen:
        getattr(scenario.changes, f"delete_{store}")(scenario.clock.local, key)
    scenario.clock.advance(days=30)
    if not connection.sync():
        # a list without one document is trusted on the next day
        assert "nothing says that they were deleted" in str(connection.failure)
        scenario.clock.advance(days=1)
        connection.must_sync()
    scenario.clock.advance(minutes=1)
    assert_equals_fresh_read(connection)


@pytest.mark.parametrize("pauses", [(30,), (3, 30), (30, 30), (3, 3, 3)])
def test_deleted_during_the_pauses_of_a_first_read(
    make_scenario: Callable[..., Scenario], pauses: tuple[int, ...]
) -> None:
    scenario = make_scenario(vouchers=40)
    connection = scenario.connection(DOCUMENTS[:5])
    for number, pause in enumerate(pauses):
        sync_until(connection, record_of("sales_invoice_lines", 6))
        scenario.clock.advance(minutes=10)
        scenario.changes.delete_voucher(scenario.clock.local, scenario.memo(number))
        scenario.changes.delete_sales_invoice(scenario.clock.local, invoice_keys(scenario)[0])
        scenario.clock.advance(days=pause)
    connection.must_sync()
    scenario.check(connection)


@pytest.mark.parametrize("pauses", [(30,), (3, 30), (30, 2)])
def test_deleted_during_the_pauses_of_a_repeated_read(
    make_scenario: Callable[..., Scenario], pauses: tuple[int, ...]
) -> None:
    scenario = make_scenario(vouchers=40)
    connection = scenario.synced(DOCUMENTS[:5])
    scenario.clock.advance(days=20)
    scenario.changes.delete_voucher(scenario.clock.local, scenario.memo(-1))
    for number, pause in enumerate(pauses):
        sync_until(connection, record_of("sales_invoice_lines", 6))
        scenario.clock.advance(minutes=10)
        scenario.changes.delete_voucher(scenario.clock.local, scenario.memo(number))
        scenario.changes.delete_sales_invoice(scenario.clock.local, invoice_keys(scenario)[0])
        scenario.clock.advance(days=pause)
    connection.must_sync()
    scenario.check(connection)


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
