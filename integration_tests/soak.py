"""Nightly syncs of one company for a long time, with random faults: nothing grows, nothing is lost.

    python -m integration_tests.soak --nights 120 --seed 1

Each night the company changes, and 5 % of the calls meet a fault of the matrix; a sync that fails is started again, as
Airbyte does, and every few nights one is killed. At the end memory, open files and temporary files are where they were
after the first nights, and the warehouse is what a fresh read of Netvisor gives. Bounded in count, not in `make test`.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from integration_tests.connection import Connection, SetClock
from integration_tests.console_runs import IMPATIENT
from integration_tests.fault_matrix import CASES
from integration_tests.invariant import assert_equals_books, assert_equals_fresh_read
from integration_tests.shared_source import shared_source
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from netvisor_simulator.company.plan import HELSINKI
from source_netvisor.netvisor.retry_policy import RetryPolicy

STREAMS = (
    "accounts", "vouchers", "voucher_lines", "sales_invoices", "sales_invoice_lines", "sales_orders", "sales_payments",
    "purchase_invoices", "purchase_invoice_lines", "products", "vendors", "deleted_vouchers",
)  # fmt: skip
FAULTY = 0.05
"""Part of the calls that meet a fault."""
LEAST_ROWS = 5
"""Rows of each stream at the end: fewer would prove little."""
SETTLED = 10
"""Nights after which what the process needs should not grow any more."""
MEMORY_GROWTH = 40 << 20
"""Bytes that the resident memory may grow from then on: state and company grow too, by kilobytes."""
SHORT = [case for case in CASES if case.once == "survived" and "time-out" not in case.name and "drips" not in case.name
         and "stalls" not in case.name]  # fmt: skip


def resident() -> int:
    """Bytes of memory that this process has."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * resource.getpagesize()


def open_files() -> int:
    """Files and sockets of this process."""
    return len(os.listdir("/proc/self/fd"))


class Soak:
    """The company, its Netvisor, the connection, and what has been met.

    Args:
        simulator: with the company.
        connection: that syncs it.
        time: the clock of both.
        rng: decides everything.
    """

    def __init__(self, simulator: NetvisorSimulator, connection: Connection, time: SetClock, rng: Random) -> None:
        self._simulator = simulator
        self._connection = connection
        self._clock = time
        self._rng = rng
        self.failed = self.killed = self.faults = 0
        self._lock = threading.Lock()
        for case in SHORT:
            simulator.faults.add(case.fault(), times=None, when=lambda _, case=case: self._chosen() == case.name)
        self._call: tuple[int, str | None] = (0, None)
        self._lasts = 0

    def _chosen(self) -> str | None:
        """The fault of the present call: drawn when it is first asked for."""
        number = len(self._simulator.calls)
        with self._lock:
            if self._call[0] != number:
                fault = self._call[1] if self._lasts else None
                self._lasts = max(0, self._lasts - 1)
                if fault is None and self._rng.random() < FAULTY:
                    fault = self._rng.choice(SHORT).name
                    # most pass at once, some outlast every attempt
                    self._lasts = self._rng.choice((0, 0, 0, 0, 2, 12))
                self.faults += fault is not None
                self._call = (number, fault)
            return self._call[1]

    def night(self, number: int) -> None:
        """A day of changes, and syncs until one succeeds."""
        moment = self._clock.advance(hours=23, minutes=self._rng.randrange(120))
        changes = self._company.changes
        # what is deleted at random would empty a company that does not grow, and then nothing would be compared
        morning = moment - timedelta(hours=20)
        changes.add_sales_order(morning)
        changes.add_purchase_invoice(morning)
        changes.pay_sales_invoice(morning, changes.add_sales_invoice(morning).key)
        changes.a_month_of_changes(self._rng, moment, within=timedelta(hours=20))
        if number % 7 == 3:
            self.killed += 1
            self._connection.sync(kill_after=self._rng.randrange(1, 400))
            self._clock.advance(minutes=30)
        for _ in range(8):
            if self._connection.sync():
                return
            self.failed += 1
            self._clock.advance(minutes=30)
        raise AssertionError(f"no sync succeeded in night {number}: {self._connection.failure}")

    @property
    def _company(self) -> Company:
        company: Company = next(iter(self._simulator.companies.values()))
        return company


def soak(nights: int, seed: int, vouchers: int) -> None:
    """Runs the nights, printing a line for every tenth.

    Raises:
        AssertionError: something grew, was lost, or could not be read.
    """
    rng = Random(seed)
    settled: tuple[int, int, int] | None = None
    moment = datetime.now(HELSINKI).replace(hour=2, minute=0, second=0, microsecond=0)
    shared_source().retry_policy = RetryPolicy(
        **{**IMPATIENT, "read_seconds": 5.0, "call_seconds": 30.0, "waits": (0.01, 0.02, 0.02)}
    )
    company = Company(seed, vouchers, 1, today=moment.date())
    clock = SetClock(moment)
    with tempfile.TemporaryDirectory() as temporary, clock.in_charge():
        tempfile.tempdir = temporary
        with NetvisorSimulator(company, clock=clock) as simulator:
            start = (moment - timedelta(days=60)).date()
            connection = Connection(simulator.config(start_date=start.isoformat()), STREAMS)
            run = Soak(simulator, connection, clock, rng)
            began = time.monotonic()
            for number in range(1, nights + 1):
                run.night(number)
                simulator.calls.clear()
                now = (resident(), open_files(), len(os.listdir(temporary)))
                if number == SETTLED:
                    settled = now
                if number % 10 == 0 or number == nights:
                    print(
                        f"night {number} of {nights}: {now[0] >> 20} MB, {now[1]} open files, "
                        f"{now[2]} temporary files, {run.faults} faults met, {run.failed} syncs failed, "
                        f"{run.killed} killed, {time.monotonic() - began:.0f} s",
                        flush=True,
                    )
            simulator.assert_clean()
            simulator.faults.clear()
            connection.must_sync()
            # Netvisor forgets its list of deletions after a week, and the warehouse does not
            assert_equals_fresh_read(connection, [name for name in STREAMS if not name.startswith("deleted_")])
            assert_equals_books(connection.warehouse, company, start)
            emptied = [name for name in STREAMS if len(connection.warehouse.rows(name)) < LEAST_ROWS]
            assert not emptied, f"hardly anything was compared of {emptied}"
            if settled is not None:
                assert now[0] < settled[0] + MEMORY_GROWTH, f"memory grew from {settled[0]} to {now[0]} bytes"
                assert now[1] <= settled[1] + 6, f"open files grew from {settled[1]} to {now[1]}"
            assert now[2] == 0, f"{now[2]} temporary files are left"
        tempfile.tempdir = None
    print(f"{nights} nights: the warehouse equals Netvisor; nothing grew.")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--nights", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--vouchers", type=int, default=150)
    arguments = parser.parse_args()
    try:
        soak(arguments.nights, arguments.seed, arguments.vouchers)
    except AssertionError as error:
        print(f"The soak failed: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
